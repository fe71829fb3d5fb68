import {
  asyncScheduler,
  take,
  tap,
  timer,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';
import { createSegmenter, type Segmentation } from '../core/ui/segmenter.js';
import { createUiBuffer } from '../core/ui/uiBuffer.js';
import { nextFrame } from '../time.js';
import { createOperator } from '../createOperator.js';
import type { ChatChunk } from '../types/index.js';

/** When {@link bufferForUi} emits, and how much of the text. */
export interface BufferForUiOptions {
  /**
   * The time between two emissions: a frame of the browser (16 ms where there are none), or a number
   * of milliseconds.
   * @defaultValue `'frame'`
   */
  readonly every?: 'frame' | number;
  /**
   * Show only whole graphemes, words, sentences or lines; or what ends in a match of a pattern; or the
   * segments of a segmenter of your own. Chinese, Japanese and Korean characters count as whole by
   * themselves in `'grapheme'` and `'word'`, so that their readers don't wait.
   * @defaultValue text is shown as it comes; with `pace`, `'grapheme'`
   */
  readonly by?: Segmentation;
  /** How long an unfinished segment is held back at most, in ms. @defaultValue `250` */
  readonly maxHold?: number;
  /**
   * Spread the text evenly, as if it were typed, each character at most `maxLag` ms after it came.
   * @defaultValue text is shown as soon as it can be
   */
  readonly pace?: { readonly maxLag: number };
  /** The language of `by`, as a BCP 47 tag. @defaultValue the environment's */
  readonly locale?: string;
  /** Where time comes from; a frame is then 16 ms. @defaultValue `asyncScheduler`, and real frames */
  readonly scheduler?: SchedulerLike;
}

/**
 * Emits at most once a frame, however fast chunks come, and merges what came in between.
 *
 * _It's like `auditTime`, but nothing is ever dropped._
 *
 * ```none
 *  source:  -abc------d----(ef|)    a: 'Hel'  b: 'lo'  c: ' to'  d: ' you'  e: '!'  f: done
 *           bufferForUi({ every: 3 })
 *  result:  ----X--------d-(ef|)    X: 'Hello to'
 * ```
 *
 * Chunks of one phase become one chunk with their texts joined; `merged` says how many they were. Where
 * the phase changes in a frame, one chunk per phase is emitted, in order. Tool calls and the final
 * chunk come after all text before them. A chunk that is alone in its frame, and the final chunk, are
 * emitted as they are. Where a message starts over (`reset`), what is left of the attempt before is
 * dropped.
 *
 * A source that sends everything synchronously gives one chunk per phase. A hidden page gets no frames:
 * a timer of 250 ms serves it, which browsers slow down to a second or more.
 *
 * - **Completes:** with the source, once what is left has been emitted: at once, or with `pace` spread
 *   to its end, within `maxLag`.
 * - **Errors:** those of the source, unchanged, once what is left has been emitted; and what a
 *   segmenter throws.
 * - **Unsubscribes:** from the source, in the same frame; what is left is dropped, and the timer with
 *   it.
 * - **Memory:** what has come and is not shown yet.
 * - **Scheduler:** `scheduler`, or else frames and `asyncScheduler`; one timer, and none while nothing
 *   waits.
 *
 * ```ts
 * import { accumulateMessage, bufferForUi, fromOllamaChat } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Tell me a story.' }] })
 *   .pipe(bufferForUi({ by: 'word' }), accumulateMessage())
 *   .subscribe((message) => (document.body.textContent = message.content));
 * ```
 *
 * Accumulate after it rather than before: then a snapshot is made once a frame, not once a chunk.
 *
 * @see {@link splitThinking}, {@link accumulateMessage}
 */
export function bufferForUi<C extends ChatChunk>({
  every = 'frame',
  pace,
  by = pace && 'grapheme',
  maxHold = 250,
  locale,
  scheduler,
}: BufferForUiOptions = {}): MonoTypeOperatorFunction<C> {
  return createOperator((send, out) => {
    const clock = scheduler ?? asyncScheduler;
    const wait = every === 'frame' ? nextFrame(scheduler) : timer(Math.max(1, every), scheduler);
    const buffer = createUiBuffer<C>(
      by && createSegmenter(by, locale),
      Math.min(maxHold, pace?.maxLag ?? maxHold),
      pace?.maxLag,
    );
    let waiting: Subscription | undefined;
    let ended = false;

    const plan = (): void => {
      if (waiting || out.closed) return;
      if (buffer.isEmpty()) {
        if (ended) out.complete();
        return;
      }
      const since = clock.now();
      const show = (): void => {
        send(buffer.take(since, clock.now(), ended));
        waiting = undefined;
        plan();
      };
      waiting = wait.pipe(take(1), tap(show)).subscribe({
        // What a segmenter throws.
        error: (error: unknown) => {
          out.error(error);
        },
      });
    };

    return {
      next(chunk) {
        buffer.add(chunk);
        plan();
        return [];
      },
      flush: buffer.takeAll,
      ...(pace && {
        complete() {
          ended = true;
          plan();
        },
      }),
      teardown: () => waiting?.unsubscribe(),
    };
  });
}
