import type { Observable } from 'rxjs';
import { fromProgress } from '../internal/fromProgress.js';
import { copyRequest } from '../internal/request.js';
import type { ModelProgress, ProgressOptions, PushRequest } from '../types.js';

/**
 * Pushes a model to a registry and tells how far it has come: one {@link ModelProgress} a line of the
 * server's, over all its layers. Completes with the line that says `success`.
 *
 * _It's like `fromOllamaPull`, but the other way._
 *
 * ```none
 *  server    manifest  a 0/80  a 40/80  a 80/80  success      a: a layer
 *  ratio     0         0       0.5      1        1
 * ```
 *
 * Cold, cancelled and failing just as {@link fromOllamaPull} is and does.
 *
 * ```ts
 * import { fromOllamaPush } from 'rxjs-ollama';
 *
 * fromOllamaPush({ model: 'me/mario' }).subscribe({
 *   next: ({ ratio }) => console.log(ratio),
 *   complete: () => console.log('It is there.'),
 * });
 * ```
 *
 * @param request goes to the server as the client sends it and is not changed
 * @param options where to send it, or a client of your own that has a `push`
 * @see {@link fromOllamaPull}
 */
export function fromOllamaPush(
  request: PushRequest,
  options: ProgressOptions = {},
): Observable<ModelProgress> {
  return fromProgress('push', (client) => client.push?.(copyRequest(request)), options);
}
