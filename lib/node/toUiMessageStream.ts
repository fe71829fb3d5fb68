import { identity, pipe, type OperatorFunction } from 'rxjs';
import type { Streamed } from '../tools/events.js';
import { publicEvents } from './publicEvents.js';
import { createPublicErrors } from './publicErrors.js';
import type { PublicErrorOptions } from './toText.js';
import type { UiMessageChunk } from './uiMessageChunk.js';
import { toUiMessageParts, type UiMessagesOptions } from './uiMessageParts.js';

/** What a UI message stream has, and what it says of errors. */
export interface ToUiMessageStreamOptions extends UiMessagesOptions, PublicErrorOptions {}

/**
 * Emits the chunks of a UI message stream of the AI SDK as objects, for its own functions or another way to
 * send them.
 *
 * _It's like `uiMessages`, but emits objects instead of text._
 *
 * ```none
 *  source:  ---a-------(d|)      a: 'Hel'  d: done
 *           toUiMessageStream()
 *  result:  ---(stba)--(eof|)    s: start  t: start-step  b: text-start  a: text-delta: 'Hel'
 *                                e: text-end  o: finish-step  f: finish
 * ```
 *
 * - **Completes:** after `finish`; after `abort` if the source completes without a final chunk.
 * - **Errors:** none. An error of the source becomes `error`, then `finish` with the reason `'error'`.
 * - **Unsubscribes:** from the source, synchronously.
 * - **Memory:** the messages of a run.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { fromOllamaChat } from 'rxjs-ollama';
 * import { toUiMessageStream } from 'rxjs-ollama/node';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(toUiMessageStream())
 *   .subscribe((chunk) => console.log(chunk.type));
 * ```
 *
 * @param options the id of the message, and what the client gets
 * @see {@link uiMessages}
 */
export function toUiMessageStream(
  options: ToUiMessageStreamOptions = {},
): OperatorFunction<Streamed, UiMessageChunk> {
  const errors = createPublicErrors(options.toPublicError);
  return pipe(
    publicEvents<Streamed>(errors),
    toUiMessageParts(options, { toPublicError: errors.ofSource }, identity),
  );
}
