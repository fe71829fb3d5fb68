import { describe, expect, it } from '@jest/globals';
import OpenAI, { APIError } from 'openai';
import { of, throwError, type Observable } from 'rxjs';
import { OllamaHttpError } from '../../lib/errors.js';
import { openAi, pipeToResponse, toResponse, type OpenAiOptions } from '../../lib/node/index.js';
import { chunk } from '../../lib/testing/index.js';
import type { Streamed } from '../../lib/tools/events.js';
import { failing, paying, secretError, twoTools } from './runs.js';
import { readData, serve } from './support.js';

const { answer, done, thinking, toolCall } = chunk;

const request = {
  model: 'qwen3',
  messages: [{ role: 'user' as const, content: 'Hi' }],
  stream: true as const,
};

/** OpenAI's own client, with a server that answers every request with a source. */
async function clientOf(source$: Observable<Streamed>, options?: OpenAiOptions) {
  const url = await serve((_, response) => {
    void pipeToResponse(source$, response, { format: openAi(options) });
  });
  return new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0 });
}

/** All that its own helper makes of a stream. */
async function complete(source$: Observable<Streamed>, options?: OpenAiOptions) {
  const client = await clientOf(source$, options);
  const runner = client.chat.completions.stream({
    ...request,
    ...(options?.includeUsage && { stream_options: { include_usage: true } }),
  });
  return runner.finalChatCompletion();
}

describe('the client of OpenAI', () => {
  it('reads an answer with its reason, its tokens and its id', async () => {
    const { id, model, choices, usage } = await complete(
      of(answer('Hel'), answer('lo'), done({ promptEvalCount: 3, evalCount: 7 })),
      { id: 'c1', includeUsage: true },
    );
    expect([id, model]).toEqual(['c1', 'test']);
    expect(choices[0]).toMatchObject({
      message: { role: 'assistant', content: 'Hello' },
      finish_reason: 'stop',
    });
    expect(usage).toEqual({ prompt_tokens: 3, completion_tokens: 7, total_tokens: 10 });
  });

  it('reads a run as one message, without the calls that the server made', async () => {
    const { choices } = await complete(twoTools());
    expect(choices[0]).toMatchObject({
      message: { content: 'Let me see.It is 40.' },
      finish_reason: 'stop',
    });
    expect(choices[0]?.message.tool_calls).toBeUndefined();
  });

  it('reads the calls of a chat, and those that wait for a decision', async () => {
    const chat$ = of(
      toolCall('add', { x: 1, y: 2 }, 'call_a'),
      toolCall('add', { x: 3, y: 4 }, 'call_b'),
      done(),
    );
    for (const [source$, ids] of [
      [chat$, ['call_a', 'call_b']],
      [paying({ approve: () => 'suspend' }), ['call_p']],
    ] as const) {
      const { choices } = await complete(source$);
      const [{ message, finish_reason }] = choices as [(typeof choices)[0]];
      expect(finish_reason).toBe('tool_calls');
      expect(message.tool_calls?.map(({ id }) => id)).toEqual(ids);
    }
    const { choices } = await complete(chat$);
    expect(choices[0]?.message.tool_calls?.[1]).toMatchObject({
      type: 'function',
      function: { name: 'add', arguments: '{"x":3,"y":4}' },
    });
  });

  it.each([
    [undefined, ['Hm.']],
    ['reasoning', ['Hm.']],
    ['omit', []],
  ] as const)('reads thinking with %j', async (option, texts) => {
    const source$ = of(thinking('Hm.'), answer('Hello'), done());
    const client = await clientOf(source$, { thinking: option });
    const read: unknown[] = [];
    for await (const { choices } of await client.chat.completions.create(request)) {
      const { reasoning } = choices[0]?.delta as { reasoning?: string };
      if (reasoning !== undefined) read.push(reasoning);
    }
    expect(read).toEqual(texts);
  });

  it.each([
    ['length', 'length'],
    ['load', 'stop'],
  ])('reads the reason %s as %s', async (reason, finishReason) => {
    const { choices } = await complete(of(answer('Hel'), done({ reason })));
    expect(choices[0]?.finish_reason).toBe(finishReason);
  });

  it('reads an answer that was stopped', async () => {
    const { choices } = await complete(of(answer('Hel')));
    expect(choices[0]).toMatchObject({ message: { content: 'Hel' }, finish_reason: 'stop' });
  });

  it('throws an error in mid-stream, after the text so far', async () => {
    const client = await clientOf(failing(secretError()));
    let text = '';
    const read = async () => {
      for await (const { choices } of await client.chat.completions.create(request)) {
        text += choices[0]?.delta.content ?? '';
      }
    };
    await expect(read()).rejects.toMatchObject({
      name: 'Error',
      error: { message: 'The answer could not be completed.', code: 'internal' },
    });
    expect(text).toBe('Hel');
  });

  it.each([
    [404, 404],
    [503, 503],
    [401, 502],
    [500, 502],
  ])('gets a status for Ollama’s %d: %d', async (status, expected) => {
    const error = new OllamaHttpError('no /etc/models', status);
    const client = await clientOf(throwError(() => error));
    const failed = await client.chat.completions.create(request).catch((each: unknown) => each);
    expect(failed).toBeInstanceOf(APIError);
    expect(failed).toMatchObject({
      status: expected,
      error: { message: 'The answer could not be completed.', type: 'http', code: 'http' },
    });
  });
});

describe('openAi', () => {
  it('has an id of its own for each completion', async () => {
    const source$ = of(answer('Hello'), done());
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const text = await toResponse(source$, { format: openAi() }).text();
        const events = readData<{ id: string }>(text);
        expect(new Set(events.map(({ id }) => id)).size).toBe(1);
        return events[0]?.id;
      }),
    );
    expect(ids[0]).toMatch(/^chatcmpl-[\da-f-]{36}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('has usage in each chunk if it was asked for, as OpenAI', async () => {
    const format = openAi({ id: '1', includeUsage: true });
    const text = await toResponse(of(answer('Hello'), done()), { format }).text();
    expect(readData(text).map(({ usage, choices }) => [usage, choices])).toEqual([
      [null, [expect.objectContaining({ finish_reason: null })]],
      [null, [{ index: 0, delta: {}, finish_reason: 'stop' }]],
      [{ prompt_tokens: 26, completion_tokens: 100, total_tokens: 126 }, []],
    ]);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('says when the completion was created, and leaves out chunks that say nothing', async () => {
    const source$ = of(answer(''), answer(''), answer('Hi'), done());
    const text = await toResponse(source$, { format: openAi({ id: '1' }) }).text();
    const [first, ...rest] = readData(text);
    expect(first).toEqual({
      id: '1',
      object: 'chat.completion.chunk',
      created: Date.parse('2026-01-01T00:00:00Z') / 1000,
      model: 'test',
      choices: [{ index: 0, delta: { role: 'assistant' }, finish_reason: null }],
    });
    expect(rest).toHaveLength(2);
  });
});
