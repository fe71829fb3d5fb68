import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, filter, toArray } from 'rxjs';
import { ask, type AskEvent, type Chat } from '../../../examples/terminal/ask.js';
import { tools } from '../../../examples/terminal/tools.js';
import { inTurn, type ScriptedOllama } from '../../../lib/testing/node/index.js';
import type { Message, Throughput, ToolCall } from '../../../lib/index.js';
import { start } from '../../testing/node/support.js';

const QUESTION: Message = { role: 'user', content: 'What is 17 × 23?' };
const call = (name: string, args: Readonly<Record<string, unknown>>): ToolCall => ({
  function: { name, arguments: args },
});
const CALL = call('calculate', { expression: '17 × 23' });

/** A chat with the server, and what it was told on the side. */
function chatWith({ url }: ScriptedOllama) {
  const figures: Throughput[] = [];
  const unsupported: string[] = [];
  const chat: Chat = {
    request: { model: 'qwen3', think: true, tools: tools.map(({ definition }) => definition) },
    options: { host: url },
    tools,
    buffer: {},
    onFigures: (latest) => figures.push(latest),
    onUnsupported: (what) => unsupported.push(what),
  };
  return { chat, figures, unsupported };
}

const allOf = (chat: Chat): Promise<AskEvent[]> =>
  lastValueFrom(ask(chat, [QUESTION]).pipe(toArray()));

const messagesIn = (events: readonly AskEvent[]): Message[] =>
  events.flatMap((event) => ('message' in event ? [event.message] : []));

describe('ask', () => {
  it('runs what the model calls and asks again with the results', async () => {
    const ollama = await start(
      inTurn(
        [{ thinking: 'Hm.' }, { tool_calls: [CALL, call('current_time', {})] }, { done: true }],
        ['It is 391.', { done: true }],
      ),
    );
    const { chat, figures } = chatWith(ollama);
    const messages = messagesIn(await allOf(chat));

    const [asked, product, time, answer] = messages;
    const ids = asked?.tool_calls?.map(({ id }) => id);
    expect(asked).toMatchObject({ role: 'assistant', thinking: 'Hm.', tool_calls: [CALL, {}] });
    expect(product).toEqual({
      role: 'tool',
      content: '391',
      tool_name: 'calculate',
      tool_call_id: ids?.[0],
    });
    expect(time).toMatchObject({ tool_name: 'current_time', tool_call_id: ids?.[1] });
    expect(answer).toEqual({ role: 'assistant', content: 'It is 391.' });
    expect(ollama.requests.map(({ body }) => body.messages)).toEqual([
      [QUESTION],
      [QUESTION, asked, product, time],
    ]);
    expect(figures.filter(({ exact }) => exact)).toHaveLength(2);
  });

  it('gives calls without an id the same one as their results', async () => {
    const wire = {
      model: 'old',
      created_at: '2025-01-01T00:00:00Z',
      message: { role: 'assistant', content: '', tool_calls: [CALL] },
      done: true,
    };
    const ollama = await start(
      inTurn([{ raw: `${JSON.stringify(wire)}\n` }], ['391', { done: true }]),
    );
    await allOf(chatWith(ollama).chat);
    expect(ollama.requests[1]?.body.messages).toMatchObject([
      QUESTION,
      { tool_calls: [{ id: 'call_0' }] },
      { tool_call_id: 'call_0' },
    ]);
  });

  it('emits each chunk before the message that it belongs to', async () => {
    const ollama = await start(
      inTurn([{ tool_calls: [CALL] }, { done: true }], ['391', { done: true }]),
    );
    const events = await allOf(chatWith(ollama).chat);
    const kinds = events.map((event) =>
      'chunk' in event ? event.chunk.phase : event.message.role,
    );
    expect(kinds).toEqual(['tools', 'done', 'assistant', 'tool', 'answer', 'done', 'assistant']);
  });

  it.each([
    ['that there is no such tool', call('fly', {}), 'Error: there is no tool named "fly"'],
    ['what is wrong', call('calculate', { expression: '1/0' }), 'Error: division by zero'],
    [
      'which argument is missing',
      call('calculate', {}),
      'Error: calculate needs an "expression", such as 2 + 3',
    ],
    [
      'that there is no such zone',
      call('current_time', { time_zone: 'Gotham' }),
      'Error: "Gotham" is no IANA time zone such as Asia/Tokyo',
    ],
  ])('tells the model %s', async (_, wrong, content) => {
    const ollama = await start(
      inTurn([{ tool_calls: [wrong] }, { done: true }], ['Sorry.', { done: true }]),
    );
    await allOf(chatWith(ollama).chat);
    expect(ollama.requests[1]?.body.messages?.at(-1)).toMatchObject({ role: 'tool', content });
  });

  it('gives up on a model that does nothing but call', async () => {
    const ollama = await start([{ tool_calls: [CALL] }, { done: true }]);
    await expect(allOf(chatWith(ollama).chat)).rejects.toThrow('The model goes on calling tools.');
    expect(ollama.requests).toHaveLength(5);
  });

  it('goes on without what the model does not support, and remembers it', async () => {
    const ollama = await start(['Hi', { done: true }], { models: { qwen3: { capabilities: [] } } });
    const { chat, unsupported } = chatWith(ollama);
    expect(messagesIn(await allOf(chat))).toEqual([{ role: 'assistant', content: 'Hi' }]);
    expect(unsupported).toEqual(['thinking', 'tools']);
    await allOf(chat);
    expect(unsupported).toHaveLength(2);
    expect(ollama.requests).toHaveLength(4);
    expect(chat.request).toEqual({ model: 'qwen3' });
  });

  it('does not try again after any other error', async () => {
    const ollama = await start([{ error: 'out of memory', status: 500 }]);
    await expect(allOf(chatWith(ollama).chat)).rejects.toThrow('out of memory');
    expect(ollama.requests).toHaveLength(1);
  });

  it('stops the model in whichever turn it is left', async () => {
    const ollama = await start(
      inTurn([{ tool_calls: [CALL] }, { done: true }], ['It is', { fault: 'hang' }]),
    );
    const { chat } = chatWith(ollama);
    await firstValueFrom(
      ask(chat, [QUESTION]).pipe(
        filter((event) => 'chunk' in event && event.chunk.message.content !== ''),
      ),
    );
    expect(await ollama.requests[1]?.closed).toBe('aborted');
  });
});
