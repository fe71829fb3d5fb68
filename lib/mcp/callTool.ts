import { Subject, catchError, concatMap, defer, from, merge, tap, throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import { OllamaToolError } from '../errors.js';
import { MAX_TIMER_MS } from '../time.js';
import type { ToolContext } from '../tools/defineTool.js';
import { toCallError } from './errors.js';
import type { McpCallOptions, McpCallParams, McpClient, McpProgress } from './mcpClient.js';
import { readResult } from './readResult.js';

/**
 * Calls a tool: emits its progress, the parts that the model can't read, and last the result. Aborting
 * the `signal` of the context cancels the call at the server.
 */
export function callTool(
  client: McpClient,
  request: McpCallParams,
  { signal, call }: ToolContext,
): Observable<unknown> {
  return defer(() => {
    const progress$ = new Subject<McpProgress>();
    const onprogress = (progress: McpProgress): void => {
      progress$.next(progress);
    };
    // `runTools` has a limit of its own, `toolTimeout`. The client's would be a minute.
    const options = { signal, timeout: MAX_TIMER_MS, onprogress };
    const result$ = defer(() => send(client, request, options)).pipe(
      catchError((error: unknown) => throwError(() => toCallError(error, request.name, call))),
      concatMap((result): Observable<unknown> => {
        const { isError, hidden, value } = readResult(result);
        if (!isError) return from([...hidden, value]);
        const message = String(value) || 'The tool failed, and did not say why.';
        return throwError(() => new OllamaToolError(message, call, { cause: result }));
      }),
      tap({
        complete: () => {
          progress$.complete();
        },
      }),
    );
    return merge(progress$, result$);
  });
}

/** Version 2 of the SDK has no schema between the two: it would ignore options in the third place. */
function send(
  client: McpClient,
  request: McpCallParams,
  options: McpCallOptions,
): Promise<unknown> {
  if (client.callTool.length !== 2) return client.callTool(request, undefined, options);
  const second = client as { callTool(...args: readonly unknown[]): Promise<unknown> };
  return second.callTool(request, options);
}
