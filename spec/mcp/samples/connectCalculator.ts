import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

/** A server with one tool, and a client of it. */
export async function connectCalculator(): Promise<{ client: Client; server: McpServer }> {
  const server = new McpServer({ name: 'calculator', version: '1.0.0' });
  server.registerTool(
    'multiply',
    {
      description: 'Multiplies two numbers',
      inputSchema: { x: z.number(), y: z.number() },
      outputSchema: { product: z.number() },
    },
    ({ x, y }) => ({ content: [], structuredContent: { product: x * y } }),
  );
  const client = new Client({ name: 'my-app', version: '1.0.0' });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.connect(far);
  await client.connect(near);
  return { client, server };
}
