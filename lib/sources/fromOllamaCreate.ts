import type { Observable } from 'rxjs';
import { fromProgress } from '../internal/fromProgress.js';
import { copyRequest } from '../internal/request.js';
import type { ModelProgress, ProgressOptions, CreateRequest } from '../types.js';

/**
 * Creates a model from another one and tells how far it has come: one {@link ModelProgress} a line of
 * the server's. Completes with the line that says `success`.
 *
 * _It's like `fromOllamaPull`, but the model is made at the server._
 *
 * ```none
 *  server    using existing layer  writing manifest  success
 *  ratio     0                     0                 1
 * ```
 *
 * Cold, cancelled and failing just as {@link fromOllamaPull} is and does. Most steps have no bytes to
 * count; `ratio` then is 0 until the end.
 *
 * ```ts
 * import { fromOllamaCreate } from 'rxjs-ollama';
 *
 * fromOllamaCreate({ model: 'mario', from: 'qwen3', system: 'You are Mario.' }).subscribe(
 *   ({ status }) => console.log(status),
 * );
 * ```
 *
 * @param request goes to the server as the client sends it and is not changed
 * @param options where to send it, or a client of your own that has a `create`
 * @see {@link fromOllamaPull}
 */
export function fromOllamaCreate(
  request: CreateRequest,
  options: ProgressOptions = {},
): Observable<ModelProgress> {
  return fromProgress('create', (client) => client.create?.(copyRequest(request)), options);
}
