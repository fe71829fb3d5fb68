import type { Observable } from 'rxjs';
import { fromProgress } from '../transport/fromEndpoint.js';
import { copyRequest } from '../transport/officialClient.js';
import type { ModelProgress, ProgressOptions, PullRequest } from '../types/index.js';

/**
 * Pulls a model from a registry and tells how far it has come: one {@link ModelProgress} a line of the
 * server's, over all its layers.
 *
 * _It's like a download with a progress bar, but unsubscribing stops it._
 *
 * ```none
 *  server:  --m--a----b----c----d----(s|)    m: pulling manifest  a: pulling a, 0 of 80
 *                                            b: pulling b, 0 of 20  c: pulling a, 80 of 80
 *                                            d: pulling b, 20 of 20  s: success
 *           fromOllamaPull(request)
 *  result:  --m--a----b----c----d----(s|)    m: pulling manifest, 0 %  a: pulling a, 0 %
 *                                            b: pulling b, 0 %  c: pulling a, 80 %
 *                                            d: pulling b, 100 %  s: success, 100 %
 * ```
 *
 * Cold: each subscription makes a request. Unsubscribing cancels it at the server, also before its
 * headers have come; a pull that is made again goes on where it was left.
 *
 * The server repeats itself several times a second, and each line is emitted: `auditTime` thins them
 * out, and `distinctUntilKeyChanged('status')` leaves the steps. It tells of a layer when it gets to
 * it, so `total` grows on the way; `ratio` never goes back.
 *
 * That there is no such model comes as a line of the response, an {@link OllamaStreamError}; a response
 * that ends without `success` is an {@link OllamaTruncatedError}.
 *
 * - **Completes:** with the line that says `success`, once the response has ended.
 * - **Errors:** an {@link OllamaConnectionError}, {@link OllamaHttpError}, {@link OllamaStreamError},
 *   {@link OllamaProtocolError}, {@link OllamaTruncatedError} or {@link OllamaTimeoutError}; of a
 *   client of your own, what it fails with. There is no message, so there is no `partial`.
 * - **Unsubscribes:** cancels the request at the server, in the same turn, at any moment.
 * - **Memory:** the figures of each layer.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; as a clock, without a timer.
 *
 * ```ts
 * import { fromOllamaPull } from 'rxjs-ollama';
 *
 * fromOllamaPull({ model: 'qwen3' }).subscribe(({ status, ratio }) => {
 *   console.log(status, `${String(Math.floor(ratio * 100))} %`);
 * });
 * ```
 *
 * @param request goes to the server as the client sends it and is not changed
 * @param options where to send it, or a client of your own that has a `pull`
 * @see {@link fromOllamaPush}, {@link fromOllamaCreate}
 */
export function fromOllamaPull(
  request: PullRequest,
  options: ProgressOptions = {},
): Observable<ModelProgress> {
  return fromProgress('pull', (client) => client.pull?.(copyRequest(request)), options);
}
