import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it } from '@jest/globals';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { z } from 'zod';
import { startCluster } from '../../examples/nest/demo/cluster.js';
import type { Message } from '../../lib/index.js';
import { buildNestExample } from '../../scripts/nestExample.js';
import { newChat, post, read } from './nest.js';

let server: Server | undefined;
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
});

/** An MCP server over HTTP, which keeps no sessions. */
async function startShipping(): Promise<string> {
  server = createServer((request, response) => {
    const mcp = new McpServer({ name: 'shipping', version: '1.0.0' });
    mcp.registerTool(
      'estimate.delivery',
      { description: 'How long a delivery takes', inputSchema: { city: z.string() } },
      ({ city }) => ({ content: [{ type: 'text', text: `Two days to ${city}.` }] }),
    );
    const transport = new StreamableHTTPServerTransport({});
    response.on('close', () => void mcp.close());
    void mcp.connect(transport as Transport).then(() => transport.handleRequest(request, response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp`;
}

it('offers the tools of an MCP server to the model, and asks before it calls them', async () => {
  const seen: (readonly Message[])[] = [];
  const offered: unknown[] = [];
  const cluster = await startCluster({
    folder: await buildNestExample(),
    redis: false,
    script: ({ body: { messages = [], tools = [] } }) => {
      seen.push(messages);
      offered.push(tools.map((tool) => tool.function.name));
      const args = { city: 'Oslo' };
      return messages.at(-1)?.role === 'tool'
        ? ['In two days.', { done: true }]
        : [
            { tool_calls: [{ function: { name: 'mcp_estimate_delivery', arguments: args } }] },
            { done: true },
          ];
    },
    variables: { MCP_URL: await startShipping() },
  });
  const { url } = cluster;
  const response = await post(`${url}/chat`, { chat: newChat(), message: 'When is it in Oslo?' });
  const run = String(response.headers.get('x-run-id'));
  const types: string[] = [];
  await read(response).forEach((event) => {
    types.push(event.type);
    if (event.type !== 'tool-approval') return;
    void post(`${url}/chat/${run}/approve/${event.call.id}`, { approved: true });
  });
  await cluster.close();

  expect(offered[0]).toEqual(['check_stock', 'place_order', 'mcp_estimate_delivery']);
  expect(types).toEqual(expect.arrayContaining(['tool-approval', 'tool-start', 'tool-result']));
  expect(seen[1]?.at(-1)).toMatchObject({ role: 'tool', content: 'Two days to Oslo.' });
});
