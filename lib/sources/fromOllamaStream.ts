import { defer, type Observable } from 'rxjs';
import { fromClient } from '../transport/fromClient.js';
import { fromStream } from '../transport/fromStream.js';
import { chatFormat } from '../transport/responseFormat.js';
import type { AnyChatChunk, ChatChunk } from '../types/index.js';
import { toChatChunk } from '../wire/chatChunk.js';
import { parsePlainLine } from '../wire/plainLine.js';

/** Chunks, or the lines of a response as bytes or text. */
type Part = AnyChatChunk | Uint8Array | string;

/** What streams a chat: the official client's answer, an iterable, a web stream, or a `Response`. */
export type ChatStream = AsyncIterable<Part> | ReadableStream<Part> | Response;

/** A {@link ChatStream}, a promise of one, or a promise of the one chunk of `stream: false`. */
export type ChatStreamInput = ChatStream | PromiseLike<ChatStream | AnyChatChunk>;

/**
 * Emits the chunks of a chat that was requested in another way: by the official client, or by a `fetch`
 * of your own. Unsubscribing stops the model.
 *
 * _It's like `from`, but unsubscribing aborts the stream, also between two chunks._
 *
 * ```none
 *  stream:  --a--b-(d|)    a: 'Hel'  b: 'lo'  d: done
 *           fromOllamaStream(stream)
 *  result:  --a--b-(d|)
 * ```
 *
 * `from(await client.chat({ ..., stream: true }))` does not stop the model: unsubscribing from it only
 * stops the iteration, and the server generates the answer to its end. This function calls `abort()`.
 *
 * A stream can be read once. Pass a function to make a request per subscription, which `retry`,
 * `repeat` and a second subscriber need. {@link fromOllamaChat} can do more: it cancels before the headers
 * have come, and its errors have a `code` and the message so far.
 *
 * A `Response`, and a stream of bytes or text, is read as lines, with the errors of
 * {@link fromOllamaChat}. Other values of a stream are emitted as they are.
 *
 * - **Completes:** when the stream has ended.
 * - **Errors:** what the stream fails with, unchanged. An {@link OllamaConnectionError} if it has been read
 *   already, or is something else. For lines, those of {@link fromOllamaChat}.
 * - **Unsubscribes:** calls `abort()` and the iterator's `return()`, or cancels the web stream,
 *   synchronously. A stream that a promise resolves to later is stopped without being read.
 * - **Memory:** nothing is kept; for lines, the message so far.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { Ollama } from 'ollama';
 * import { answerText, fromOllamaStream } from 'rxjs-ollama';
 *
 * const client = new Ollama();
 * const messages = [{ role: 'user', content: 'Why is the sky blue?' }];
 * fromOllamaStream(() => client.chat({ model: 'qwen3', messages, stream: true }))
 *   .pipe(answerText())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 *
 * @param stream the stream, a promise of it, or a function that returns one of them per subscription
 * @see {@link fromOllamaChat}, {@link takeUntilAborted}
 */
export function fromOllamaStream(
  stream: ChatStreamInput | (() => ChatStreamInput),
): Observable<ChatChunk> {
  return defer(() =>
    fromClient<ChatChunk>(
      typeof stream === 'function' ? stream() : stream,
      'The stream is',
      (value) => fromStream(value, () => chatFormat(toChatChunk, parsePlainLine)),
    ),
  );
}
