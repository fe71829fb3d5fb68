import {
  Subject,
  concat,
  defer,
  from,
  noop,
  share,
  tap,
  type MonoTypeOperatorFunction,
  type ObservableInput,
  type SchedulerLike,
  type SubjectLike,
} from 'rxjs';
import { assertChunk } from '../core/message/boundary.js';
import { startGroup } from '../core/ui/chunkGroup.js';
import { createCompaction } from '../core/ui/compaction.js';
import { checkDuration, checkScheduler, wait } from '../time.js';
import type { AnyChatChunk, ChunkMarks } from '../types/index.js';

/** Options of {@link shareChat}. */
export interface ShareChatOptions {
  /**
   * When the request is cancelled after the last subscriber unsubscribed: `true`, synchronously; `false`,
   * never; a number, after so many ms; a function, when what it returns emits. A subscriber that arrives
   * before that keeps the request alive.
   * @defaultValue `true`
   */
  readonly resetOnRefCountZero?: boolean | number | (() => ObservableInput<unknown>) | undefined;
  /** Where the time of a number of ms comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Shares one request among many subscribers. A late subscriber gets one merged chunk per phase so far, then
 * live chunks.
 *
 * _It's like `shareReplay` with `refCount`, but it replays the merged text instead of every chunk._
 *
 * ```none
 *  source:  -t-a-b----c-(d|)          t: thinking 'hm'  a: 'Hel'  b: 'lo'  c: '!'  d: done
 *           shareChat()
 *  early:   -t-a-b----c-(d|)
 *  late:          (tX)c-(d|)          X: 'Hello'
 *  after:                   (tYd|)    Y: 'Hello!'
 * ```
 *
 * The merged chunks are emitted synchronously. A late subscriber accumulates the same as an early one,
 * whenever it subscribes: also within `next` or `complete` of another subscriber. Chunks that arrive while
 * others are being delivered are delivered after them, to all subscribers in the same order.
 *
 * After `reset`, a late subscriber gets the finished messages of a run and the new attempt; after
 * `restart`, only the new attempt.
 *
 * - **Completes:** with the source. A later subscriber gets the merged chunks, then completion.
 * - **Errors:** those of the source, unchanged, to all current subscribers. The next subscriber makes a new
 *   request.
 * - **Unsubscribes:** from the source, synchronously when the last subscriber unsubscribes, unless
 *   `resetOnRefCountZero` delays it.
 * - **Memory:** the chunks so far, one per phase; after completion too.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; one timer, while `resetOnRefCountZero` ms pass.
 *
 * ```ts
 * import { accumulateMessage, answerText, fromOllamaChat, shareChat } from 'rxjs-ollama';
 *
 * const chat$ = fromOllamaChat({ model: 'qwen3' }).pipe(shareChat({ resetOnRefCountZero: 1_000 }));
 * chat$.pipe(answerText()).subscribe((text) => process.stdout.write(text));
 * chat$.pipe(accumulateMessage()).subscribe((message) => console.log(message.content.length));
 * ```
 *
 * @throws RangeError if `resetOnRefCountZero` is NaN or negative
 * @throws TypeError if `scheduler` is not a scheduler
 * @see {@link retryChat}: put it before, so that all subscribers get the retry
 */
export function shareChat<C extends AnyChatChunk & ChunkMarks>(
  options: ShareChatOptions = {},
): MonoTypeOperatorFunction<C> {
  const { resetOnRefCountZero = true, scheduler } = options;
  if (typeof resetOnRefCountZero !== 'boolean' && typeof resetOnRefCountZero !== 'function') {
    checkDuration('resetOnRefCountZero', resetOnRefCountZero);
  }
  checkScheduler(scheduler);
  return (source) =>
    source.pipe(
      // What can't be merged has to be an error of the source: RxJS doesn't catch what a connector throws.
      tap((chunk) => {
        assertChunk(chunk);
        startGroup(chunk);
      }),
      share({
        connector: () => createReplay<C>(),
        resetOnComplete: false,
        resetOnRefCountZero:
          typeof resetOnRefCountZero === 'number'
            ? () => wait(resetOnRefCountZero, scheduler)
            : resetOnRefCountZero,
      }),
    );
}

/** A subject that first emits to each observer what came before, merged. */
function createReplay<C extends AnyChatChunk & ChunkMarks>(): SubjectLike<C> {
  const live = new Subject<C>();
  const compaction = createCompaction<C>();
  const replay$ = defer(() => concat(from(compaction.chunks()), live));
  const waiting: (() => void)[] = [];
  let isBusy = false;

  /** Does some work first. What has to be delivered meanwhile is delivered after it, in order. */
  const uninterrupted = <T>(work: () => T): T => {
    if (isBusy) return work();
    isBusy = true;
    try {
      const result = work();
      // The loop also reaches what is added during it.
      for (const deliver of waiting) deliver();
      return result;
    } finally {
      waiting.length = 0;
      isBusy = false;
    }
  };
  const inTurn = (deliver: () => void): void => {
    waiting.push(deliver);
    uninterrupted(noop);
  };

  return {
    next(chunk) {
      inTurn(() => {
        compaction.add(chunk);
        live.next(chunk);
      });
    },
    error(error: unknown) {
      inTurn(() => {
        live.error(error);
      });
    },
    complete() {
      inTurn(() => {
        live.complete();
      });
    },
    subscribe: (observer) => uninterrupted(() => replay$.subscribe(observer)),
  };
}
