import { identity, map, pipe, startWith, type OperatorFunction } from 'rxjs';
import type { Streamed } from '../tools/events.js';
import type { SseFrame } from '../wire/chatEvents.js';
import { toFrames } from './frames.js';
import { keepAlive } from './keepAlive.js';
import { publicEvents } from './publicEvents.js';
import { createPublicErrors } from './publicErrors.js';
import { checkTextOptions, type TextOptions } from './toText.js';

/** What a method with Nest's `@Sse` emits. */
export interface NestSseEvent {
  /** The `id` of the event, as SSE has it. */
  readonly id?: string;
  /** The name of the event. */
  readonly type?: string;
  /** One line of JSON. */
  readonly data?: string;
  /** What only keeps the connection alive. */
  readonly comment?: string;
}

/**
 * Emits the events of {@link sse} as a method with Nest's `@Sse` returns them.
 *
 * _It's like `toSse`, but emits objects, of which Nest makes the text._
 *
 * ```none
 *  source:  ---a--(d|)     a: 'Hel'  d: done
 *           toNestSse()    -: 10 ms
 *  result:  o--a--(de|)    o: comment 'open'  a: type 'chunk'  d: type 'chunk'  e: type 'done'
 * ```
 *
 * After the headers, Nest hides errors behind "Internal server error". So an error of the source becomes
 * an event named `failed`, and the Observable completes.
 *
 * - **Completes:** after the event `done` or `failed`.
 * - **Errors:** none. An error of the source becomes the event `failed`.
 * - **Unsubscribes:** from the source, synchronously: Nest does so when the client leaves.
 * - **Memory:** the messages of a run.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`: one timer, for `heartbeat`.
 *
 * ```ts
 * import type { Observable } from 'rxjs';
 * import { fromOllamaChat } from 'rxjs-ollama';
 * import { toNestSse, type NestSseEvent } from 'rxjs-ollama/node';
 *
 * // The method of a controller: `@Sse('chat')` stands before it.
 * export const chat = (): Observable<NestSseEvent> =>
 *   fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }).pipe(toNestSse());
 * ```
 *
 * @param options heartbeat and errors
 * @throws RangeError or TypeError for an option that can't be used
 * @see {@link toSse}, {@link toResponse}
 */
export function toNestSse(
  options: TextOptions = {},
): OperatorFunction<Streamed | SseFrame, NestSseEvent> {
  const { toPublicError, heartbeat = 15_000, scheduler } = options;
  checkTextOptions(options);
  const errors = createPublicErrors(toPublicError);
  return pipe(
    publicEvents<Streamed | SseFrame>(errors),
    toFrames({ toPublicError: errors.ofSource }),
    map(({ id, event, data }): NestSseEvent => ({ ...(id && { id }), type: event, data })),
    startWith<NestSseEvent>({ comment: 'open' }),
    heartbeat ? keepAlive<NestSseEvent>({ comment: 'hb' }, heartbeat, scheduler) : identity,
  );
}
