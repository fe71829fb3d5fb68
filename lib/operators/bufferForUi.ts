import {
  take,
  tap,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';
import { createSegmenter, type Segmentation } from '../core/ui/segmenter.js';
import { createUiBuffer } from '../core/ui/uiBuffer.js';
import { createOperator } from '../createOperator.js';
import { checkDuration, checkScheduler, nextFrame, startClock, wait } from '../time.js';
import type { AnyChatChunk } from '../types/index.js';

/** When {@link bufferForUi} emits, and how much of the text. */
export interface BufferForUiOptions {
  /**
   * The time between two emissions: one animation frame (16 ms where there are none), or a number of ms.
   * With 0, each chunk is emitted synchronously, as far as `by` and `pace` let it.
   * @defaultValue `'frame'`
   */
  readonly every?: 'frame' | number | undefined;
  /**
   * Emits only whole graphemes, words, sentences or lines. A pattern ends a segment where it matches. A
   * segmenter of your own defines its own segments. With `'grapheme'` and `'word'`, a Chinese, Japanese or
   * Korean character is whole by itself, so that it isn't held back.
   * @defaultValue any text is emitted; with `pace`, `'grapheme'`
   */
  readonly by?: Segmentation | undefined;
  /**
   * How long an unfinished segment is held back at most, in ms; `Infinity` sets no limit.
   * @defaultValue `250`
   */
  readonly maxHold?: number | undefined;
  /**
   * Spreads the text evenly, as if it were typed: each character is emitted at most `maxLag` ms after it
   * came, or one `every` if that is longer. `Infinity` emits one segment at a time, however late that is.
   * @defaultValue text is emitted as soon as possible
   */
  readonly pace?:
    | {
        /** `maxLag` is the longest delay, in ms. */
        readonly maxLag: number;
      }
    | undefined;
  /** The language of `by`, as a BCP 47 tag. @defaultValue the language of the environment */
  readonly locale?: string | undefined;
  /**
   * The source of time; an animation frame is then 16 ms.
   * @defaultValue `asyncScheduler`, and animation frames
   */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Emits at most once per animation frame, however fast chunks come, and merges what came in between.
 *
 * _It's like `auditTime`, but it drops nothing: it emits all that came, merged._
 *
 * ```none
 *  source:  -abc------d----(ef|)    a: 'Hel'  b: 'lo'  c: ' to'  d: ' you'  e: '!'  f: done
 *           bufferForUi({ every: 30 })  -: 10 ms
 *  result:  ----X--------d-(ef|)    X: 'Hello to'
 * ```
 *
 * - Neighboring chunks of one phase become one chunk: their texts, calls and log probabilities are
 *   joined, and `merged` counts them. Where the phase changes, one chunk per phase is emitted, in order.
 * - Tool calls and the final chunk are emitted after all text before them.
 * - A chunk that is alone in its animation frame is emitted as it is, and so is the final chunk.
 * - Half of a character at the end of a text, such as half of an emoji, waits for the next chunk or for
 *   the end. No timer runs for it.
 * - A chunk with `reset` drops what is buffered of the message that it voids. Finished messages before
 *   it are emitted. A chunk with `restart` drops all that is buffered.
 * - `every: 0` emits each chunk synchronously, and sets no timer. With `by`, one timer runs while an
 *   unfinished segment is held. With `pace`, the first text after a pause is emitted synchronously, and
 *   further text once per ms.
 *
 * A source that emits everything synchronously results in one chunk per phase. A hidden page gets no
 * animation frames. There the buffer emits every 250 ms, or less often if the browser slows down timers.
 *
 * - **Completes:** with the source, after the rest was emitted: synchronously, or with `pace` spread to
 *   its end, within `maxLag`.
 * - **Errors:** those of the source, unchanged, after the rest was emitted; what a segmenter throws.
 *   Throws a `RangeError` when called, if a duration is negative or not a number.
 * - **Unsubscribes:** from the source, synchronously; the rest is dropped, and the timer cancelled.
 * - **Memory:** what came and was not emitted.
 * - **Scheduler:** `scheduler`, or else animation frames and `asyncScheduler`; one timer, and none while
 *   nothing waits for time to pass.
 *
 * ```ts
 * import { accumulateMessage, bufferForUi, fromOllamaChat } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Tell me a story.' }] })
 *   .pipe(bufferForUi({ by: 'word' }), accumulateMessage())
 *   .subscribe((message) => (document.body.textContent = message.content));
 * ```
 *
 * Put operators that accumulate after it. Then they make one snapshot per animation frame, not one per chunk.
 *
 * @throws TypeError if `scheduler` is not a scheduler
 * @see {@link splitThinking}, {@link accumulateMessage}
 */
export function bufferForUi<C extends AnyChatChunk>(
  options: BufferForUiOptions = {},
): MonoTypeOperatorFunction<C> {
  const { every = 'frame', pace, by = pace && 'grapheme', maxHold = 250, locale } = options;
  const { scheduler } = options;
  if (every !== 'frame') checkDuration('every', every);
  checkDuration('maxHold', maxHold);
  checkDuration('pace.maxLag', pace?.maxLag);
  checkScheduler(scheduler);

  return createOperator((emit, subscriber) => {
    const now = startClock(scheduler);
    const buffer = createUiBuffer<C>(
      by && createSegmenter(by, locale),
      Math.min(maxHold, pace?.maxLag ?? maxHold),
      pace?.maxLag,
    );
    let tick = every === 'frame' ? undefined : wait(every, scheduler);
    let timer: Subscription | undefined;
    let since = -Infinity;
    let delivering = false;
    let ended = false;

    const show = (): void => {
      const isFirst = !delivering;
      const chunks = buffer.take(since, now());
      delivering = true;
      emit(chunks);
      // A consumer may feed the source while it is called. The outermost call waits for the rest.
      if (!isFirst) return;
      delivering = false;
      timer?.unsubscribe();
      timer = undefined;
      plan();
    };
    const plan = (): void => {
      if (timer || delivering || subscriber.closed) return;
      since = now();
      const pause = buffer.nextAt() - since;
      if (pause === Infinity) {
        if (ended) subscriber.complete();
        return;
      }
      // Whether there are animation frames is asked only once something waits for one.
      tick ??= nextFrame(scheduler);
      timer = (every === 0 ? wait(Math.max(1, pause), scheduler) : tick)
        .pipe(take(1), tap(show))
        .subscribe({
          // What a segmenter throws.
          error: (error: unknown) => {
            subscriber.error(error);
          },
        });
    };

    return {
      next(chunk) {
        buffer.add(chunk);
        // A pace keeps its rhythm: the timer that runs emits this chunk too. One that just ran has had its ms.
        if (every !== 0 || (pace?.maxLag && (timer || since === now()))) plan();
        else {
          since = now();
          show();
        }
        return [];
      },
      flush: buffer.takeAll,
      // Without a time to wait for, `flush` emits the rest.
      ...(pace &&
        every !== Infinity && {
          complete() {
            ended = true;
            buffer.end();
            plan();
          },
        }),
      teardown: () => timer?.unsubscribe(),
    };
  });
}
