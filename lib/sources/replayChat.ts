import {
  EMPTY,
  NEVER,
  asyncScheduler,
  defer,
  finalize,
  from,
  repeat,
  throwError,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import {
  readRecording,
  type RecordedChunk,
  type RecordedEnd,
  type Recording,
} from '../core/recording.js';
import type { ChatChunk } from '../types/index.js';

/** How {@link replayChat} plays. */
export interface ReplayChatOptions {
  /** How many times as fast as recorded; `Infinity` for all at once. @defaultValue `1` */
  readonly speed?: number;
  /** Where time comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike;
}

/**
 * Plays what `recordChat` has written: the same chunks at the same pace, and the same ending.
 *
 * _It's like `from`, but the chunks take the time that they took._
 *
 * ```none
 *                    replayChat(recording, { speed })
 *  speed: 1:         --a---b-(d|)            a: 'Hel'  b: 'lo'  d: done
 *  speed: 2:         -a-b(d|)
 *  speed: 0.5:       ----a-------b---(d|)
 *  speed: Infinity:  (abd|)
 * ```
 *
 * Cold: each subscription begins at the beginning, so an iterable that can be iterated only once serves
 * one. Chunks of one time are emitted synchronously, and so are all of them with `speed: Infinity`. A
 * consumer that is late is not waited for: what is due by then comes at once.
 *
 * A recorded error comes again as an {@link OllamaError} of the same code, with the message so far as
 * `partial`; an error of another kind comes as an `Error` of its name and message. A chat that was left
 * does not end: after its last chunk it is silent, since nobody knows what would have come.
 *
 * A line that is malformed, missing or out of place is an {@link OllamaProtocolError} that says which
 * one. Lines are read as they are needed: it comes right after the chunk before.
 *
 * - **Completes:** when the recorded chat did; one that was left never does.
 * - **Errors:** as recorded; an {@link OllamaProtocolError} where the recording is none.
 * - **Unsubscribes:** lets go of the recording, and of the timer.
 * - **Memory:** the message so far, for `partial`.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; one timer, until the next chunk.
 *
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { answerText, replayChat } from 'rxjs-ollama';
 *
 * replayChat(readFileSync('chat.ndjson', 'utf8'), { speed: 10 })
 *   .pipe(answerText())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 *
 * @param recording its text, or its lines
 * @throws RangeError if `speed` is not above 0
 * @see {@link recordChat}
 */
export function replayChat(
  recording: Recording,
  { speed = 1, scheduler = asyncScheduler }: ReplayChatOptions = {},
): Observable<ChatChunk> {
  if (!(speed > 0)) throw new RangeError(`speed has to be above 0, and is ${String(speed)}.`);
  return defer(() => {
    const entries: Iterator<RecordedChunk, RecordedEnd> = readRecording(recording);
    const start = scheduler.now();
    let next = entries.next();
    let waitedFor = 0;

    const timeOf = ({ at }: { readonly at: number }): number => at / speed;
    // What was waited for is due, even if the clock is a fraction of a ms behind its timers.
    const isDue = (entry: { readonly at: number }): boolean =>
      timeOf(entry) <= Math.max(waitedFor, scheduler.now() - start);

    const takeDue = function* (): Generator<ChatChunk> {
      for (; !next.done && isDue(next.value); next = entries.next()) yield next.value.chunk;
    };

    const waitOrEnd = (): Observable<unknown> => {
      const { done, value } = next;
      if (!done || !isDue(value)) {
        waitedFor = timeOf(value);
        return timer(start + waitedFor - scheduler.now(), scheduler);
      }
      if (value.end === 'error') return throwError(() => value.error);
      return value.end === 'complete' ? EMPTY : NEVER;
    };

    // What `delay` gives says how it goes on: with a value it repeats, without one it ends as that does.
    return defer(() => from(takeDue())).pipe(
      repeat({ delay: waitOrEnd }),
      finalize(() => {
        entries.return?.();
      }),
    );
  });
}
