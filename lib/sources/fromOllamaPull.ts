import type { Observable } from 'rxjs';
import { fromProgress } from '../internal/fromProgress.js';
import { copyRequest } from '../internal/request.js';
import type { ModelProgress, ProgressOptions, PullRequest } from '../types.js';

/**
 * Pulls a model from a registry and tells how far it has come: one {@link ModelProgress} a line of the
 * server's, over all its layers. Completes with the line that says `success`.
 *
 * _It's like a download with a progress bar, but unsubscribing stops it._
 *
 * ```none
 *  server    manifest  a 0/80  b 0/20  a 80/80  b 20/20  success      a, b: layers
 *  ratio     0         0       0       0.8      1        1
 * ```
 *
 * Cold: each subscription makes a request. Unsubscribing cancels it at the server, also before its
 * headers have come; a pull that is made again goes on where it was left.
 *
 * The server repeats itself several times a second, and each line is emitted: `auditTime` thins them
 * out, and `distinctUntilKeyChanged('status')` leaves the steps. It tells of a layer when it gets to
 * it, so `total` grows on the way; `ratio` never goes back.
 *
 * Errors are {@link OllamaError}s. That there is no such model comes as a line of the response, an
 * {@link OllamaStreamError}; a response that ends without `success` is an {@link OllamaTruncatedError}.
 * There is no message, so there is no `partial`.
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
