import { describe, expect, it } from '@jest/globals';
import { Ollama, type ChatResponse } from 'ollama/browser';
import type { ScriptedOllama } from '../../../lib/testing/node/index.js';
import { CHAT, start } from './support.js';

const clientOf = ({ url }: ScriptedOllama) => new Ollama({ host: url });

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

const tool_calls = [{ function: { name: 'multiply', arguments: { a: 17, b: 23 } } }];

describe('the official client', () => {
  it('streams a chat with thinking, a tool call and an answer', async () => {
    const ollama = await start(({ body }) =>
      body.messages?.at(-1)?.role === 'tool'
        ? ['It is ', '391.', { done: true }]
        : [{ thinking: 'I calculate.' }, { tool_calls }, { done: true }],
    );
    const client = clientOf(ollama);
    const first = await collect(await client.chat({ ...CHAT, stream: true, think: true }));
    const message = first.find((chunk) => chunk.message.tool_calls)?.message;
    expect(first[0]?.message.thinking).toBe('I calculate.');
    expect(message?.tool_calls).toMatchObject(tool_calls);

    const messages = [...CHAT.messages, message ?? { role: '', content: '' }];
    messages.push({ role: 'tool', content: '391' });
    const second = await collect(await client.chat({ ...CHAT, messages, stream: true }));
    expect(second.map((chunk) => chunk.message.content)).toEqual(['It is ', '391.', '']);
    expect(second.at(-1)).toMatchObject({ done: true, done_reason: 'stop', eval_count: 2 });
  });

  it('gets a whole answer, generates, pulls, and asks what there is', async () => {
    const ollama = await start(({ path }) =>
      path === '/api/pull'
        ? [{ status: 'pulling manifest' }, { status: 'success' }]
        : ['a', 'b', { done: true }],
    );
    const client = clientOf(ollama);
    expect((await client.chat(CHAT)).message.content).toBe('ab');
    const generated = await collect(
      await client.generate({ model: 'qwen3', prompt: 'Hi', stream: true }),
    );
    expect(generated.map(({ response }) => response)).toEqual(['a', 'b', '']);
    const pulled = await collect(await client.pull({ model: 'qwen3', stream: true }));
    expect(pulled.map(({ status }) => status)).toEqual(['pulling manifest', 'success']);
    expect((await client.show({ model: 'qwen3' })).capabilities).toContain('tools');
    expect((await client.list()).models[0]?.name).toBe('qwen3:latest');
    expect((await client.ps()).models[0]?.name).toBe('qwen3:latest');
    expect((await client.version()).version).toBeTruthy();
  });

  it('sees refusals, errors and broken streams as it would see those of Ollama', async () => {
    const chatWith = async (ollama: ScriptedOllama): Promise<ChatResponse[]> =>
      collect(await clientOf(ollama).chat({ ...CHAT, stream: true }));

    await expect(chatWith(await start([], { models: {} }))).rejects.toMatchObject({
      name: 'ResponseError',
      status_code: 404,
      message: "model 'qwen3' not found",
    });
    await expect(chatWith(await start(['a', { error: 'out of memory' }]))).rejects.toThrow(
      'out of memory',
    );
    await expect(chatWith(await start(['a']))).rejects.toThrow(
      'Did not receive done or success response in stream.',
    );
    await expect(chatWith(await start(['a', { fault: 'close' }]))).rejects.toThrow('terminated');
  });

  it('is seen to leave when it aborts', async () => {
    const ollama = await start(['a', { fault: 'hang' }]);
    const stream = await clientOf(ollama).chat({ ...CHAT, stream: true });
    const received = await ollama.received();
    const reading = collect(stream);
    stream.abort();
    await expect(reading).rejects.toThrow('aborted');
    expect(await received.closed).toBe('aborted');
  });
});
