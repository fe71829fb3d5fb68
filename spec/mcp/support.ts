import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { Client as NextClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as NextTransport } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { build } from 'esbuild';
import { createServer } from './server.js';

const OUT = join(__dirname, '../../.cache/mcp/stdioServer.mjs');

const opened: { close(): Promise<void> }[] = [];

afterAll(async () => {
  await Promise.all(opened.splice(0).map((client) => client.close()));
});

const INFO = { name: 'spec', version: '1.0.0' };

function closeLater<C extends { close(): Promise<void> }>(client: C): C {
  opened.push(client);
  return client;
}

/** A client of a server in the same process. It is closed when the file ends. */
export async function connect(server?: McpServer): Promise<Client> {
  const client = closeLater(new Client(INFO));
  const [near, far] = InMemoryTransport.createLinkedPair();
  await (server ?? createServer(() => void far.close())).connect(far);
  await client.connect(near);
  return client;
}

/** Builds the server that is a program of its own, as one file that Node can run. */
export async function buildStdioServer(): Promise<void> {
  mkdirSync(join(OUT, '..'), { recursive: true });
  await build({
    entryPoints: [join(__dirname, 'stdioServer.ts')],
    outfile: OUT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
}

/** How that server is started. */
export const STDIO = { command: process.execPath, args: [OUT] };

/** A client of a server in a process of its own. Both end when the file ends. */
export async function connectStdio(): Promise<Client> {
  const client = closeLater(new Client(INFO));
  await client.connect(new StdioClientTransport(STDIO));
  return client;
}

/** The same with version 2 of the client. */
export async function connectNext(): Promise<NextClient> {
  const client = closeLater(new NextClient(INFO));
  await client.connect(new NextTransport(STDIO));
  return client;
}
