import type { Observable } from 'rxjs';
import { fromProgress } from '../transport/fromEndpoint.js';
import { copyRequest } from '../transport/officialClient.js';
import type { ModelProgress, ProgressOptions, PushRequest } from '../types/index.js';

/**
 * Pushes a model to a registry, and emits one {@link ModelProgress} over all layers per line of the
 * server.
 *
 * _It's like `fromOllamaPull`, but to the registry instead of from it._
 *
 * ```none
 *  server:  --m----a----b----c----(s|)    m: retrieving manifest  a: pushing a, 0 of 80
 *                                         b: pushing a, 40 of 80  c: pushing a, 80 of 80
 *                                         s: success
 *           fromOllamaPush(request)
 *  result:  --m----a----b----c----(s|)    m: retrieving manifest, 0 %  a: pushing a, 0 %
 *                                         b: pushing a, 50 %  c: pushing a, 100 %
 *                                         s: success, 100 %
 * ```
 *
 * Cold, as {@link fromOllamaPull} is.
 *
 * - **Completes:** after the line with `success`, when the response has ended.
 * - **Errors:** those of {@link fromOllamaPull}, and a `TypeError` for a client without `push`.
 * - **Unsubscribes:** cancels the request at the server, synchronously, at any moment.
 * - **Memory:** the figures of each layer.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; as a clock, without a timer.
 *
 * ```ts
 * import { fromOllamaPush } from 'rxjs-ollama';
 *
 * fromOllamaPush({ model: 'me/mario' }).subscribe({
 *   next: ({ ratio }) => console.log(ratio),
 *   complete: () => console.log('The push is complete.'),
 * });
 * ```
 *
 * @param request is sent as it is, and is not changed
 * @param options where to send it, or a client of your own that has a `push`
 * @throws TypeError if `scheduler` is not a scheduler
 * @see {@link fromOllamaPull}
 */
export function fromOllamaPush(
  request: PushRequest,
  options: ProgressOptions = {},
): Observable<ModelProgress> {
  return fromProgress('push', (client) => client.push?.(copyRequest(request)), options);
}
