import { expect } from '@jest/globals';
import {
  EMPTY,
  NEVER,
  Subject,
  filter,
  finalize,
  from,
  identity,
  map,
  pipe,
  take,
  takeUntil,
  tap,
  type Observable,
  type OperatorFunction,
  type SchedulerLike,
} from 'rxjs';
import type { ChatChunk } from '../../../lib/types/index.js';
import {
  STEP,
  chat,
  chunksOf,
  createScheduler,
  fail,
  record,
  watch,
  type Candidate,
  type Check,
} from './harness.js';

type Operator = OperatorFunction<ChatChunk, unknown>;

/** Runs the operator over a source until nothing more happens. */
function observe(
  candidate: Candidate,
  createSource: (scheduler: SchedulerLike) => Observable<ChatChunk>,
) {
  const scheduler = createScheduler();
  const { source, count } = watch(createSource(scheduler));
  const { log } = record(source.pipe(candidate.operator(scheduler)));
  scheduler.flush();
  return { log, count };
}

/** The operator between operators that change nothing. */
const inAChain = (operator: Operator): Operator =>
  pipe(
    map((chunk: ChatChunk) => chunk),
    filter(() => true),
    operator,
    filter(() => true),
    map(identity),
  );

/** A source that sends everything at once unless it is stopped, and counts what it has sent. */
function countingSource(chunks: readonly ChatChunk[]) {
  const sent = { count: 0 };
  const produce = function* () {
    for (const chunk of chunks) {
      sent.count++;
      yield chunk;
    }
  };
  return { source: from(produce()), sent };
}

const common: readonly Check[] = [
  {
    name: 'does nothing until it is subscribed to, and then subscribes once',
    run(candidate) {
      const scheduler = createScheduler();
      const { source, count } = watch(NEVER);
      const result = source.pipe(candidate.operator(scheduler));
      expect(scheduler.actions).toEqual([]);
      expect(count.subscribed).toBe(0);
      record(result);
      scheduler.flush();
      expect(count.subscribed).toBe(1);
    },
  },
  {
    name: 'is silent as long as the source is',
    run(candidate) {
      const { log, count } = observe(candidate, () => NEVER);
      expect(log).toEqual([]);
      expect(count.released).toBe(0);
    },
  },
  {
    name: 'completes when the source is empty',
    run(candidate) {
      const { log, count } = observe(candidate, () => EMPTY);
      expect(log.at(-1)).toEqual({ kind: 'C' });
      expect(count).toEqual({ subscribed: 1, released: 1 });
    },
  },
  {
    name: 'completes when the source does, be it slow or synchronous',
    run(candidate) {
      const chunks = chunksOf(candidate);
      for (const create of [(s: SchedulerLike) => chat(s, chunks), () => from(chunks)]) {
        const { log, count } = observe(candidate, create);
        expect(log.at(-1)).toEqual({ kind: 'C' });
        expect(count).toEqual({ subscribed: 1, released: 1 });
      }
    },
  },
  {
    name: 'forwards the very error of the source, and lets go',
    run(candidate) {
      for (const chunks of [[], chunksOf(candidate)]) {
        const error = new Error('from the source');
        const { log, count } = observe(candidate, (s) => chat(s, chunks, fail(error)));
        const end = log.at(-1);
        expect(end?.kind === 'E' && end.error).toBe(error);
        expect(count).toEqual({ subscribed: 1, released: 1 });
      }
    },
  },
  {
    name: 'lets go of the source in the call of unsubscribe, at any time and in any chain',
    run(candidate) {
      const chunks = chunksOf(candidate);
      for (const place of [identity<Operator>, inAChain]) {
        for (let time = 0; time <= chunks.length * STEP; time += STEP / 2) {
          const scheduler = createScheduler(time);
          const { source, count } = watch(chat(scheduler, chunks, NEVER));
          const result = source.pipe(place(candidate.operator(scheduler)));
          const { subscription } = record(result);
          scheduler.flush();
          subscription.unsubscribe();
          expect({ time, ...count }).toEqual({ time, subscribed: 1, released: 1 });
        }
      }
    },
  },
  {
    name: 'lets go of the source inside the very next in which the consumer leaves',
    run(candidate) {
      const scheduler = createScheduler();
      const { source, count } = watch(chat(scheduler, chunksOf(candidate)));
      const released: number[] = [];
      const subscription = source.pipe(candidate.operator(scheduler)).subscribe(() => {
        subscription.unsubscribe();
        released.push(count.released);
      });
      scheduler.flush();
      expect(released).toEqual([1]);
    },
  },
  {
    name: 'tears down from the source downwards',
    run(candidate) {
      const scheduler = createScheduler(2.5 * STEP);
      const order: string[] = [];
      const { subscription } = record(
        chat(scheduler, chunksOf(candidate)).pipe(
          finalize(() => order.push('source')),
          map((chunk) => chunk),
          finalize(() => order.push('above')),
          candidate.operator(scheduler),
          finalize(() => order.push('below')),
        ),
      );
      scheduler.flush();
      subscription.unsubscribe();
      expect(order).toEqual(['source', 'above', 'below']);
    },
  },
  {
    name: 'stops a synchronous source as soon as the consumer leaves',
    run(candidate) {
      const scheduler = createScheduler();
      const { source, sent } = countingSource(chunksOf(candidate));
      const leave = new Subject<void>();
      const leaveAtSecond = tap<ChatChunk>(() => {
        if (sent.count === 2) leave.next();
      });
      record(source.pipe(leaveAtSecond, candidate.operator(scheduler), takeUntil(leave)));
      expect(sent.count).toBe(2);
    },
  },
];

/** For operators that answer a chunk with a value at once. */
const prompt: readonly Check[] = [
  {
    name: 'stops a synchronous source as soon as the consumer has enough',
    run(candidate) {
      const scheduler = createScheduler();
      const chunks = chunksOf(candidate);
      const subject = new Subject<ChatChunk>();
      const { log } = record(subject.pipe(candidate.operator(scheduler)));
      const needed = chunks.findIndex((chunk) => {
        subject.next(chunk);
        return log.length > 0;
      });
      // If there is no value until the last chunk, the candidate has to be declared to emit later.
      expect(chunks.slice(0, -1).keys()).toContain(needed);

      const { source, sent } = countingSource(chunks);
      record(source.pipe(candidate.operator(scheduler), take(1)));
      expect(sent.count).toBe(needed + 1);
    },
  },
];

export function subscriptionChecks({ emitsLater }: Candidate): readonly Check[] {
  return emitsLater ? common : [...common, ...prompt];
}
