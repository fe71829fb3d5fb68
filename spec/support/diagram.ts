import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Observable } from 'rxjs';
import { layOut } from './diagram/layout.js';
import { record, type DrawnContext, type Recording } from './diagram/record.js';
import { toSvg } from './diagram/svg.js';
import { toText } from './diagram/text.js';
import { toInput, toResult, type Timeline } from './diagram/timeline.js';
import { expectFile } from './generated.js';
import { marbles } from './marbles.js';

const ROOT = join(__dirname, '../..');
const BLOCK = /(?<=^ \* ```none\n)[^]*?(?=^ \* ```$)/m;

/** What a drawn test shows of what it has asserted, each row by its label. */
export interface Picture {
  /** What `m.cold` made. */
  readonly inputs?: Readonly<Record<string, Observable<unknown>>>;
  readonly call: string;
  /** The very strings that were given to `toBeObservable`. */
  readonly results: Readonly<Record<string, string>>;
}

function toTimeline({ inputs = {}, call, results }: Picture, recording: Recording): Timeline {
  return {
    title: expect.getState().currentTestName ?? '',
    inputs: Object.entries(inputs).map(([label, input]) =>
      toInput(label, recording.getInput(input)),
    ),
    call,
    results: Object.entries(results).map(([label, result]) =>
      toResult(label, recording.getResult(result)),
    ),
  };
}

/** The block of text in the comment of what the diagram is named after. */
function expectComment(name: string, timeline: Timeline, root: string): void {
  const places = ['operators', 'sources', 'tools'].map((folder) => join(root, 'lib', folder));
  const file = places.map((folder) => join(folder, `${name}.ts`)).find(existsSync) ?? name;
  const source = readFileSync(file, 'utf8');
  expect(source).toMatch(BLOCK);
  const block = toText(timeline)
    .map((line) => ` * ${line}\n`)
    .join('');
  expectFile(
    file,
    source.replace(BLOCK, () => block),
  );
}

/**
 * A marble test, of which the strings and values are drawn to `docs/diagrams/NAME.svg` once they are
 * known to be true: a wrong result is a red test and no picture. A picture that is not what the test
 * draws is red too; with `UPDATE_DOCS=1` it is drawn anew.
 *
 * `NAME` is that of an operator or a source; then its comment shows the same strings as text. A diagram of
 * one of its modes is called `NAME-mode`.
 */
export function diagram(name: string, test: (m: DrawnContext) => Picture, root = ROOT): () => void {
  return () => {
    const timelines: Timeline[] = [];
    marbles((m) => {
      const recording = record(m);
      timelines.push(toTimeline(test(recording.context), recording));
    })();
    for (const timeline of timelines) {
      const picture = toSvg(layOut(timeline));
      if (!name.includes('-')) expectComment(name, timeline, root);
      expectFile(join(root, `docs/diagrams/${name}.svg`), picture);
    }
  };
}
