import { describe, expect, it } from '@jest/globals';
import { Observable } from 'rxjs';
import { z } from 'zod';
import { OllamaHttpError, OllamaStreamError, isOllamaError } from '../../lib/errors.js';
import { answerText } from '../../lib/operators/answerText.js';
import { retryChat } from '../../lib/operators/retryChat.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { inTurn, type Script } from '../../lib/testing/node/index.js';
import { defineTool, type DefinedTool } from '../../lib/tools/defineTool.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import { runTools, type RunToolsOptions } from '../../lib/tools/runTools.js';
import type { OllamaClient } from '../../lib/types/index.js';
import { createGate, forbidConsole, listen, roundTrip, start } from '../sources/support.js';
import { REQUEST, only, rawCall, toLabel, tool } from './support.js';

forbidConsole();

const multiply = defineTool({
  name: 'multiply',
  description: 'Multiplies two numbers',
  parameters: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a * b,
});

const later = (text: string) => tool('later', async () => text);

async function serve(
  script: Script,
  tools: readonly DefinedTool[],
  options: Partial<RunToolsOptions> = {},
) {
  const ollama = await start(script);
  const run$ = runTools(REQUEST, { tools, ...options }, { host: ollama.url });
  return { ollama, run$ };
}

describe('runTools with a server', () => {
  it('sends the message of the assistant as it came, a result for each call, and the tools again', async () => {
    const { ollama, run$ } = await serve(
      inTurn(
        [
          { thinking: 'Two ' },
          { thinking: 'calls.' },
          'Let me ',
          {
            tool_calls: [
              {
                id: 'call_later',
                function: { index: 0, name: 'later', arguments: { z: 1, a: { y: 2, b: [3] } } },
              },
            ],
          },
          { content: 'see.' },
          {
            tool_calls: [
              {
                id: 'call_mult',
                function: { index: 1, name: 'multiply', arguments: { b: 23, a: 17 } },
              },
            ],
            done: true,
          },
        ],
        ['It is 391.', { done: true }],
      ),
      [multiply, later('ok')],
    );
    const { values, error } = await listen(run$);
    expect(error).toBeUndefined();
    expect(ollama.requests).toHaveLength(2);
    // The order of keys, too: it is what the server's template renders.
    expect(JSON.stringify(ollama.requests[1]?.body)).toBe(
      '{"model":"qwen3","messages":[' +
        '{"role":"user","content":"Hi"},' +
        '{"role":"assistant","content":"Let me see.","thinking":"Two calls.","tool_calls":[' +
        '{"id":"call_later","function":{"index":0,"name":"later","arguments":{"z":1,"a":{"y":2,"b":[3]}}}},' +
        '{"id":"call_mult","function":{"index":1,"name":"multiply","arguments":{"b":23,"a":17}}}]},' +
        '{"role":"tool","content":"ok","tool_name":"later","tool_call_id":"call_later"},' +
        '{"role":"tool","content":"391","tool_name":"multiply","tool_call_id":"call_mult"}],' +
        `"tools":${JSON.stringify([multiply.tool, later('').tool])},"stream":true}`,
    );
    expect(ollama.requests[0]?.body.tools).toEqual(ollama.requests[1]?.body.tools);
    expect(only(values, 'finish')[0]?.messages).toEqual([
      ...(ollama.requests[1]?.body.messages ?? []),
      { role: 'assistant', content: 'It is 391.' },
    ]);
  });

  it('takes no other connection for a step, if the one before is free', async () => {
    const { ollama, run$ } = await serve(
      ({ body }) =>
        (body.messages?.length ?? 0) < 7
          ? [{ tool_calls: [rawCall('later', {})], done: true }]
          : ['Done.', { done: true }],
      [later('ok')],
    );
    await listen(run$);
    expect(ollama.requests).toHaveLength(4);
    expect(ollama.connections).toBe(1);
  });

  it.each([
    [
      'no id',
      '{"function":{"name":"later","arguments":{}}}',
      '{"function":{"name":"later","arguments":{}}}',
    ],
    [
      'a string for arguments',
      '{"id":"a","function":{"name":"later","arguments":"{\\"n\\":1}"}}',
      '{"id":"a","function":{"name":"later","arguments":{"n":1}}}',
    ],
    [
      'a broken string for arguments',
      '{"id":"a","function":{"name":"later","arguments":"{\\"n\\":"}}',
      '{"id":"a","function":{"name":"later","arguments":{}}}',
    ],
    [
      'no arguments',
      '{"id":"a","function":{"name":"later"}}',
      '{"id":"a","function":{"name":"later","arguments":{}}}',
    ],
    [
      'fields that are new',
      '{"id":"a","type":"function","function":{"name":"later","arguments":{},"v":2}}',
      '{"id":"a","type":"function","function":{"name":"later","arguments":{},"v":2}}',
    ],
  ])('sends a call with %s back so that the server takes it', async (_, given, sentBack) => {
    const line = `{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"","tool_calls":[${given}]},"done":true,"done_reason":"stop"}\n`;
    const { ollama, run$ } = await serve(inTurn([{ raw: line }], ['Hello', { done: true }]), [
      later('ok'),
    ]);
    const { values, error } = await listen(run$);
    expect(error).toBeUndefined();
    const [, message, result] = ollama.requests[1]?.body.messages ?? [];
    expect(JSON.stringify(message?.tool_calls)).toBe(`[${sentBack}]`);
    expect('tool_call_id' in (result ?? {})).toBe(sentBack.includes('"id"'));
    expect(values.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
  });

  it('works where the answer is not streamed', async () => {
    const ollama = await start(
      inTurn(
        ['So:', { tool_calls: [rawCall('later', {})] }, { done: true }],
        ['Hello', { done: true }],
      ),
    );
    const { values } = await listen(
      runTools({ ...REQUEST, stream: false }, { tools: [later('ok')] }, { host: ollama.url }),
    );
    expect(values.map(toLabel)).toEqual([
      ...['chunk', 'tool-call later', 'tool-start later', 'tool-result later', 'step-finish'],
      ...['chunk', 'step-finish', 'finish'],
    ]);
    expect(ollama.requests.map(({ body }) => body.stream)).toEqual([false, false]);
  });

  it('starts a tool while the model goes on', async () => {
    const { gate, open } = createGate();
    const x = tool('x', () => {
      open();
      return 'ok';
    });
    // The server waits for the tool: it would never get on if the tool waited for the server.
    const { run$ } = await serve(
      inTurn(
        [{ tool_calls: [rawCall('x', {})] }, { content: 'Well', delay: gate }, { done: true }],
        ['Hello', { done: true }],
      ),
      [x],
    );
    const { values } = await listen(run$);
    expect(values.map(toLabel).slice(0, 5)).toEqual([
      ...['chunk', 'tool-call x', 'tool-start x', 'tool-result x', 'chunk'],
    ]);
  });

  /** Leaves as soon as the event has come. */
  function leaveAt(
    run$: Observable<ToolRunEvent>,
    isIt: (event: ToolRunEvent) => boolean,
  ): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const seen: string[] = [];
      const subscription = run$.subscribe({
        next(event) {
          seen.push(toLabel(event));
          if (!isIt(event)) return;
          subscription.unsubscribe();
          resolve(seen);
        },
        error: reject,
      });
    });
  }

  it('closes the request and aborts the tool when the consumer leaves in the middle of both', async () => {
    const signals: AbortSignal[] = [];
    const x = tool('x', ({ signal }) => {
      signals.push(signal);
      return new Observable((subscriber) => {
        subscriber.next('half');
      });
    });
    const { ollama, run$ } = await serve(
      [{ tool_calls: [rawCall('x', {})] }, { fault: 'hang' }],
      [x],
    );
    const seen = await leaveAt(run$, ({ type }) => type === 'tool-progress');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(await ollama.requests[0]?.closed).toBe('aborted');
    await roundTrip(ollama);
    expect(seen).toEqual(['chunk', 'tool-call x', 'tool-start x', 'tool-progress x']);
  });

  it('aborts what a tool does with its signal, and swallows how that ends', async () => {
    const { gate, open } = createGate();
    const ended: unknown[] = [];
    const x = tool('x', async ({ signal }) => {
      open();
      // Any request that takes its time; this one is to a server that never answers.
      await fetch(`${ollama.url}/api/chat`, {
        method: 'POST',
        body: JSON.stringify({ ...REQUEST, model: 'small' }),
        signal,
      }).catch((error: unknown) => {
        ended.push((error as Error).name);
        throw error;
      });
    });
    const ollama = await start(({ body }) =>
      body.model === 'small'
        ? [{ fault: 'hang' }]
        : [{ tool_calls: [rawCall('x', {})], done: true }],
    );
    const errors: unknown[] = [];
    const subscription = runTools(REQUEST, { tools: [x] }, { host: ollama.url }).subscribe({
      error: (error: unknown) => errors.push(error),
    });
    await gate;
    const request = await ollama.received(2);
    subscription.unsubscribe();
    expect(await request.closed).toBe('aborted');
    await roundTrip(ollama);
    expect(ended).toEqual(['AbortError']);
    expect(errors).toEqual([]);
  });

  it('makes no further request when the consumer leaves while a tool runs after the answer', async () => {
    const signals: AbortSignal[] = [];
    const x = tool('x', ({ signal }) => {
      signals.push(signal);
      return new Observable((subscriber) => {
        subscriber.next('half');
      });
    });
    const { ollama, run$ } = await serve([{ tool_calls: [rawCall('x', {})], done: true }], [x]);
    const seen = await leaveAt(run$, ({ type }) => type === 'tool-progress');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(await ollama.requests[0]?.closed).toBe('completed');
    await roundTrip(ollama);
    expect(seen.at(-1)).toBe('tool-progress x');
    expect(ollama.requests.filter(({ path }) => path === '/api/chat')).toHaveLength(1);
  });

  it('closes the second request when the consumer leaves in the middle of the second answer', async () => {
    const signals: AbortSignal[] = [];
    const x = tool('x', ({ signal }) => {
      signals.push(signal);
      return 'ok';
    });
    const { ollama, run$ } = await serve(
      inTurn([{ tool_calls: [rawCall('x', {})], done: true }], ['It is', { fault: 'hang' }]),
      [x],
    );
    await leaveAt(run$, ({ type, step }) => type === 'chunk' && step === 2);
    expect(await ollama.requests[1]?.closed).toBe('aborted');
    expect(ollama.requests[0]?.outcome).toBe('completed');
    // The tool of the first step was through.
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  it('closes the second request before its headers, too', async () => {
    const { ollama, run$ } = await serve(
      inTurn([{ tool_calls: [rawCall('later', {})], done: true }], [{ fault: 'hang' }]),
      [later('ok')],
    );
    const subscription = run$.subscribe();
    const second = await ollama.received(2);
    subscription.unsubscribe();
    expect(await second.closed).toBe('aborted');
  });

  it('keeps what was done when the second answer fails in the middle', async () => {
    const { ollama, run$ } = await serve(
      inTurn(
        [{ tool_calls: [rawCall('later', {}, { id: 'call_a' })], done: true }],
        [{ thinking: 'Hm' }, 'It is', { error: 'out of memory' }],
      ),
      [later('ok')],
    );
    const { error } = await listen(run$);
    if (!isOllamaError(error, 'stream')) throw error;
    expect(error).toBeInstanceOf(OllamaStreamError);
    expect(error.partial).toEqual({ role: 'assistant', content: 'It is', thinking: 'Hm' });
    expect(error.history).toEqual([...(ollama.requests[1]?.body.messages ?? []), error.partial]);
    expect(error.history?.at(-2)).toMatchObject({ role: 'tool', tool_call_id: 'call_a' });
  });

  it('keeps what was done when the second request is refused', async () => {
    const { ollama, run$ } = await serve(
      inTurn(
        [{ tool_calls: [rawCall('later', {})], done: true }],
        [{ error: 'server busy', status: 503 }],
      ),
      [later('ok')],
    );
    const { error } = await listen(run$);
    if (!isOllamaError(error, 'http')) throw error;
    expect(error).toBeInstanceOf(OllamaHttpError);
    expect(error.partial).toBeUndefined();
    expect(error.history).toEqual(ollama.requests[1]?.body.messages);
    expect(error.history).toHaveLength(3);
  });

  it('closes the request when a tool fails the run', async () => {
    const failing = tool('x', () => {
      throw new Error('no network');
    });
    const { ollama, run$ } = await serve(
      [{ tool_calls: [rawCall('x', {})] }, { fault: 'hang' }],
      [failing],
      {
        onToolError: 'throw',
      },
    );
    const { error } = await listen(run$);
    expect(isOllamaError(error, 'tool')).toBe(true);
    expect(await ollama.requests[0]?.closed).toBe('aborted');
  });

  it('cancels with the run what its tools ask of a model', async () => {
    const ollama = await start(({ body }) =>
      body.model === 'small'
        ? ['Hm', { fault: 'hang' }]
        : [{ tool_calls: [rawCall('x', {})], done: true }],
    );
    const x = tool('x', () =>
      fromOllamaChat({ ...REQUEST, model: 'small' }, { host: ollama.url }).pipe(answerText()),
    );
    const run$ = runTools(REQUEST, { tools: [x] }, { host: ollama.url });
    await leaveAt(run$, ({ type }) => type === 'tool-progress');
    expect(await ollama.requests[1]?.closed).toBe('aborted');
  });

  it("takes operators for the request of each step through a client of one's own", async () => {
    const ollama = await start(
      inTurn(
        [{ tool_calls: [rawCall('lost', {})] }, { error: 'loading model' }],
        [{ tool_calls: [rawCall('later', {}, { id: 'call_a' })], done: true }],
        [{ error: 'server busy', status: 503 }],
        ['Hello', { done: true }],
      ),
    );
    const signals: AbortSignal[] = [];
    const lost = tool('lost', ({ signal }) => {
      signals.push(signal);
      return new Observable(() => undefined);
    });
    const client: OllamaClient = {
      chat: (request) =>
        fromOllamaChat(request, { host: ollama.url }).pipe(
          retryChat({ count: 1, delay: 0, when: 'restart' }),
        ),
    };
    const { values, error } = await listen(
      runTools(REQUEST, { tools: [lost, later('ok')] }, { client }),
    );
    expect(error).toBeUndefined();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(only(values, 'finish')[0]?.messages).toEqual([
      ...REQUEST.messages,
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'call_a', function: { index: 0, name: 'later', arguments: {} } }],
      },
      { role: 'tool', content: 'ok', tool_name: 'later', tool_call_id: 'call_a' },
      { role: 'assistant', content: 'Hello' },
    ]);
    expect(ollama.requests).toHaveLength(4);
  });
});
