import { defineTool, type DefinedTool, type ToolDefinition } from '../tools/defineTool.js';
import { describeKind } from '../transport/describeKind.js';
import type { JsonSchema } from '../types/index.js';
import { callTool } from './callTool.js';
import { listTools } from './listTools.js';
import type { McpClient, McpTool } from './mcpClient.js';
import { toToolName } from './toolName.js';

/** Which tools of a server a model may call, and how. */
export interface McpToolsOptions {
  /**
   * The tools to take, by the server's names, or a function that chooses.
   * @defaultValue all of them
   */
  readonly include?: readonly string[] | ((tool: McpTool) => boolean) | undefined;
  /**
   * Begins the name of each tool, so that tools of two servers have different names: `'github_'`.
   * @defaultValue `''`
   */
  readonly prefix?: string | undefined;
  /**
   * Whether a call needs approval, as in `defineTool`.
   * @defaultValue `true`
   */
  readonly needsApproval?: ToolDefinition<JsonSchema>['needsApproval'];
}

/**
 * Lists the tools of an MCP server, ready for `runTools` and `createConversation`.
 *
 * _It's like `defineTool` for each tool of a server, but the server runs them._
 *
 * Descriptions and results are text of the server, and the model reads both. A hostile server can
 * write instructions into them. So connect only to servers that you trust, take few tools with `include`,
 * and leave `needsApproval` on for calls that change or send something.
 *
 * - **List:** all pages, at most 1,000 tools and a million characters. A tool that only runs as a task is left out.
 * - **Names:** characters other than letters, digits, `_` and `-` become `_`. At most 64 are kept, and a name
 *   that is taken gets a number.
 * - **Arguments:** the model reads the server's schema, and the server checks the arguments.
 * - **Progress:** each notification is a `tool-progress` with an {@link McpProgress}.
 * - **Result:** the `structuredContent` if there is any, or else the texts of all parts, one per line.
 * - **Images, audio and other data:** each is a `tool-progress` with an {@link McpPart}, before the result. The
 *   model reads its kind and size.
 * - **Long results:** the model reads the first 100,000 characters. The whole text is a part as well.
 * - **Errors of the tool:** an `OllamaToolError` with the server's text, which the model reads.
 * - **A server that ends:** an `OllamaConnectionError`, for the calls that are running too.
 * - **Unsubscribes:** from the run: the server is sent a cancellation, which aborts its handler.
 * - **Time limit:** that of `runTools`, `toolTimeout`, and none of the client's.
 *
 * ```ts
 * import { Client } from '@modelcontextprotocol/sdk/client/index.js';
 * import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
 * import { runTools } from 'rxjs-ollama';
 * import { mcpTools } from 'rxjs-ollama/mcp';
 *
 * const client = new Client({ name: 'my-app', version: '1.0.0' });
 * await client.connect(new StdioClientTransport({ command: 'node', args: ['files.js'] }));
 * const tools = await mcpTools(client, { include: ['read_file'], prefix: 'files_' });
 * const messages = [{ role: 'user', content: 'What is in notes.txt?' }];
 * runTools(
 *   { model: 'qwen3', messages },
 *   { tools, approve: (call) => call.function.arguments['path'] === 'notes.txt' },
 * );
 * ```
 *
 * @param client a client that is connected: of `@modelcontextprotocol/sdk` 1.x or `@modelcontextprotocol/client` 2.x
 * @param options which tools, their names, and whether calls need approval
 * @throws OllamaConnectionError if the connection is closed
 * @throws OllamaProtocolError for a list that is malformed, or that has no end
 * @throws TypeError for an option that is not what it should be, or a name in `include` that is not listed
 * @see {@link defineTool}
 */
export async function mcpTools(
  client: McpClient,
  options: McpToolsOptions = {},
): Promise<DefinedTool[]> {
  checkOptions(client, options);
  const { include, prefix = '', needsApproval = true } = options;
  const names = new Set<string>();
  return choose(await listTools(client), include).map((tool) => {
    const { name, title = '', description = title, inputSchema } = tool;
    const toolName = toToolName(prefix + name, (taken) => names.has(taken));
    names.add(toolName);
    return defineTool({
      name: toolName,
      description,
      parameters: inputSchema,
      needsApproval,
      execute: (args, context) => callTool(client, { name, arguments: { ...args } }, context),
    });
  });
}

function choose(tools: readonly McpTool[], include: McpToolsOptions['include']): McpTool[] {
  if (include === undefined) return [...tools];
  if (typeof include === 'function') return tools.filter((tool) => include(tool));
  const listed = new Set(tools.map(({ name }) => name));
  const missing = include.find((name) => !listed.has(name));
  if (missing === undefined) return tools.filter(({ name }) => include.includes(name));
  throw new TypeError(
    `include has the tool "${missing}", which the MCP server doesn't list. ` +
      `It lists: ${[...listed].join(', ') || 'none'}.`,
  );
}

function checkOptions(client: unknown, options: McpToolsOptions): void {
  const { listTools: list, callTool: call } = Object(client) as Partial<McpClient>;
  if (typeof list !== 'function' || typeof call !== 'function') {
    throw new TypeError(
      'The MCP client has no listTools() and callTool(). Pass a Client of @modelcontextprotocol/sdk.',
    );
  }
  const { include, prefix } = options;
  if (include !== undefined && typeof include !== 'function' && !Array.isArray(include)) {
    throw new TypeError(
      `include is ${describeKind(include)}. Pass the names of tools in a list, or a function that chooses.`,
    );
  }
  if (prefix !== undefined && typeof prefix !== 'string') {
    throw new TypeError(`prefix is ${describeKind(prefix)}. Pass a text such as 'github_'.`);
  }
}
