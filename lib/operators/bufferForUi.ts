import {
  asyncScheduler,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';
import { createSegmenter, type Segmentation } from '../core/segment.js';
import { createUiBuffer } from '../core/uiBuffer.js';
import { FRAME_MS, scheduleFrame } from '../internal/frames.js';
import { operate } from '../internal/operate.js';
import type { ChatChunk } from '../types.js';

/** How {@link bufferForUi} paces what it emits. */
export interface BufferForUiOptions {
  /**
   * The time between two emissions: a frame of the browser (16 ms where there are none), or a number
   * of milliseconds.
   * @defaultValue `'frame'`
   */
  readonly every?: 'frame' | number;
  /**
   * Show only whole graphemes, words, sentences or lines; or what ends in a match of a pattern; or the
   * segments of a segmenter of your own.
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
 *  source:  -abc------d----(ef|)    one chunk per letter; f: the final chunk
 *           bufferForUi({ every: 3 })
 *  result:  ----X---------d(ef|)    X: a, b and c in one chunk
 * ```
 *
 * Chunks of one phase become one chunk with their texts joined; `merged` says how many they were. Where
 * the phase changes in a frame, one chunk per phase is emitted, in order. Tool calls and the final
 * chunk come after all text before them. The final chunk itself is never changed.
 *
 * When the source completes, what is left is emitted at once; with `pace` it is first spread to its
 * end, within `maxLag`. When the source fails, what is left is emitted before the error. When the
 * consumer leaves, it is dropped. While the buffer is empty no timer is pending. A hidden page, which
 * gets no frames, is served every 250 ms.
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
  return operate((send, out) => {
    const clock = scheduler ?? asyncScheduler;
    const buffer = createUiBuffer<C>({
      now: () => clock.now(),
      every: every === 'frame' ? FRAME_MS : every,
      segmenter: by && createSegmenter(by, locale),
      maxHold,
      maxLag: pace?.maxLag,
    });
    let timer: Subscription | undefined;
    let ended = false;

    const stop = (): void => {
      timer?.unsubscribe();
      timer = undefined;
    };
    const plan = (): void => {
      const wait = buffer.wait();
      if (wait === undefined && ended) out.complete();
      if (wait === undefined || out.closed) return;
      timer =
        every === 'frame' && !buffer.holding
          ? scheduleFrame(show, scheduler)
          : clock.schedule(show, wait);
    };
    const show = (): void => {
      timer = undefined;
      send(buffer.take());
      if (!timer) plan();
    };

    return {
      next(chunk) {
        // What is unfinished may be finished by this chunk: look again in a frame.
        if (buffer.holding) stop();
        buffer.add(chunk);
        if (!timer) plan();
        return [];
      },
      flush: () => buffer.takeAll(),
      ...(pace && {
        complete() {
          ended = true;
          buffer.end();
          stop();
          plan();
        },
      }),
      teardown: stop,
    };
  });
}
