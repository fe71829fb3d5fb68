import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { ObservableNotification } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { READY } from '../../../lib/testing/ready.js';
import type { Event } from '../../../site/playground/engine/played.js';
import { toProgram } from '../../../site/playground/evaluate.js';
import { readLetters, writeValue } from '../../../site/playground/letters.js';
import { SOURCE } from '../../../site/playground/rows.js';
import { SCOPE } from '../../../site/playground/scope.js';
import { parseScript, type Script } from '../../../site/playground/script.js';
import { expectFile } from '../generated.js';
import { CODES } from './codes.js';
import { FRAME_MS, type Strings } from './timeline.js';

/** A call, and what a spec has asserted of it, by the labels of rows. */
interface AssertedStage {
  readonly call: string;
  readonly results: Readonly<Record<string, Strings>>;
}

/** What a spec has asserted of a pipeline. */
export interface Asserted {
  readonly inputs: Readonly<Record<string, Strings>>;
  readonly stages: readonly AssertedStage[];
}

/** Runs in run mode with characters of the diagrams. */
class Scaled extends TestScheduler {
  static override frameTimeFactor = FRAME_MS;
}

const writeLetters = (inputs: readonly Strings[]): string => {
  const lines = new Set<string>();
  for (const { marbles, values = {}, error } of inputs) {
    for (const [letter, value] of Object.entries(values)) {
      const isReady = JSON.stringify(value) === JSON.stringify(READY[letter]);
      if (marbles.includes(letter) && !isReady) lines.add(`${letter}: ${writeValue(value)}`);
    }
    if (error instanceof Error && marbles.includes('#')) {
      const { name, message } = error;
      lines.add(`#: ${JSON.stringify(Object.assign({}, error, { name, message }))}`);
    }
  }
  return [...lines].join('\n');
};

function findStop({ stages }: Asserted): number | undefined {
  const last = stages.at(-1);
  const all = Object.values(last?.results ?? {});
  const [marbles] = all.length === 1 ? (all[0]?.subscriptions ?? []) : [];
  const { unsubscribedFrame = Infinity } = marbles
    ? Scaled.parseMarblesAsSubscriptions(marbles, true)
    : {};
  return unsubscribedFrame === Infinity ? undefined : unsubscribedFrame;
}

/** The script of the playground that shows what a diagram shows. */
function toScript(name: string, asserted: Asserted): Script {
  const { inputs, stages } = asserted;
  const { code, isInTurn = false } = CODES[name] ?? {
    code: `source$.pipe(${stages.map(({ call }) => call).join(', ')})`,
  };
  const labels = Object.keys(inputs);
  const isOne = labels.length === 1 || isInTurn;
  const rows = labels.map((label) => {
    const marbles = inputs[label]?.marbles.trim() ?? '';
    return isOne || label === 'source' ? marbles : `${label}$: ${marbles}`;
  });
  return {
    code,
    marbles: rows.join('\n'),
    letters: writeLetters(Object.values(inputs)),
    frame: FRAME_MS,
    stopAt: findStop(asserted),
  };
}

/** rxjs-marbles compares errors by their names and messages as well. */
const toPlain = (error: unknown): unknown =>
  error instanceof Error ? { name: error.name, message: error.message } : error;

function toEvents({ marbles, values, error }: Strings, unnamed: unknown): Event[] {
  const all: readonly { frame: number; notification: ObservableNotification<unknown> }[] =
    Scaled.parseMarbles(marbles, values, error, true, true);
  return all.map(({ frame: at, notification }) => {
    if (notification.kind === 'N') return { at, value: notification.value };
    return notification.kind === 'C'
      ? { at, end: 'complete' }
      : { at, end: 'error', error: toPlain(error === undefined ? unnamed : notification.error) };
  });
}

const toPlainEvent = (event: Event): Event =>
  event.end === 'error' ? { ...event, error: toPlain(event.error) } : event;

/**
 * Expects that the playground emits what a spec has asserted, at every stage. Its script for the diagram is a file
 * beside the playground; `UPDATE_DOCS=1` writes it.
 */
export function expectPlayground(name: string, asserted: Asserted, root: string): void {
  // Sources make requests, and nothing in the playground can.
  if (!asserted.stages.every(({ call }) => Object.hasOwn(SCOPE, /^\w*/.exec(call)?.[0] ?? '')))
    return;
  const script = toScript(name, asserted);
  const { inputs } = parseScript(script);
  const { stages, results } = toProgram(script.code)({ [SOURCE]: [], ...inputs }, script.stopAt);
  const isOne = results.length === 1;
  const played = new Map(
    asserted.stages.flatMap(({ results: rows }, n) =>
      Object.keys(rows).map((label) => {
        const stage = isOne
          ? (stages[n] ?? results[0])
          : results.find((each) => each.label === label);
        return [label, stage?.events.map(toPlainEvent)] as const;
      }),
    ),
  );
  // That of an input whose spec names none.
  const { error } = readLetters(script.letters);
  const wanted = new Map(
    asserted.stages.flatMap(({ results: rows }) =>
      Object.entries(rows).map(([label, strings]) => [label, toEvents(strings, error)] as const),
    ),
  );
  expect(played).toStrictEqual(wanted);
  expectFile(
    join(root, `site/playground/diagrams/${name}.json`),
    `${JSON.stringify(script, undefined, 2)}\n`,
  );
}
