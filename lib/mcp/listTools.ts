import { OllamaProtocolError } from '../errors.js';
import { describeValue } from '../wire/excerpt.js';
import { isObject, isText } from '../wire/line.js';
import { toListError } from './errors.js';
import type { McpClient, McpTool } from './mcpClient.js';

/** The list of a broken or hostile server may never end. */
const MAX_PAGES = 100;
const MAX_TOOLS = 1000;
/** Of descriptions and schemas, which each request of the model carries. */
const MAX_TEXT = 1_000_000;

/** A page, as far as it is checked. */
interface CheckedPage {
  readonly tools: readonly unknown[];
  readonly nextCursor?: string | null;
}

/**
 * The tools of all pages, each once, but for those that only run as tasks: `callTool` can't call them.
 *
 * @throws OllamaConnectionError if the connection is closed
 * @throws OllamaProtocolError for a list that is malformed, or that has no end
 */
export async function listTools(client: McpClient): Promise<readonly McpTool[]> {
  const tools = new Map<string, McpTool>();
  const cursors = new Set<string>();
  let cursor: string | undefined;
  let length = 0;
  do {
    const page = await readPage(client, cursor);
    for (const tool of page.tools.map(readTool)) {
      if (tools.has(tool.name)) continue;
      tools.set(tool.name, tool);
      length += measureTool(tool);
    }
    cursor = page.nextCursor ?? undefined;
    if (cursor !== undefined) checkCursor(cursor, cursors);
    checkLength(tools.size, cursors.size, length);
  } while (cursor !== undefined);
  return [...tools.values()].filter(({ execution }) => execution?.taskSupport !== 'required');
}

async function readPage(client: McpClient, cursor: string | undefined): Promise<CheckedPage> {
  let page: unknown;
  try {
    page = await client.listTools(cursor === undefined ? undefined : { cursor });
  } catch (error) {
    throw toListError(error);
  }
  if (isPage(page)) return page;
  throw malformed('a page without tools', page);
}

function isPage(page: unknown): page is CheckedPage {
  return isObject(page) && Array.isArray(page['tools']) && isText(page['nextCursor']);
}

function readTool(tool: unknown): McpTool {
  if (isTool(tool)) return tool;
  throw malformed('a tool without a name or a schema', tool);
}

function isTool(tool: unknown): tool is McpTool {
  if (!isObject(tool)) return false;
  const { name, inputSchema } = tool;
  return typeof name === 'string' && name !== '' && isObject(inputSchema);
}

function checkCursor(cursor: string, cursors: Set<string>): void {
  if (cursors.has(cursor)) throw malformed('its pages in a circle', cursor);
  cursors.add(cursor);
}

/** How much of a request a tool takes. A schema that is nested too deeply to be written is refused here. */
function measureTool({ name, description, inputSchema }: McpTool): number {
  try {
    return JSON.stringify([description, inputSchema]).length;
  } catch {
    throw malformed('a tool with a schema that JSON can not be made of', name);
  }
}

function checkLength(tools: number, pages: number, length: number): void {
  if (tools <= MAX_TOOLS && pages < MAX_PAGES && length <= MAX_TEXT) return;
  const limits = `${String(MAX_TOOLS)} tools, ${String(MAX_PAGES)} pages or ${String(MAX_TEXT)} characters`;
  throw new OllamaProtocolError(
    `The MCP server lists more than ${limits}. ` +
      'A model can not choose among so many: take a server that lists fewer.',
  );
}

function malformed(what: string, value: unknown): OllamaProtocolError {
  return new OllamaProtocolError(`The MCP server lists ${what}.`, describeValue(value));
}
