import { expect, jest } from '@jest/globals';
import { EMPTY, NEVER, interval, take, tap } from 'rxjs';
import type { ChatChunk } from '../../../lib/types/index.js';
import {
  STEP,
  chat,
  chunksOf,
  createScheduler,
  fail,
  record,
  withFakeTimers,
  type Check,
} from './harness.js';

const SOME_FRAMES = 100;

/** Run outside run mode, which would put its virtual time under timers that are wired to nothing. */
export const timeChecks: readonly Check[] = [
  {
    name: 'sets no timer but on the given scheduler',
    run(candidate) {
      for (const end of [EMPTY, NEVER, fail(new Error('from the source'))]) {
        withFakeTimers(() => {
          const scheduler = createScheduler();
          const source = chat(scheduler, chunksOf(candidate), end);
          const { subscription } = record(source.pipe(candidate.operator(scheduler)));
          const counts: number[] = [];
          interval(STEP / 2, scheduler)
            .pipe(take(SOME_FRAMES))
            .subscribe(() => counts.push(jest.getTimerCount()));
          scheduler.flush();
          subscription.unsubscribe();
          counts.push(jest.getTimerCount());
          expect(counts).toEqual(counts.map(() => 0));
        });
      }
    },
  },
  {
    name: 'reads no clock but that of the given scheduler',
    run(candidate) {
      const runWhile = (passing: number) =>
        withFakeTimers(() => {
          const scheduler = createScheduler();
          const timePasses = tap<ChatChunk>(() => {
            jest.advanceTimersByTime(passing);
          });
          const source = chat(scheduler, chunksOf(candidate)).pipe(timePasses);
          const { log } = record(source.pipe(candidate.operator(scheduler)));
          scheduler.flush();
          return log;
        });
      expect(runWhile(12_345)).toEqual(runWhile(0));
    },
  },
  {
    name: 'leaves no timer when it has ended',
    run(candidate) {
      for (const end of [EMPTY, fail(new Error('from the source'))]) {
        const scheduler = createScheduler();
        let ended = -1;
        const note = () => {
          ended = scheduler.now();
        };
        chat(scheduler, chunksOf(candidate), end)
          .pipe(candidate.operator(scheduler))
          .subscribe({ complete: note, error: note });
        scheduler.flush();
        expect(scheduler.actions).toEqual([]);
        expect(scheduler.now()).toBe(ended);
      }
    },
  },
  {
    name: 'leaves no timer when the consumer has left',
    run(candidate) {
      const chunks = chunksOf(candidate);
      for (let time = 0; time <= chunks.length * STEP; time += STEP / 2) {
        const scheduler = createScheduler(time);
        const source = chat(scheduler, chunks);
        const { subscription } = record(source.pipe(candidate.operator(scheduler)));
        scheduler.flush();
        subscription.unsubscribe();
        expect({ time, timers: scheduler.actions }).toEqual({ time, timers: [] });
      }
    },
  },
  {
    name: 'keeps no timer while the source is silent',
    run(candidate) {
      const scheduler = createScheduler();
      record(chat(scheduler, chunksOf(candidate), NEVER).pipe(candidate.operator(scheduler)));
      scheduler.flush();
      expect(scheduler.actions).toEqual([]);
    },
  },
];
