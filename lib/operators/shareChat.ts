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
import { startGroup, type ChunkGroup } from '../core/ui/chunkGroup.js';
import type { ChatChunk, ChunkMarks } from '../types/index.js';

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
 *  source:  -t-a-b----c-(d|)          t: thinking 'hm'  a: 'Hel'  b: 'lo'  c: '!'  d: done
 *           shareChat()
 *  early:   -t-a-b----c-(d|)
 *  late:          (tX)c-(d|)          X: 'Hello'
 *  after:                   (tYd|)    Y: 'Hello!'
 * ```
 *
 * A late subscriber gets one merged chunk for each phase so far, synchronously, then all further ones
 * as they come: what it accumulates is what an early subscriber accumulates, whenever it joins.
 *
 * - **Completes:** with the source; who comes later gets the whole, and completion.
 * - **Errors:** those of the source, unchanged, to all who are there; the next subscriber makes a new
 *   request.
 * - **Unsubscribes:** from the source, in the frame in which the last subscriber leaves, unless
 *   `resetOnRefCountZero` says otherwise.
 * - **Memory:** what has come, in one chunk a phase; after completion too.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; one timer, while a grace in ms runs.
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
  const runs: ChunkGroup<C>[] = [];
  const replay$ = defer(() => concat(from(runs.map((run) => run.merge())), live));
  return {
    next(chunk) {
      if (chunk.reset) runs.length = 0;
      if (!runs.at(-1)?.add(chunk)) runs.push(startGroup(chunk));
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
