import { Client as NextClient } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { expectTypeOf } from 'expect-type';
import { createConversation, runTools, type DefinedTool } from '../../lib/index.js';
import {
  mcpTools,
  type McpClient,
  type McpProgress,
  type McpTool,
  type McpToolsOptions,
} from '../../lib/mcp/index.js';

const client = new Client({ name: 'types', version: '1.0.0' });
const next = new NextClient({ name: 'types', version: '1.0.0' });

// The clients of both versions of the SDK.
expectTypeOf(client).toExtend<McpClient>();
expectTypeOf(next).toExtend<McpClient>();
expectTypeOf(mcpTools(client)).toEqualTypeOf<Promise<DefinedTool[]>>();
expectTypeOf(mcpTools(next)).toEqualTypeOf<Promise<DefinedTool[]>>();
// @ts-expect-error a client, not where the server is
void mcpTools('http://127.0.0.1:3000/mcp');

void mcpTools(client, { include: ['add'] as const, prefix: 'a_', needsApproval: false });
void mcpTools(client, {
  include: (tool) => {
    expectTypeOf(tool).toEqualTypeOf<McpTool>();
    return !tool.description?.includes('!');
  },
  needsApproval: (args, call) => {
    expectTypeOf(args).toEqualTypeOf<Readonly<Record<string, unknown>>>();
    return { reason: `${call.function.name} changes something` };
  },
});
// @ts-expect-error names, in a list
void mcpTools(client, { include: 'add' });

const options: McpToolsOptions = {
  include: undefined,
  prefix: undefined,
  needsApproval: undefined,
};
void mcpTools(client, options).then((tools) => {
  void runTools(
    { model: 'qwen3' },
    { tools, prepareStep: async () => ({ tools: await mcpTools(client) }) },
  );
  createConversation(() => ({ model: 'qwen3', tools }));
});

expectTypeOf<McpProgress['total']>().toEqualTypeOf<number | undefined>();
