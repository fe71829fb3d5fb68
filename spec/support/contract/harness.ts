import { jest } from '@jest/globals';
import {
  EMPTY,
  VirtualTimeScheduler,
  concatMap,
  concatWith,
  defer,
  delay,
  finalize,
  from,
  of,
  throwError,
  type Observable,
  type ObservableNotification,
  type OperatorFunction,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';
import { chunk } from '../../../lib/testing/index.js';
import type { ChatChunk } from '../../../lib/types/index.js';
import { delta, textOf } from '../chunks.js';

const { answer, done, thinking, toolCall } = chunk;

/** An operator, and what has to be known of it to check it. */
export interface Candidate {
  readonly name: string;
  /** Makes the operator. One that has to do with time takes it from `scheduler`. */
  readonly operator: (scheduler: SchedulerLike) => OperatorFunction<ChatChunk, unknown>;
  /** Chunks go in and chunks come out: no text, call or statistic may be lost. */
  readonly keepsType?: boolean;
  /** Values come later than the chunks that cause them, or at the end. */
  readonly emitsLater?: boolean;
  /** Makes the operator with a callback that throws `error`, if it takes callbacks. */
  readonly throwing?: (
    error: Error,
    scheduler: SchedulerLike,
  ) => OperatorFunction<ChatChunk, unknown>;
  /** What goes in, in place of a chat with some of everything, when the operator needs other text. */
  readonly chunks?: readonly ChatChunk[];
}

/** One rule of the contract. */
export interface Check {
  readonly name: string;
  /** Throws if the candidate breaks the rule. */
  readonly run: (candidate: Candidate) => void;
}

export type Log = ObservableNotification<unknown>[];

export interface Recording {
  readonly log: Log;
  readonly subscription: Subscription;
}

/** The time between two chunks. */
export const STEP = 10;

const CHUNKS: readonly ChatChunk[] = [
  thinking('Let me '),
  thinking('multiply. '),
  delta({ thinking: 'Now.', content: '17 × 23 ' }),
  answer('is '),
  toolCall('multiply', { a: 17, b: 23 }, 'call_k3v9x2pq'),
  answer('39'),
  answer('1 👩‍👩‍'),
  answer('👧.\n'),
  // With a field that no version of the server has had so far.
  Object.assign(done(), { shard: 'b' }),
];

export function chunksOf({ chunks = CHUNKS }: Candidate): readonly ChatChunk[] {
  return chunks;
}

/** A scheduler that only those know who are given it. `until` ends timers that never would. */
export function createScheduler(until = 10_000): VirtualTimeScheduler {
  return new VirtualTimeScheduler(undefined, until);
}

/** A cold chat that takes its time, and then ends as `end` does. */
export function chat(
  scheduler: SchedulerLike,
  chunks: readonly ChatChunk[],
  end: Observable<never> = EMPTY,
): Observable<ChatChunk> {
  return from(chunks).pipe(
    concatMap((chunk) => of(chunk).pipe(delay(STEP, scheduler))),
    concatWith(end),
  );
}

/** Counts how often a source is subscribed to and let go. */
export function watch<T>(source: Observable<T>): {
  readonly source: Observable<T>;
  readonly count: { subscribed: number; released: number };
} {
  const count = { subscribed: 0, released: 0 };
  const watched = defer(() => {
    count.subscribed++;
    return source;
  }).pipe(
    finalize(() => {
      count.released++;
    }),
  );
  return { source: watched, count };
}

/** Subscribes, and writes everything that comes to `log`. */
export function record(result: Observable<unknown>, log: Log = []): Recording {
  const subscription = result.subscribe({
    next: (value) => log.push({ kind: 'N', value }),
    error: (error: unknown) => log.push({ kind: 'E', error }),
    complete: () => log.push({ kind: 'C' }),
  });
  return { log, subscription };
}

/** Everything that a new operator makes of the chunks. */
export function run(candidate: Candidate, chunks = chunksOf(candidate)): Log {
  const scheduler = createScheduler();
  const { log } = record(chat(scheduler, chunks).pipe(candidate.operator(scheduler)));
  scheduler.flush();
  return log;
}

export function valuesOf(log: Log): unknown[] {
  return log.flatMap((notification) => (notification.kind === 'N' ? [notification.value] : []));
}

/** What may not get lost: the text by kind, and the calls in their order. */
export function contentOf(values: readonly unknown[]): object {
  const chunks = values as ChatChunk[];
  return { ...textOf(chunks), calls: chunks.flatMap(({ message }) => message.tool_calls ?? []) };
}

export function fail(error: Error): Observable<never> {
  return throwError(() => error);
}

/** Runs `body` with fake timers in place of all that the platform has. */
export function withFakeTimers<T>(body: () => T): T {
  jest.useFakeTimers();
  try {
    return body();
  } finally {
    jest.useRealTimers();
  }
}
