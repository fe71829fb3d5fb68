import { beforeAll, describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler, filter, firstValueFrom, lastValueFrom, tap, toArray } from 'rxjs';
import { OllamaConnectionError, OllamaToolError } from '../../lib/errors.js';
import type { McpClient } from '../../lib/mcp/mcpClient.js';
import { mcpTools, type McpToolsOptions } from '../../lib/mcp/mcpTools.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { DefinedTool } from '../../lib/tools/defineTool.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import { runTools, type RunToolsOptions } from '../../lib/tools/runTools.js';
import { REQUEST } from '../tools/support.js';
import { PARTS } from './server.js';
import { buildStdioServer, connect, connectNext, connectStdio } from './support.js';

const { answer, done, toolCall } = chunk;

/** A run whose model calls one tool, and then answers. */
function call(
  tools: readonly DefinedTool[],
  name: string,
  args: Readonly<Record<string, unknown>> = {},
  options: Partial<RunToolsOptions> = {},
) {
  const client = scriptedClient((_, step) =>
    step ? [answer('Done'), done()] : [toolCall(name, args, 'id'), done()],
  );
  return runTools(REQUEST, { tools, client, ...options });
}

const collect = (...args: Parameters<typeof call>): Promise<ToolRunEvent[]> =>
  lastValueFrom(call(...args).pipe(toArray()));

const only = <T extends ToolRunEvent['type']>(
  events: readonly ToolRunEvent[],
  type: T,
): Extract<ToolRunEvent, { type: T }>[] =>
  events.filter((event): event is Extract<ToolRunEvent, { type: T }> => event.type === type);

const toNames = (tools: readonly DefinedTool[]): string[] =>
  tools.map(({ tool }) => tool.function.name);

const noApproval: McpToolsOptions = { needsApproval: false };

