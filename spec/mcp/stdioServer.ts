import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { createServer } from './server.js';

// As a program of its own: an MCP client starts it, and talks to it over its standard streams.
const server = createServer(() => process.exit(1));
void server.connect(new StdioServerTransport());
