/* eslint-disable @typescript-eslint/no-deprecated -- what stands between two operators has to be what RxJS has there */
import { Observable, Subscriber } from 'rxjs';
import type { Event, Operator, Span, Stage } from './played.js';
import { record, within, type Run } from './run.js';

/**
 * Stands between two operators. It records what the one of `stage` emits, and knows that the one of `next` runs while
 * it handles that.
 */
export function probe(run: Run, stage: Stage | undefined, next: Stage | undefined): Operator {
  const { scheduler } = run;
  return (source) =>
    new Observable<unknown>((subscriber) => {
      const span: Span = { from: scheduler.now(), to: Infinity };
      stage?.spans.push(span);
      const pass = (event: Event, emit: () => void): void => {
        if (stage) record(run, stage, event);
        within(run, next, emit);
      };
      const inner = new Subscriber<unknown>({
        next: (value) => {
          pass({ at: scheduler.now(), value }, () => {
            subscriber.next(value);
          });
        },
        error: (error: unknown) => {
          pass({ at: scheduler.now(), end: 'error', error }, () => {
            subscriber.error(error);
          });
        },
        complete: () => {
          pass({ at: scheduler.now(), end: 'complete' }, () => {
            subscriber.complete();
          });
        },
      });
      // Before the source is subscribed to, so that a synchronous one stops when the subscriber has enough.
      subscriber.add(inner);
      subscriber.add(() => {
        span.to = scheduler.now();
      });
      within(run, stage, () => source.subscribe(inner));
    });
}
