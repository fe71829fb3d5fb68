import { defer, type Observable } from 'rxjs';
import { checkCount } from '../time.js';
import { fromClient } from '../transport/fromClient.js';
import { fromServer } from '../transport/fromServer.js';
import { copyRequest, getClient, isOfficialClient } from '../transport/officialClient.js';
import { chatFormat } from '../transport/responseFormat.js';
import { toChatChunk } from '../wire/chatChunk.js';
import { parsePlainLine } from '../wire/plainLine.js';
import type { ChatChunk, ChatRequest, OllamaOptions } from '../types/index.js';

/**
 * Streams one chat answer: emits each chunk as it arrives, the final one with `done: true`. Completes when
 * the response has ended, so that its connection serves the next request.
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
 * at the server at any moment, also while the model is being loaded and no header has come. If the
 * subscriber unsubscribes synchronously after it has subscribed, nothing is sent.
 *
 * All lines that end in one network read are emitted synchronously. The next read is made when the
 * consumer has returned, so a slow synchronous consumer holds the server back. Asynchronous operators
 * such as `concatMap` buffer instead.
 *
 * After 100 reads or 256 KiB the next read waits for a turn of the event loop. So a burst doesn't hold up
 * timers, rendering and other requests. Such a turn is not a timer: fake timers don't stop it.
 *
 * A `fetch` whose responses have no `body` delivers all chunks together at the end. Pass `stream: false`
 * then.
 *
 * A `done_reason` of `'load'` or `'unload'` is not an error: the answer is one final chunk without text.
 *
 * - **Completes:** when the response has ended, after the final chunk.
 * - **Errors:** an {@link OllamaConnectionError}, {@link OllamaHttpError}, {@link OllamaStreamError},
 *   {@link OllamaProtocolError}, {@link OllamaTruncatedError} or {@link OllamaTimeoutError}, with the
 *   message so far as `partial` once a chunk has arrived. Errors of a client of your own, unchanged.
 * - **Unsubscribes:** cancels the request at the server, synchronously, at any moment.
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
 * @param request is sent as it is, and is not changed; `stream` is true by default
 * @param options where to send it, or a client of your own
 * @throws RangeError if `maxLineBytes` is not a whole number from 1, or `Infinity`
 * @see {@link splitThinking}, {@link accumulateMessage}, {@link fromOllamaStream}
 */
export function fromOllamaChat(
  request: ChatRequest,
  options: OllamaOptions = {},
): Observable<ChatChunk> {
  checkCount('maxLineBytes', options.maxLineBytes);
  return defer(() => {
    const client = getClient(options);
    const call = (by = client) => by.chat(copyRequest(request));
    return isOfficialClient(client)
      ? fromServer(
          client,
          call,
          () => chatFormat(toChatChunk, parsePlainLine),
          options.maxLineBytes,
        )
      : fromClient<ChatChunk>(call(), 'chat() of the client gave');
  });
}
