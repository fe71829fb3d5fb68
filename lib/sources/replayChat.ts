import {
  EMPTY,
  NEVER,
  asyncScheduler,
  defer,
  finalize,
  from,
  repeat,
  throwError,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import {
  readRecording,
  type RecordedChunk,
  type RecordedEnd,
  type Recording,
} from '../core/recording.js';
import { checkScheduler, wait } from '../time.js';
import type { ChatChunk } from '../types/index.js';

/** A delay that is longer is not caught up with: the clock was set, or the computer slept. */
const MAX_DELAY_MS = 1000;

/** Options of {@link replayChat}. */
export interface ReplayChatOptions {
  /** How many times as fast as recorded; `Infinity`: everything at once. @defaultValue `1` */
  readonly speed?: number | undefined;
  /** Where time comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Emits what `recordChat` has written: the same chunks at the same pace, and the same end.
 *
 * _It's like `from`, but each chunk is emitted at its recorded time._
 *
 * ```none
 *                    replayChat(recording, { speed })  -: 10 ms
 *  speed: 1:         --a---b-(d|)            a: 'Hel'  b: 'lo'  d: done
 *  speed: 2:         -a-b(d|)
 *  speed: 0.5:       ----a-------b---(d|)
 *  speed: Infinity:  (abd|)
 * ```
 *
 * Cold: each subscription starts at the beginning, so an iterable that can be iterated only once serves one
 * subscription. Chunks of one time are emitted synchronously, and all chunks with `speed: Infinity`. After a
 * delay of up to a second, such as that of a busy subscriber, chunks that are due are emitted at once. After
 * a longer one, as when the clock is set, the replay continues from where it was.
 *
 * A recorded error is an {@link OllamaError} of the same code, with the message so far as `partial`; an error
 * of another kind is an `Error` with its name and message. A chat that was left does not end: after its last
 * chunk it is silent, since its further course is unknown. Marks that operators set on chunks, such as `phase`
 * and `reset`, are kept.
 *
 * A line that is malformed, missing or out of place is an {@link OllamaProtocolError} with the number of the
 * line. The check is that of a server's lines. Lines are read one by one: the error comes right after the
 * chunk before.
 *
 * - **Completes:** when the recorded chat did; a chat that was left never does.
 * - **Errors:** as recorded; an {@link OllamaProtocolError} for a wrong line, or if it is not a recording.
 * - **Unsubscribes:** closes the iterator of the recording, and stops the timer.
 * - **Memory:** the message so far, for `partial`.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; one timer, until the next chunk.
 *
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { answerText, replayChat } from 'rxjs-ollama';
 *
 * replayChat(readFileSync('chat.ndjson'), { speed: 10 })
 *   .pipe(answerText())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 *
 * @param recording its text, the bytes of its text, or its lines
 * @throws RangeError if `speed` is not above 0
 * @throws TypeError if `scheduler` is not a scheduler
 * @see {@link recordChat}
 */
export function replayChat(
  recording: Recording,
  options: ReplayChatOptions = {},
): Observable<ChatChunk> {
  const { speed = 1, scheduler = asyncScheduler } = options;
  if (!(speed > 0)) {
    throw new RangeError(`speed is ${String(speed)}. Set it to a number above 0, or to Infinity.`);
  }
  checkScheduler(scheduler);
  return defer(() => {
    const entries: Iterator<RecordedChunk, RecordedEnd> = readRecording(recording);
    let start = scheduler.now();
    let next = entries.next();
    /** The time of the replay that is certain: of the latest chunk, or of the latest timer. */
    let reached = 0;

    const timeOf = ({ at }: { readonly at: number }): number => at / speed;

    /** The time of the replay by the clock. A clock that was set is corrected. */
    const elapsed = (): number => {
      const now = scheduler.now();
      if (Math.abs(now - start - reached) > MAX_DELAY_MS) start = now - reached;
      // The timer may fire a fraction of a ms early by the clock.
      return Math.max(reached, now - start);
    };

    const takeDue = function* (): Generator<ChatChunk> {
      for (; !next.done && timeOf(next.value) <= elapsed(); next = entries.next()) {
        reached = Math.max(reached, timeOf(next.value));
        yield next.value.chunk;
      }
    };

    const waitOrEnd = (): Observable<unknown> => {
      const { done, value } = next;
      const rest = timeOf(value) - elapsed();
      if (!done || rest > 0) {
        reached = Math.max(reached, timeOf(value));
        return wait(Math.max(0, rest), scheduler);
      }
      if (value.end === 'error') return throwError(() => value.error);
      return value.end === 'complete' ? EMPTY : NEVER;
    };

    // With a value of `waitOrEnd` it repeats; without one it ends as that ends.
    return defer(() => from(takeDue())).pipe(
      repeat({ delay: waitOrEnd }),
      finalize(() => {
        entries.return?.();
      }),
    );
  });
}
