import { describe, expect, it } from '@jest/globals';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { ListToolsRequestSchema, type ListToolsResult } from '@modelcontextprotocol/sdk/types.js';
import { OllamaProtocolError } from '../../lib/errors.js';
import { listTools } from '../../lib/mcp/listTools.js';
import type { McpClient } from '../../lib/mcp/mcpClient.js';
import { connect } from './support.js';

type Page = (cursor: string | undefined) => ListToolsResult;

/** A client of a server that lists its tools page by page. */
function list(toPage: Page): Promise<McpClient> {
  const server = new McpServer({ name: 'pages', version: '1.0.0' });
  server.server.registerCapabilities({ tools: {} });
  server.server.setRequestHandler(ListToolsRequestSchema, ({ params }) => toPage(params?.cursor));
  return connect(server);
}

const tool = (name: string, fields: object = {}) => ({
  name,
  inputSchema: { type: 'object' as const },
  ...fields,
});

/** A client that is not one of the SDK, which checks what arrives. */
const answering = (page: unknown): McpClient => ({
  listTools: () => Promise.resolve(page as ListToolsResult),
  callTool: () => Promise.reject(new Error('not called')),
});

describe('listTools', () => {
  it('reads all pages, and takes a tool that is on two of them once', async () => {
    const client = await list((cursor) => {
      if (cursor === undefined) return { tools: [tool('a'), tool('b')], nextCursor: '1' };
      return cursor === '1'
        ? { tools: [tool('b'), tool('c')], nextCursor: '2' }
        : { tools: [tool('d')] };
    });
    expect((await listTools(client)).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('leaves out a tool that only runs as a task', async () => {
    const client = await list(() => ({
      tools: [
        tool('required', { execution: { taskSupport: 'required' } }),
        tool('optional', { execution: { taskSupport: 'optional' } }),
      ],
    }));
    expect((await listTools(client)).map(({ name }) => name)).toEqual(['optional']);
  });

  it('rejects a list whose pages never end', async () => {
    const circle = await list((cursor) => ({ tools: [], nextCursor: cursor === 'a' ? 'b' : 'a' }));
    await expect(listTools(circle)).rejects.toEqual(
      new OllamaProtocolError('The MCP server lists its pages in a circle.', '"a"'),
    );
    let pages = 0;
    const endless = await list(() => ({ tools: [], nextCursor: String(pages++) }));
    await expect(listTools(endless)).rejects.toThrow(OllamaProtocolError);
    expect(pages).toBe(100);
  });

  it('reads a list of as many pages as are allowed', async () => {
    let pages = 0;
    const client = await list(() => {
      const name = String(++pages);
      return { tools: [tool(name)], ...(pages < 100 && { nextCursor: name }) };
    });
    expect(await listTools(client)).toHaveLength(100);
  });

  it('counts a tool that is on two pages once', async () => {
    const page = { tools: [tool('a', { description: 'x'.repeat(900_000) })] };
    const client = await list((cursor) => ({ ...page, ...(!cursor && { nextCursor: '1' }) }));
    expect(await listTools(client)).toHaveLength(1);
  });

  it('rejects more tools than a model can choose among', async () => {
    const toTools = (count: number) => Array.from({ length: count }, (_, i) => tool(String(i)));
    expect(await listTools(await list(() => ({ tools: toTools(1000) })))).toHaveLength(1000);
    await expect(listTools(await list(() => ({ tools: toTools(1001) })))).rejects.toThrow(
      'The MCP server lists more than 1000 tools, 100 pages or 1000000 characters. ' +
        'A model can not choose among so many: take a server that lists fewer.',
    );
  });

  it('rejects descriptions and schemas that would fill any context', async () => {
    const long = (count: number) => ({
      tools: [tool('a'), tool('b', { description: 'x'.repeat(count) })],
    });
    expect(await listTools(answering(long(999_900)))).toHaveLength(2);
    await expect(listTools(answering(long(1_000_000)))).rejects.toThrow(OllamaProtocolError);
  });

  it('rejects a schema that is nested too deeply to be sent', async () => {
    let inputSchema: object = {};
    for (let n = 0; n < 100_000; n++) inputSchema = { type: 'object', properties: { inputSchema } };
    await expect(listTools(answering({ tools: [{ name: 'deep', inputSchema }] }))).rejects.toEqual(
      new OllamaProtocolError(
        'The MCP server lists a tool with a schema that JSON can not be made of.',
        '"deep"',
      ),
    );
  });

  it('rejects with what the server says', async () => {
    const client = await list(() => {
      throw new Error('Not now.');
    });
    const message = 'The MCP server did not list its tools: MCP error -32603: Not now.';
    const cause = expect.objectContaining({ code: -32603 });
    await expect(listTools(client)).rejects.toMatchObject({
      code: 'protocol',
      message,
      line: '',
      cause,
    });
  });

  it('takes an error of the server for no loss of its connection', async () => {
    const client = await list(() => {
      throw new Error('Connection closed');
    });
    await expect(listTools(client)).rejects.toMatchObject({ code: 'protocol' });
    const other = {
      ...answering(undefined),
      listTools: () => Promise.reject(new Error('Not connected to the disk')),
    };
    await expect(listTools(other)).rejects.toMatchObject({ code: 'protocol' });
  });

  it.each<[unknown, string, string]>([
    [undefined, 'a page without tools', 'undefined'],
    [{ tools: 5 }, 'a page without tools', '{"tools":5}'],
    [{ tools: [], nextCursor: {} }, 'a page without tools', '{"tools":[],"nextCursor":{}}'],
    [{ tools: [null] }, 'a tool without a name or a schema', 'null'],
    [{ tools: [{ name: 'a' }] }, 'a tool without a name or a schema', '{"name":"a"}'],
    [
      { tools: [{ name: '', inputSchema: {} }] },
      'a tool without a name or a schema',
      '{"name":"","inputSchema":{}}',
    ],
    [{ tools: [{ inputSchema: {} }] }, 'a tool without a name or a schema', '{"inputSchema":{}}'],
  ])('rejects %j, if the client does not', async (page, what, line) => {
    await expect(listTools(answering(page))).rejects.toEqual(
      new OllamaProtocolError(`The MCP server lists ${what}.`, line),
    );
  });
});