describe.each([
  ['in the same process', connect],
  ['in a process of its own', connectStdio],
  ['in a process of its own, by version 2 of the client', connectNext],
])('a tool of an MCP server %s', (_, open) => {
  let client: Awaited<ReturnType<typeof open>>;
  let tools: readonly DefinedTool[];

  beforeAll(async () => {
    await buildStdioServer();
    client = await open();
    tools = await mcpTools(client, noApproval);
  });

  /** How many handlers the server has seen aborted. */
  const countAborted = async (): Promise<number> => {
    const [result] = only(await collect(tools, 'aborted'), 'tool-result');
    return Number(result?.text);
  };

  it('has the description and the schema of the server', async () => {
    const { tools: listed } = await client.listTools();
    const [add] = await mcpTools(client);
    expect(add?.tool).toEqual({
      type: 'function',
      function: {
        name: 'add',
        description: 'Adds two numbers',
        parameters: listed[0]?.inputSchema,
      },
    });
  });

  it('needs approval by default', async () => {
    const asked = await collect(
      await mcpTools(client),
      'add',
      { x: 1, y: 2 },
      { approve: () => false },
    );
    expect(only(asked, 'tool-approval')).toHaveLength(1);
    expect(only(asked, 'tool-denied')).toHaveLength(1);
    expect(only(asked, 'tool-start')).toEqual([]);
  });

  it('returns structured content rather than text', async () => {
    const [result] = only(await collect(tools, 'add', { x: 17, y: 23 }), 'tool-result');
    expect(result).toMatchObject({ result: { sum: 40 }, text: '{"sum":40}' });
  });

  it('reports progress, and joins the texts of its result', async () => {
    const events = await collect(tools, 'count', { to: 2 });
    expect(only(events, 'tool-progress').map(({ value }) => value)).toEqual([
      { progress: 1, total: 2, message: 'at 1' },
      { progress: 2, total: 2, message: 'at 2' },
      'counted\nto 2',
    ]);
    expect(only(events, 'tool-result')[0]?.text).toBe('counted\nto 2');
  });

  it('fails with the text of the server', async () => {
    const [failed] = only(await collect(tools, 'fail'), 'tool-error');
    expect(failed?.text).toBe('Error: The disk is full.');
    expect(failed?.error).toBeInstanceOf(OllamaToolError);
    expect(failed?.error).toMatchObject({ call: failed?.call, cause: { isError: true } });
  });

  it('fails with what the server says of wrong arguments', async () => {
    const [failed] = only(await collect(tools, 'add', { x: 'one' }), 'tool-error');
    expect(failed?.text).toMatch(/^Error: .*expected number/s);
  });

  it('is aborted at the server when the run is unsubscribed from', async () => {
    const before = await countAborted();
    // The progress says that the handler runs. `firstValueFrom` unsubscribes.
    await firstValueFrom(call(tools, 'wait').pipe(filter(({ type }) => type === 'tool-progress')));
    expect(await countAborted()).toBe(before + 1);
  });

  it('is aborted at the server by the time limit of the run', async () => {
    const before = await countAborted();
    const scheduler = new VirtualTimeScheduler();
    const run$ = call(tools, 'wait', {}, { toolTimeout: 1000, scheduler });
    const events = await lastValueFrom(
      run$.pipe(
        tap(({ type }) => {
          if (type === 'tool-progress') scheduler.flush();
        }),
        toArray(),
      ),
    );
    expect(only(events, 'tool-error')[0]?.error).toMatchObject({ code: 'timeout' });
    expect(await countAborted()).toBe(before + 1);
  });

  it('emits what the model can not read, and tells the model of it', async () => {
    const events = await collect(tools, 'parts');
    const text = [
      'A picture:',
      '[image image/png 7 bytes, not shown]',
      '[audio audio/wav 5 bytes, not shown]',
      '[resource file:///a.txt]\nA file.',
      '[resource file:///a.pdf application/pdf 4 bytes, not shown]',
      '[resource_link site https://example.com/]',
    ].join('\n');
    expect(only(events, 'tool-progress').map(({ value }) => value)).toEqual([
      ...[PARTS[1], PARTS[2], PARTS[4]],
      text,
    ]);
    expect(only(events, 'tool-result')[0]?.text).toBe(text);
  });

  it('has no more text than a model can read, and emits all of it', async () => {
    const events = await collect(tools, 'long', { length: 1_000_000 });
    const all = '😀'.repeat(500_000);
    expect(only(events, 'tool-progress')[0]?.value).toEqual({ type: 'text', text: all });
    expect(only(events, 'tool-result')[0]?.text).toBe(
      `${all.slice(0, 100_000)}\n[cut: the first 100000 of 1000000 characters]`,
    );
  });

  // The last one: no test after it has a server.
  it('fails with a typed error when the server ends in mid-call, and later', async () => {
    for (const name of ['die', 'add']) {
      const [failed] = only(await collect(tools, name), 'tool-error');
      expect(failed?.error).toBeInstanceOf(OllamaConnectionError);
      expect(failed?.text).toBe(
        `Error: The call to the MCP tool "${name}" was cut off. ` +
          'The connection to the server is closed. Connect the client again.',
      );
    }
    await expect(mcpTools(client)).rejects.toMatchObject({
      code: 'connection',
      cause: expect.any(Error),
    });
  });
});

