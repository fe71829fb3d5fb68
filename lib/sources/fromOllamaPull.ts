import type { Observable } from 'rxjs';
import { fromProgress } from '../transport/fromEndpoint.js';
import { copyRequest } from '../transport/officialClient.js';
import type { ModelProgress, ProgressOptions, PullRequest } from '../types/index.js';

/**
 * Pulls a model from a registry, and emits one {@link ModelProgress} over all layers per line of the
 * server.
 *
 * _It's like `fromOllamaChat`, but emits progress instead of chunks._
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
 * headers have come. The next pull of this model continues where the last one stopped.
 *
 * The server repeats a status several times per second, and each line is emitted: `auditTime` thins
 * them out, and `distinctUntilKeyChanged('status')` keeps the steps. A layer is known from its first line
 * on, so `total` grows; `ratio` never falls.
 *
 * For an unknown model the server sends an error line, which is an {@link OllamaStreamError}. A response that
 * ends without `success` is an {@link OllamaTruncatedError}.
 *
 * - **Completes:** after the line with `success`, when the response has ended.
 * - **Errors:** an {@link OllamaConnectionError}, {@link OllamaHttpError}, {@link OllamaStreamError},
 *   {@link OllamaProtocolError}, {@link OllamaTruncatedError} or {@link OllamaTimeoutError}. Errors of a
 *   client of your own, unchanged. There is no message, so there is no `partial`.
 * - **Unsubscribes:** cancels the request at the server, synchronously, at any moment.
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
 * @param request is sent as it is, and is not changed
 * @param options where to send it, or a client of your own that has a `pull`
 * @throws TypeError if `scheduler` is not a scheduler
 * @see {@link fromOllamaPush}, {@link fromOllamaCreate}
 */
export function fromOllamaPull(
  request: PullRequest,
  options: ProgressOptions = {},
): Observable<ModelProgress> {
  return fromProgress('pull', (client) => client.pull?.(copyRequest(request)), options);
}
