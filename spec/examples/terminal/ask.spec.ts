import { describe, expect, it } from '@jest/globals';
import { NEVER, concat, filter, finalize, firstValueFrom, lastValueFrom, of, toArray } from 'rxjs';
import { ask, type Chat } from '../../../examples/terminal/ask.js';
import { tools } from '../../../examples/terminal/tools.js';
import {
  defineTool,
  type FinishEvent,
  type Message,
  type Throughput,
  type ToolCall,
  type ToolRunEvent,
} from '../../../lib/index.js';
import { inTurn, type ScriptedOllama } from '../../../lib/testing/node/index.js';
import { start } from '../../testing/node/support.js';

const QUESTION: Message = { role: 'user', content: 'What is 17 × 23?' };
const call = (name: string, args: Readonly<Record<string, unknown>>): ToolCall => ({
  function: { name, arguments: args },
});
const CALL = call('calculate', { expression: '17 × 23' });

/** A chat with the server, and what it was told on the side. */
function chatWith({ url }: ScriptedOllama, changes: Partial<Chat> = {}) {
  const figures: Throughput[] = [];
  const unsupported: string[] = [];
  const chat: Chat = {
    request: { model: 'qwen3', think: true },
    tools,
    options: { host: url },
    buffer: {},
    approve: () => true,
    onFigures: (latest) => figures.push(latest),
    onUnsupported: (what) => unsupported.push(what),
    ...changes,
  };
  return { chat, figures, unsupported };
}

const allOf = (chat: Chat): Promise<ToolRunEvent[]> =>
  lastValueFrom(ask(chat, [QUESTION]).pipe(toArray()));

/** The last event, which has all that was said. */
async function endOf(chat: Chat): Promise<FinishEvent> {
  const end = await lastValueFrom(ask(chat, [QUESTION]));
  if (end.type !== 'finish') throw new Error(`The last event was ${end.type}.`);
  return end;
}

describe('ask', () => {
  it('makes the calls and asks again with the results', async () => {
    const ollama = await start(
      inTurn(
        [{ thinking: 'Hm.' }, { tool_calls: [CALL, call('current_time', {})] }, { done: true }],
        ['It is 391.', { done: true }],
      ),
    );
    const { chat, figures } = chatWith(ollama);
    const { messages, reason } = await endOf(chat);

    const [question, asked, product, time, answer] = messages;
    const ids = asked?.tool_calls?.map(({ id }) => id);
    expect(question).toEqual(QUESTION);
    expect(asked).toMatchObject({ role: 'assistant', thinking: 'Hm.', tool_calls: [CALL, {}] });
    expect(product).toEqual({
      role: 'tool',
      content: '391',
      tool_name: 'calculate',
      tool_call_id: ids?.[0],
    });
    expect(time).toMatchObject({ tool_name: 'current_time', tool_call_id: ids?.[1] });
    expect(answer).toEqual({ role: 'assistant', content: 'It is 391.' });
    expect(reason).toBe('stop');
    expect(ollama.requests.map(({ body }) => body.messages)).toEqual([
      [QUESTION],
      [QUESTION, asked, product, time],
    ]);
    expect(figures.filter(({ phase }) => phase === 'done')).toHaveLength(2);
  });

  it('asks for approval of what reads this machine, and tells the model of a refusal', async () => {
    const ollama = await start(
      inTurn(
        [{ tool_calls: [CALL, call('current_time', {})] }, { done: true }],
        ['Pity.', { done: true }],
      ),
    );
    const asked: string[] = [];
    const { chat } = chatWith(ollama, {
      approve: ({ function: { name } }) => {
        asked.push(name);
        return false;
      },
    });
    await endOf(chat);
    expect(asked).toEqual(['current_time']);
    expect(ollama.requests[1]?.body.messages?.slice(-2)).toMatchObject([
      { role: 'tool', content: '391' },
      { role: 'tool', content: 'The call was not approved.' },
    ]);
  });

  it('calls nothing before all that leads to it has been shown', async () => {
    const words = ['They ', 'want ', 'it ', 'worked ', 'out.'];
    const ollama = await start(
      inTurn(
        [...words.map((thinking) => ({ thinking })), { tool_calls: [CALL] }, { done: true }],
        ['391', { done: true }],
      ),
    );
    const { chat } = chatWith(ollama, { buffer: { by: 'word', pace: { maxLag: 50 } } });
    const events = await allOf(chat);
    const called = events.findIndex(({ type }) => type === 'tool-call');
    const shown = events
      .slice(0, called)
      .map((event) => (event.type === 'chunk' ? (event.chunk.message.thinking ?? '') : ''));
    expect(shown.join('')).toBe(words.join(''));
  });

  it('remembers thoughts between tags as thoughts', async () => {
    const ollama = await start(['<think>Hm.</thi', 'nk>Hello', { done: true }]);
    const { messages } = await endOf(chatWith(ollama).chat);
    expect(messages.at(-1)).toEqual({ role: 'assistant', thinking: 'Hm.', content: 'Hello' });
  });

  it.each([
    ['what is wrong', call('calculate', { expression: '1/0' }), 'Error: division by zero'],
    [
      'which argument is missing',
      call('calculate', {}),
      'Error: calculate needs an "expression", such as 2 + 3',
    ],
    [
      'that there is no such zone',
      call('current_time', { timeZone: 'Gotham' }),
      'Error: "Gotham" is not an IANA time zone such as Asia/Tokyo',
    ],
  ])('tells the model %s', async (_, wrong, content) => {
    const ollama = await start(
      inTurn([{ tool_calls: [wrong] }, { done: true }], ['Sorry.', { done: true }]),
    );
    await endOf(chatWith(ollama).chat);
    expect(ollama.requests[1]?.body.messages?.at(-1)).toMatchObject({ role: 'tool', content });
  });

  it('gives up on a model that does nothing but call', async () => {
    const ollama = await start([{ tool_calls: [CALL] }, { done: true }]);
    expect(await endOf(chatWith(ollama).chat)).toMatchObject({ reason: 'max-steps', step: 5 });
    expect(ollama.requests).toHaveLength(5);
  });

  it('goes on without what the model does not support, and remembers it', async () => {
    const ollama = await start(['Hi', { done: true }], { models: { qwen3: { capabilities: [] } } });
    const { chat, unsupported } = chatWith(ollama);
    const { messages } = await endOf(chat);
    expect(messages).toEqual([QUESTION, { role: 'assistant', content: 'Hi' }]);
    expect(unsupported).toEqual(['thinking', 'tools']);
    await endOf(chat);
    expect(unsupported).toHaveLength(2);
    expect(ollama.requests).toHaveLength(4);
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
        filter((event) => event.type === 'chunk' && event.chunk.message.content !== ''),
      ),
    );
    expect(await ollama.requests[1]?.closed).toBe('aborted');
  });

  it('stops a tool that is left while it runs', async () => {
    const ollama = await start([{ tool_calls: [call('wait', {})] }, { done: true }]);
    const left: string[] = [];
    const wait = defineTool({
      name: 'wait',
      description: 'Waits.',
      parameters: { type: 'object' },
      execute(_, { signal }) {
        signal.addEventListener('abort', () => left.push('signal'));
        return concat(of('begun'), NEVER).pipe(finalize(() => left.push('Observable')));
      },
    });
    const { chat } = chatWith(ollama, { tools: [wait] });
    await firstValueFrom(
      ask(chat, [QUESTION]).pipe(filter(({ type }) => type === 'tool-progress')),
    );
    expect(left.sort()).toEqual(['Observable', 'signal']);
  });
});
