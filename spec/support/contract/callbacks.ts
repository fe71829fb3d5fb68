import { expect, jest } from '@jest/globals';
import { from } from 'rxjs';
import {
  chat,
  chunksOf,
  createScheduler,
  record,
  watch,
  withFakeTimers,
  type Candidate,
  type Check,
} from './harness.js';

/** For operators that take callbacks. */
export function callbackChecks({ throwing }: Candidate): readonly Check[] {
  if (!throwing) return [];
  return [
    {
      name: 'hands what a callback throws to the consumer as it is, and to nobody else',
      run(candidate) {
        const chunks = chunksOf(candidate);
        withFakeTimers(() => {
          const scheduler = createScheduler();
          for (const source of [chat(scheduler, chunks), from(chunks)]) {
            const error = new Error('from a callback');
            const probe = watch(source);
            const { log } = record(probe.source.pipe(throwing(error, scheduler)));
            scheduler.flush();
            const end = log.at(-1);
            expect(end?.kind === 'E' && end.error).toBe(error);
            expect(probe.count.released).toBe(1);
            // RxJS reports an error that it takes for unhandled in a timer.
            expect(jest.getTimerCount()).toBe(0);
          }
        });
      },
    },
  ];
}
