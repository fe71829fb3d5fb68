import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  StdioClientTransport,
  type StdioServerParameters,
} from '@modelcontextprotocol/sdk/client/stdio.js';
import { concatMap, defer, finalize, type Observable } from 'rxjs';
import { runTools, type RunToolsOptions, type ToolRunEvent } from 'rxjs-ollama';
import { mcpTools } from 'rxjs-ollama/mcp';

/** Starts a server, answers with its tools, and ends it: also when the answer is stopped. */
export function askWithServer(
  question: string,
  server: StdioServerParameters,
  options: Omit<RunToolsOptions, 'tools'>,
): Observable<ToolRunEvent> {
  return defer(() => {
    const client = new Client({ name: 'my-app', version: '1.0.0' });
    const tools$ = defer(async () => {
      await client.connect(new StdioClientTransport(server));
      return mcpTools(client, { prefix: 'files_' });
    });
    const messages = [{ role: 'user', content: question }];
    return tools$.pipe(
      concatMap((tools) => runTools({ model: 'qwen3', messages }, { ...options, tools })),
      finalize(() => void client.close()),
    );
  });
}
