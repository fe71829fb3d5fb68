import type { Observable } from 'rxjs';
import { fromProgress } from '../transport/fromEndpoint.js';
import { copyRequest } from '../transport/officialClient.js';
import type { ModelProgress, ProgressOptions, CreateRequest } from '../types/index.js';

/**
 * Creates a model from another one, and emits one {@link ModelProgress} per line of the server.
 *
 * _It's like `fromOllamaPull`, but from a model that the server has._
 *
 * ```none
 *  server:  --l----m----(s|)    l: using existing layer  m: writing manifest  s: success
 *           fromOllamaCreate(request)
 *  result:  --l----m----(s|)    l: using existing layer, 0 %  m: writing manifest, 0 %
 *                               s: success, 100 %
 * ```
 *
 * Cold, as {@link fromOllamaPull} is. Most steps have no size: `ratio` is then 0 until the end.
 *
 * - **Completes:** after the line with `success`, when the response has ended.
 * - **Errors:** those of {@link fromOllamaPull}, and a `TypeError` for a client without `create`.
 * - **Unsubscribes:** cancels the request at the server, synchronously, at any moment.
 * - **Memory:** the figures of each layer.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; as a clock, without a timer.
 *
 * ```ts
 * import { fromOllamaCreate } from 'rxjs-ollama';
 *
 * fromOllamaCreate({ model: 'mario', from: 'qwen3', system: 'You are Mario.' }).subscribe(
 *   ({ status }) => console.log(status),
 * );
 * ```
 *
 * @param request is sent as it is, and is not changed
 * @param options where to send it, or a client of your own that has a `create`
 * @throws TypeError if `scheduler` is not a scheduler
 * @see {@link fromOllamaPull}
 */
export function fromOllamaCreate(
  request: CreateRequest,
  options: ProgressOptions = {},
): Observable<ModelProgress> {
  return fromProgress('create', (client) => client.create?.(copyRequest(request)), options);
}
