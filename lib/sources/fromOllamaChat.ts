import { defer, type Observable } from 'rxjs';
import { fromClient } from '../transport/fromClient.js';
import { fromServer } from '../transport/fromServer.js';
import { copyRequest, getClient, isOfficialClient } from '../transport/officialClient.js';
import { chatFormat } from '../transport/responseFormat.js';
import { toChatChunk } from '../wire/chatChunk.js';
import type { ChatChunk, ChatRequest, OllamaOptions } from '../types/index.js';

/**
 * Streams one chat answer: emits each chunk as it arrives, the final one with `done: true`, and
 * completes when the response has ended, so that its connection serves the next request.
 *
 * _It's like `fetch`, but nothing is sent before you subscribe, and unsubscribing stops the model._
 *
 * ```none
 *  server:  ---t-a-b-(d|)    t: thinking 'Hm'  a: 'Hel'  b: 'lo'  d: done
 *           fromOllamaChat(request)
 *  result:  ---t-a-b-(d|)
 * ```
 *
 * Cold: each subscription makes a request of its own, with the same body. Unsubscribing cancels it
 * at the server at any moment, also while the model is still being loaded and no header has come;
 * if the subscriber leaves in the frame in which it came, nothing is sent at all.
 *
 * All chunks of one network read are emitted synchronously. The next read waits until they have been
 * taken, so a slow synchronous consumer holds the server back; asynchronous operators such as
 * `concatMap` buffer instead.
 *
 * A `done_reason` of `'load'` or `'unload'` is no error: one final chunk without an answer.
 *
 * - **Completes:** when the response has ended, after the final chunk.
 * - **Errors:** an {@link OllamaConnectionError}, {@link OllamaHttpError}, {@link OllamaStreamError},
 *   {@link OllamaProtocolError}, {@link OllamaTruncatedError} or {@link OllamaTimeoutError}, with the
 *   message so far as `partial` once a chunk has arrived; of a client of your own, what it fails with.
 * - **Unsubscribes:** cancels the request at the server, in the same turn, at any moment.
 * - **Memory:** the message so far, for `partial`, and the line that is being read.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { answerText, fromOllamaChat } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Why is the sky blue?' }] })
 *   .pipe(answerText())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 *
 * @param request goes to the server as it is and is not changed; `stream` is true unless said otherwise
 * @param options where to send it, or a client of your own
 * @see {@link splitThinking}, {@link accumulateMessage}
 */
export function fromOllamaChat(
  request: ChatRequest,
  options: OllamaOptions = {},
): Observable<ChatChunk> {
  return defer(() => {
    const client = getClient(options);
    const call = (by = client) => by.chat(copyRequest(request));
    return isOfficialClient(client)
      ? fromServer(client, call, () => chatFormat(toChatChunk), options.maxLineBytes)
      : fromClient<ChatChunk>(call(), 'chat() of the client gave');
  });
}
