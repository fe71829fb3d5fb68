import {
  Subject,
  concat,
  defer,
  from,
  share,
  timer,
  type MonoTypeOperatorFunction,
  type ObservableInput,
  type SchedulerLike,
  type SubjectLike,
} from 'rxjs';
import { startRun, type ChunkRun } from '../core/coalesce.js';
import type { ChatChunk, ChunkMarks } from '../types.js';

/** How {@link shareChat} ends. */
export interface ShareChatOptions {
  /**
   * Whether the request is cancelled when the last subscriber has left: at once, never, after so many
   * ms, or when what the function gives emits. Who subscribes in the meantime keeps it alive.
   * @defaultValue `true`
   */
  readonly resetOnRefCountZero?: boolean | number | (() => ObservableInput<unknown>);
  /** Where the time of a grace in ms comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike;
}

/**
 * Makes one request serve many subscribers; who comes late gets what was missed in one piece.
 *
 * _It's like `shareReplay`, but what it keeps is the text, not the chunks, and it lets go._
 *
 * ```none
 *  source:  --a-b-c-(d|)       d: the final chunk
 *           shareChat()
 *  early:   --a-b-c-(d|)
 *  late:         X-c-(d|)      X: a and b in one chunk
 *  after:            (Yd|)     Y: a, b and c in one chunk
 * ```
 *
 * A late subscriber gets one merged chunk for each phase so far, synchronously, then all further ones
 * as they come: what it accumulates is what an early subscriber accumulates, whenever it joins. After
 * completion a subscriber gets the whole, and completion. After an error the next subscriber makes a
 * new request.
 *
 * When the last subscriber leaves, the request is cancelled at the server, unless
 * `resetOnRefCountZero` says otherwise. Memory is the text so far.
 *
 * ```ts
 * import { accumulateMessage, answerText, fromOllamaChat, shareChat } from 'rxjs-ollama';
 *
 * const chat$ = fromOllamaChat({ model: 'qwen3' }).pipe(shareChat({ resetOnRefCountZero: 1_000 }));
 * chat$.pipe(answerText()).subscribe((text) => process.stdout.write(text));
 * chat$.pipe(accumulateMessage()).subscribe((message) => console.log(message.content.length));
 * ```
 *
 * @see {@link retryChat}: put it before, so that a retry serves all
 */
export function shareChat<C extends ChatChunk & ChunkMarks>({
  resetOnRefCountZero = true,
  scheduler,
}: ShareChatOptions = {}): MonoTypeOperatorFunction<C> {
  return share<C>({
    connector: createReplay,
    resetOnComplete: false,
    resetOnRefCountZero:
      typeof resetOnRefCountZero === 'number'
        ? () => timer(resetOnRefCountZero, scheduler)
        : resetOnRefCountZero,
  });
}

/** A subject that tells a new observer first what has come, in as few chunks as can be. */
function createReplay<C extends ChatChunk & ChunkMarks>(): SubjectLike<C> {
  const live = new Subject<C>();
  const runs: ChunkRun<C>[] = [];
  const replay$ = defer(() => concat(from(runs.map((run) => run.merge())), live));
  return {
    next(chunk) {
      if (chunk.reset) runs.length = 0;
      if (!runs.at(-1)?.add(chunk)) runs.push(startRun(chunk));
      live.next(chunk);
    },
    error: (error: unknown) => {
      live.error(error);
    },
    complete: () => {
      live.complete();
    },
    subscribe: (observer) => replay$.subscribe(observer),
  };
}
