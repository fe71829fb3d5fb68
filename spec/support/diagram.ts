import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { recordClocks } from './diagram/clocks.js';
import { layOut } from './diagram/layout.js';
import { expectPlayground, type Asserted } from './diagram/playground.js';
import { record, type DrawnContext, type Recording } from './diagram/record.js';
import { toSvg } from './diagram/svg.js';
import { toText } from './diagram/text.js';
import { FRAME_MS, toInput, toResult, type Timeline } from './diagram/timeline.js';
import { expectFile } from './generated.js';
import { marbles } from './marbles.js';

const ROOT = join(__dirname, '../..');
const BLOCK = /(?<=^ \* ```none\n)[^]*?(?=^ \* ```$)/m;

/** A call, and what it emits. */
interface Drawn {
  readonly call: string;
  /** The strings that `toBeObservable` got, each by the label of its row. */
  readonly results: Readonly<Record<string, string>>;
}

/** What a drawn test shows of what it has asserted. */
export interface Picture extends Drawn {
  /** What `m.cold` made, each by the label of its row. */
  readonly inputs?: Readonly<Record<string, Observable<unknown>>>;
  /** Later stages of a pipeline. Each gets what the one before emits. */
  readonly then?: readonly Drawn[];
}

function toTimeline(
  { inputs = {}, then = [], ...first }: Picture,
  recording: Recording,
): Omit<Timeline, 'clocks'> {
  return {
    title: expect.getState().currentTestName ?? '',
    inputs: Object.entries(inputs).map(([label, input]) =>
      toInput(label, recording.getInput(input)),
    ),
    stages: [first, ...then].map(({ call, results }) => ({
      call,
      results: Object.entries(results).map(([label, result]) =>
        toResult(label, recording.getResult(result)),
      ),
    })),
  };
}

const mapValues = <T, R>(values: Readonly<Record<string, T>>, to: (value: T) => R) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, to(value)]));

/** The strings of a picture, without the times that they stand for. */
function toAsserted({ inputs = {}, then = [], ...first }: Picture, recording: Recording): Asserted {
  return {
    inputs: mapValues(inputs, (input) => recording.getInput(input)),
    stages: [first, ...then].map(({ call, results }) => ({
      call,
      results: mapValues(results, (result) => recording.getResult(result)),
    })),
  };
}

/** Expects the block of text in the comment of the export that the diagram is named after. */
function expectComment(name: string, timeline: Timeline, root: string): void {
  const places = ['operators', 'sources', 'tools', 'node'].map((folder) =>
    join(root, 'lib', folder),
  );
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
 * A marble test that also draws the strings and values that it asserts, to `docs/diagrams/NAME.svg`. A wrong result
 * fails, and draws no picture. A file that differs from the picture fails too; `UPDATE_DOCS=1` writes it.
 *
 * Each character of its strings is 10 ms, so that its times are like those of a model.
 *
 * The playground gets the same pipeline, and has to emit the same.
 *
 * `NAME` is the name of an operator or a source. Then its comment shows the same strings as text. A diagram of
 * one of its modes is called `NAME-mode`.
 */
export function diagram(name: string, test: (m: DrawnContext) => Picture, root = ROOT): () => void {
  return () => {
    const drawn: [Omit<Timeline, 'clocks'>, Asserted][] = [];
    const clocks = recordClocks(
      marbles((m) => {
        // The test scheduler sets it back when the test has ended.
        Object.assign(TestScheduler, { frameTimeFactor: FRAME_MS });
        const recording = record(m);
        const made = test(recording.context);
        drawn.push([toTimeline(made, recording), toAsserted(made, recording)]);
      }),
    );
    for (const [each, asserted] of drawn) {
      const timeline = { ...each, clocks };
      const picture = toSvg(layOut(timeline));
      if (!name.includes('-')) expectComment(name, timeline, root);
      expectFile(join(root, `docs/diagrams/${name}.svg`), picture);
      // Not for what a spec of this function draws.
      if (root === ROOT) expectPlayground(name, asserted, root);
    }
  };
}
