import { expect } from '@jest/globals';
import { NEVER, Subject, defer, retry, subscribeOn, tap } from 'rxjs';
import type { ChatChunk } from '../../../lib/types/index.js';
import {
  STEP,
  chat,
  chunksOf,
  contentOf,
  createScheduler,
  fail,
  record,
  run,
  valuesOf,
  type Candidate,
  type Check,
  type Log,
} from './harness.js';

/** Feeds the operator by hand, step after step, or each from within the `next` that the last caused. */
function feed(candidate: Candidate, fromWithin: boolean): unknown[] {
  const scheduler = createScheduler();
  const source = new Subject<ChatChunk>();
  const steps = [
    ...chunksOf(candidate).map((chunk) => () => {
      source.next(chunk);
    }),
    () => {
      source.complete();
    },
  ];
  const values: unknown[] = [];
  source.pipe(candidate.operator(scheduler)).subscribe((value) => {
    values.push(value);
    if (fromWithin) steps.shift()?.();
  });
  while (steps.length > 0) {
    steps.shift()?.();
    scheduler.flush();
  }
  return values;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

export const stateChecks: readonly Check[] = [
  {
    name: 'begins anew with each subscription to one result',
    run(candidate) {
      const scheduler = createScheduler();
      const result = chat(scheduler, chunksOf(candidate)).pipe(candidate.operator(scheduler));
      const first = record(result);
      const second = record(result.pipe(subscribeOn(scheduler, 2.5 * STEP)));
      scheduler.flush();
      const alone = run(candidate);
      expect([first.log, second.log]).toEqual([alone, alone]);
    },
  },
  {
    name: 'serves two sources at once through one operator value',
    run(candidate) {
      const scheduler = createScheduler();
      const operator = candidate.operator(scheduler);
      const inputs = [chunksOf(candidate), chunksOf(candidate).slice(1)];
      const outputs = inputs.map((chunks) => record(chat(scheduler, chunks).pipe(operator)).log);
      scheduler.flush();
      expect(outputs).toEqual(inputs.map((chunks) => run(candidate, chunks)));
    },
  },
  {
    name: 'begins anew when retried after half of the chunks',
    run(candidate) {
      const scheduler = createScheduler();
      const chunks = chunksOf(candidate);
      const half = chunks.slice(0, chunks.length / 2);
      const attempts = [chat(scheduler, half, fail(new Error('half'))), chat(scheduler, chunks)];
      const log: Log = [];
      let start = 0;
      const source = defer(() => {
        start = log.length;
        return attempts.shift() ?? NEVER;
      });
      record(source.pipe(candidate.operator(scheduler), retry(1)), log);
      scheduler.flush();
      expect(log.slice(start)).toEqual(run(candidate));
    },
  },
  {
    name: 'keeps order and loses nothing when fed from within next',
    run(candidate) {
      const compare = candidate.keepsType ? contentOf : (values: unknown[]) => values;
      expect(compare(feed(candidate, true))).toEqual(compare(feed(candidate, false)));
    },
  },
  {
    name: 'changes neither what it was given nor what it gave',
    run(candidate) {
      const copies: unknown[] = [];
      const copying: Candidate = {
        ...candidate,
        operator: (scheduler) => (source) =>
          source.pipe(
            candidate.operator(scheduler),
            tap((value) => copies.push(structuredClone(value))),
          ),
      };
      const frozen = deepFreeze(structuredClone(chunksOf(candidate)));
      const log = run(copying, frozen);
      expect(log).toEqual(run(candidate));
      expect(valuesOf(log)).toEqual(copies);
    },
  },
];