describe('mcpTools', () => {
  it('begins each name with the prefix, so that two servers can be taken together', async () => {
    const [first, second] = await Promise.all([connect(), connect()]);
    const tools = [
      ...(await mcpTools(first, { ...noApproval, prefix: 'first_' })),
      ...(await mcpTools(second, { ...noApproval, prefix: 'second_' })),
    ];
    const [result] = only(await collect(tools, 'second_add', { x: 1, y: 2 }), 'tool-result');
    expect(result?.result).toEqual({ sum: 3 });
  });

  it('takes the tools that are named, or chosen by a function', async () => {
    const client = await connect();
    expect(toNames(await mcpTools(client, { include: ['fail', 'add'] }))).toEqual(['add', 'fail']);
    const include: McpToolsOptions['include'] = ({ description }) => description === 'Counts';
    expect(toNames(await mcpTools(client, { include }))).toEqual(['count']);
    expect(await mcpTools(client, { include: [] })).toEqual([]);
  });

  it('gives tools that a model can not tell apart names of their own', async () => {
    const called: unknown[] = [];
    const client: McpClient = {
      listTools: () =>
        Promise.resolve({
          tools: [
            { name: 'git.log', title: 'Shows the log', inputSchema: { type: 'object' } },
            { name: 'git/log', inputSchema: { type: 'object' } },
          ],
        }),
      callTool: (request: unknown) => {
        called.push(request);
        return Promise.resolve({ content: [] });
      },
    };
    const tools = await mcpTools(client, noApproval);
    expect(tools.map(({ tool: { function: of } }) => [of.name, of.description])).toEqual([
      ['git_log', 'Shows the log'],
      ['git_log_2', ''],
    ]);
    await collect(tools, 'git_log_2', { n: 1 });
    expect(called).toEqual([{ name: 'git/log', arguments: { n: 1 } }]);
  });

  it('fails with what is known, if the server says nothing or refuses', async () => {
    const refusal = new Error('Not today.');
    const tools = await mcpTools(
      {
        listTools: () =>
          Promise.resolve({
            tools: ['silent', 'refuses'].map((name) => ({ name, inputSchema: {} })),
          }),
        callTool: ({ name }: { readonly name: string }) =>
          name === 'silent' ? Promise.resolve({ isError: true }) : Promise.reject(refusal),
      },
      noApproval,
    );
    const [silent] = only(await collect(tools, 'silent'), 'tool-error');
    expect(silent?.text).toBe('Error: The tool failed, and did not say why.');
    const [refused] = only(await collect(tools, 'refuses'), 'tool-error');
    expect(refused).toMatchObject({ text: 'Error: Not today.', error: { cause: refusal } });
  });

  it('asks for approval by the arguments', async () => {
    const tools = await mcpTools(await connect(), {
      needsApproval: (args) => Number(args['to']) > 1 && { reason: 'It is a long way.' },
    });
    expect(only(await collect(tools, 'count', { to: 1 }), 'tool-approval')).toEqual([]);
    const asked = await collect(tools, 'count', { to: 2 }, { approve: () => true });
    expect(only(asked, 'tool-approval')[0]?.reason).toBe('It is a long way.');
    expect(only(asked, 'tool-result')).toHaveLength(1);
  });

  it.each<[string, unknown, unknown, string]>([
    [
      'a client that is none',
      { listTools: () => undefined },
      {},
      'The MCP client has no listTools() and callTool(). Pass a Client of @modelcontextprotocol/sdk.',
    ],
    [
      'a client that can only call',
      { callTool: () => undefined },
      {},
      'The MCP client has no listTools() and callTool(). Pass a Client of @modelcontextprotocol/sdk.',
    ],
    [
      'a name in include that is not listed',
      undefined,
      { include: ['add', 'subtract'] },
      'include has the tool "subtract", which the MCP server doesn\'t list. ' +
        'It lists: add, count, fail, wait, aborted, die, parts, long.',
    ],
    [
      'a name in include where nothing is listed',
      { listTools: () => Promise.resolve({ tools: [] }), callTool: () => undefined },
      { include: ['add'] },
      'include has the tool "add", which the MCP server doesn\'t list. It lists: none.',
    ],
    [
      'include that is a text',
      undefined,
      { include: 'add' },
      'include is a string. Pass the names of tools in a list, or a function that chooses.',
    ],
    [
      'a prefix that is a number',
      undefined,
      { prefix: 1 },
      "prefix is a number. Pass a text such as 'github_'.",
    ],
    [
      'needsApproval that is a text',
      undefined,
      { needsApproval: 'yes' },
      'needsApproval of the tool "add" is a string. ' +
        'Set it to true, to false, or to a function of the arguments.',
    ],
  ])('rejects %s', async (_, client, options, message) => {
    const taken = (client ?? (await connect())) as McpClient;
    await expect(mcpTools(taken, options as McpToolsOptions)).rejects.toEqual(
      new TypeError(message),
    );
  });
});
