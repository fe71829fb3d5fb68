import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom, lastValueFrom, map, shareReplay, take, tap, toArray } from 'rxjs';
import { createConversation, runTools, type DefinedTool } from '../../lib/index.js';
import { mcpTools } from '../../lib/mcp/index.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import { listFiles, readDocument, root } from '../docs/documents.js';
import { expectFile } from '../support/generated.js';
import { REQUEST } from '../tools/support.js';
import { askWithServer } from './samples/askWithServer.js';
import { connectCalculator } from './samples/connectCalculator.js';
import { followTools } from './samples/followTools.js';
import { STDIO, buildStdioServer } from './support.js';

const { answer, done, toolCall } = chunk;
const PAGE = 'docs/guide/mcp.md';
/** A block that shows a whole file, which is named after its language. */
const SHOWN = /(?<=^```ts (spec\/mcp\/samples\/\S+)\n)[^]*?(?=^```$)/gm;

/** Calls one tool, and then says what the result was. */
const model = (name: string, args: Record<string, unknown>) =>
  scriptedClient(({ messages = [] }) => {
    const last = messages.at(-1);
    return last?.role === 'tool'
      ? [answer(last.content), done()]
      : [toolCall(name, args, 'id'), done()];
  });

const toNames = (tools: readonly DefinedTool[]): string[] =>
  tools.map(({ tool }) => tool.function.name);

describe(PAGE, () => {
  const { text } = readDocument(PAGE);

  it('shows its samples as they are compiled and run, each once', () => {
    const current = text.replace(SHOWN, (_, file: string) =>
      readFileSync(path.join(root, file), 'utf8'),
    );
    expectFile(path.join(root, PAGE), current);
    const shown = Array.from(text.matchAll(SHOWN), ([, file]) => file);
    expect(shown.sort()).toEqual(listFiles('spec/mcp/samples', '.ts').sort());
  });
});

describe('askWithServer', () => {
  beforeAll(buildStdioServer);

  it('answers with the tools of a server that it starts', async () => {
    const client = model('files_add', { x: 17, y: 23 });
    const run$ = askWithServer('What is 17 + 23?', STDIO, { client, approve: () => true });
    expect(await lastValueFrom(run$)).toMatchObject({
      type: 'finish',
      messages: [{}, {}, {}, { content: '{"sum":40}' }],
    });
  });

  it('can be stopped in mid-call', async () => {
    const client = model('files_wait', {});
    const run$ = askWithServer('Wait', STDIO, { client, approve: () => true });
    const event$ = run$.pipe(filter(({ type }) => type === 'tool-progress'));
    expect(await firstValueFrom(event$)).toMatchObject({ value: { progress: 0 } });
  });
});

describe('connectCalculator', () => {
  it('connects a client to a server in the same process', async () => {
    const { client } = await connectCalculator();
    const tools = await mcpTools(client, { needsApproval: false });
    const run$ = runTools(REQUEST, { tools, client: model('multiply', { x: 17, y: 23 }) });
    expect(await lastValueFrom(run$)).toMatchObject({
      messages: [{}, {}, {}, { content: '{"product":391}' }],
    });
  });
});

describe('followTools', () => {
  it('emits the tools again when the list changes', async () => {
    const { client, server } = await connectCalculator();
    const add = () => server.registerTool('added', {}, () => ({ content: [] }));
    const names$ = followTools(client).pipe(
      map(toNames),
      tap((names) => {
        if (names.length === 1) add();
      }),
      take(2),
      toArray(),
    );
    expect(await lastValueFrom(names$)).toEqual([['multiply'], ['multiply', 'added']]);
  });

  it('feeds a conversation, which reads its options once per turn', async () => {
    const { client, server } = await connectCalculator();
    const asked: string[][] = [];
    const listening = scriptedClient(({ tools = [] }) => {
      asked.push(tools.map((tool) => String(tool.function.name)));
      return [answer('Hi'), done()];
    });
    let tools: readonly DefinedTool[] = [];
    const tools$ = followTools(client).pipe(
      tap((list) => {
        tools = list;
      }),
      shareReplay({ bufferSize: 1, refCount: true }),
    );
    const changes = tools$.subscribe();
    await firstValueFrom(tools$);
    const conversation = createConversation(() => ({ model: 'qwen3', tools, client: listening }));
    conversation.send('One');
    server.registerTool('added', {}, () => ({ content: [] }));
    await firstValueFrom(tools$.pipe(filter(({ length }) => length === 2)));
    conversation.send('Two');
    changes.unsubscribe();
    conversation.destroy();
    expect(asked).toEqual([['multiply'], ['multiply', 'added']]);
  });

  it('is not needed in a run, which can list the tools before each step', async () => {
    const { client, server } = await connectCalculator();
    const listed: string[][] = [];
    const run$ = runTools(REQUEST, {
      tools: [],
      client: model('multiply', { x: 2, y: 3 }),
      prepareStep: async () => {
        const tools = await mcpTools(client, { needsApproval: false });
        listed.push(toNames(tools));
        return { tools };
      },
    });
    await lastValueFrom(
      run$.pipe(
        tap(({ type }) => {
          if (type === 'tool-result') server.registerTool('added', {}, () => ({ content: [] }));
        }),
      ),
    );
    expect(listed).toEqual([['multiply'], ['multiply', 'added']]);
  });
});
