import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { EmptyResultSchema, type CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

const text = (content: string): CallToolResult => ({ content: [{ type: 'text', text: content }] });

/** What the tool `parts` returns: one part of each kind. */
export const PARTS = [
  { type: 'text', text: 'A picture:' },
  { type: 'image', data: btoa('picture'), mimeType: 'image/png' },
  { type: 'audio', data: btoa('sound'), mimeType: 'audio/wav' },
  { type: 'resource', resource: { uri: 'file:///a.txt', text: 'A file.' } },
  {
    type: 'resource',
    resource: { uri: 'file:///a.pdf', mimeType: 'application/pdf', blob: btoa('%PDF') },
  },
  { type: 'resource_link', uri: 'https://example.com/', name: 'site' },
] as const;

/** A server with a tool for each thing that can happen to a call. `die` ends it, in mid-call. */
export function createServer(die: () => void): McpServer {
  const server = new McpServer({ name: 'test', version: '1.0.0' });
  let aborted = 0;

  server.registerTool(
    'add',
    {
      description: 'Adds two numbers',
      inputSchema: { x: z.number(), y: z.number() },
      outputSchema: { sum: z.number() },
    },
    ({ x, y }) => ({ ...text('as text'), structuredContent: { sum: x + y } }),
  );
  server.registerTool(
    'count',
    { description: 'Counts', inputSchema: { to: z.number() } },
    async ({ to }, { _meta, sendNotification, sendRequest }) => {
      const { progressToken = '' } = _meta ?? {};
      for (let progress = 1; progress <= to; progress++) {
        await sendNotification({
          method: 'notifications/progress',
          params: { progressToken, progress, total: to, message: `at ${String(progress)}` },
        });
      }
      // The client drops progress that it reads together with the result.
      await sendRequest({ method: 'ping' }, EmptyResultSchema);
      return { content: [...text('counted').content, ...text(`to ${String(to)}`).content] };
    },
  );
  server.registerTool('fail', { description: 'Fails' }, () => ({
    ...text('The disk is full.'),
    isError: true,
  }));
  server.registerTool(
    'wait',
    { description: 'Waits until it is cancelled' },
    async ({ signal, _meta, sendNotification }) => {
      const isAborted = new Promise<void>((resolve) => {
        signal.onabort = () => {
          aborted++;
          resolve();
        };
      });
      const { progressToken = '' } = _meta ?? {};
      await sendNotification({
        method: 'notifications/progress',
        params: { progressToken, progress: 0 },
      });
      await isAborted;
      return text('never read');
    },
  );
  server.registerTool('aborted', { description: 'Counts the aborted calls' }, () =>
    text(String(aborted)),
  );
  server.registerTool('die', { description: 'Ends the server' }, () => {
    die();
    return new Promise(() => undefined);
  });
  server.registerTool('parts', { description: 'Returns a part of each kind' }, () => ({
    content: [...PARTS],
  }));
  server.registerTool(
    'long',
    { description: 'Returns a long text', inputSchema: { length: z.number() } },
    ({ length }) => text('😀'.repeat(length / 2)),
  );
  return server;
}
