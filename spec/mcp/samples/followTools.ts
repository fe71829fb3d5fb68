import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { Observable, startWith, switchMap } from 'rxjs';
import type { DefinedTool } from 'rxjs-ollama';
import { mcpTools, type McpToolsOptions } from 'rxjs-ollama/mcp';

/** The tools of a server: once now, and again after each change of its list. */
export function followTools(client: Client, options?: McpToolsOptions): Observable<DefinedTool[]> {
  const change$ = new Observable<void>((subscriber) => {
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      subscriber.next();
    });
    return () => {
      client.removeNotificationHandler('notifications/tools/list_changed');
    };
  });
  return change$.pipe(
    startWith(undefined),
    switchMap(() => mcpTools(client, options)),
  );
}
