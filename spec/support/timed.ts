import { expect } from '@jest/globals';
import {
  Subject,
  VirtualTimeScheduler,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
} from 'rxjs';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';

type Chunk = ChatChunk & ChunkMarks;

/** How a source ends. */
export interface Ending {
  readonly how: 'complete' | 'error';
  /** How long after the last chunk. */
  readonly after: number;
}

/** A chunk, and when it comes or came. */
export interface Timed {
  readonly at: number;
  readonly chunk: Chunk;
}

const AT_ONCE: Ending = { how: 'complete', after: 0 };
export const endOf = (input: readonly Timed[], { after }: Ending): number =>
  (input.at(-1)?.at ?? 0) + after;

/** Sends chunks through the operator at their times, and gives what comes out and when. */
export function runTimed(
  input: readonly Timed[],
  createOperator: (scheduler: SchedulerLike) => MonoTypeOperatorFunction<Chunk>,
  ending = AT_ONCE,
): Timed[] {
  const scheduler = new VirtualTimeScheduler();
  const source = new Subject<Chunk>();
  const output: Timed[] = [];
  let end: string | undefined;
  source.pipe(createOperator(scheduler)).subscribe({
    next: (chunk) => output.push({ at: scheduler.now(), chunk }),
    error: () => (end = 'error'),
    complete: () => (end = 'complete'),
  });
  const at = (time: number, work: () => void) => scheduler.schedule(work, time - scheduler.now());
  const send = (i: number): void => {
    const next = input[i];
    if (next) {
      at(next.at, () => {
        source.next(next.chunk);
        send(i + 1);
      });
    } else {
      at(endOf(input, ending), () => {
        if (ending.how === 'error') source.error(new Error());
        else source.complete();
      });
    }
  };
  send(0);
  scheduler.flush();
  expect(end).toBe(ending.how);
  return output;
}

/** Chunks in the smallest parts that may not be lost, doubled or moved, each with its time. */
export function atomsOf(timed: readonly Timed[]): { what: unknown; at: number }[] {
  return timed.flatMap(({ at, chunk }) => {
    const { message, reclassify, reset } = chunk;
    const parts = chunk.done
      ? [chunk]
      : [
          ...(reset ? ['reset'] : []),
          ...(reclassify ? ['reclassify'] : []),
          ...(message.thinking ?? '').split('').map((unit) => `thinking ${unit}`),
          ...message.content.split('').map((unit) => `answer ${unit}`),
          ...(message.tool_calls ?? []),
        ];
    return parts.map((what) => ({ what, at }));
  });
}

/**
 * Text, calls and the end are in time. A mark may wait for the text that it stands before, and half of a
 * character for its other half.
 */
export function expectInTime(
  input: readonly Timed[],
  output: readonly Timed[],
  patience: number,
): void {
  const [came, left] = [input, output].map((timed) =>
    atomsOf(timed).filter(
      ({ what }) => what !== 'reclassify' && !/[\ud800-\udbff]$/.test(String(what)),
    ),
  );
  const lags = left?.map(({ at }, i) => at - (came?.[i]?.at ?? NaN)) ?? [];
  expect(Math.max(0, ...lags)).toBeLessThanOrEqual(patience);
}
