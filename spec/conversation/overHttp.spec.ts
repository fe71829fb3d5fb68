import { describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom } from 'rxjs';
import {
  createConversation,
  type Conversation,
} from '../../lib/conversation/createConversation.js';
import type { ConversationMessage, ConversationState } from '../../lib/conversation/state.js';
import type { ConversationStore } from '../../lib/conversation/store.js';
import { OllamaTruncatedError } from '../../lib/errors.js';
import { inTurn } from '../../lib/testing/node/index.js';
import { forbidConsole, start } from '../sources/support.js';
import { tool } from '../tools/support.js';
import { toMessages } from './support.js';

forbidConsole();

const until = ({ state$ }: Conversation, is: (state: ConversationState) => boolean) =>
  firstValueFrom(state$.pipe(filter(is)));

describe('a conversation with a server', () => {
  it('closes the connection with stop(), and sends the whole history with the next request', async () => {
    const ollama = await start(
      inTurn([{ thinking: 'Hm' }, 'Hel', { fault: 'hang' }], ['Bye', { done: true }]),
    );
    const conversation = createConversation({ model: 'qwen3', host: ollama.url });
    conversation.send('Hi');
    await until(conversation, ({ messages }) => messages.at(-1)?.message.content === 'Hel');
    conversation.stop();
    expect(conversation.state).toMatchObject({ status: 'idle', ending: 'stopped' });
    expect(await ollama.requests[0]?.closed).toBe('aborted');

    conversation.send('And?');
    await until(conversation, ({ status }) => status === 'idle');
    expect(await ollama.requests[1]?.closed).toBe('completed');
    const asked = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hel', thinking: 'Hm' },
      { role: 'user', content: 'And?' },
    ];
    expect(ollama.requests.map(({ body }) => body.messages)).toEqual([asked.slice(0, 1), asked]);
    expect(toMessages(conversation.state)).toEqual([
      ...asked,
      { role: 'assistant', content: 'Bye' },
    ]);
    conversation.destroy();
  });

  it('closes the connection with destroy(), also before the headers', async () => {
    const ollama = await start([{ fault: 'hang' }]);
    const conversation = createConversation({ model: 'qwen3', host: ollama.url });
    conversation.send('Hi');
    const request = await ollama.received();
    conversation.destroy();
    expect(await request.closed).toBe('aborted');
    expect(request.linesWritten).toBe(0);
  });

  it('has what had come before an error, and tries again', async () => {
    const ollama = await start(
      inTurn([{ thinking: 'Hm' }, { fault: 'cut' }], ['Hello', { done: true }]),
    );
    const conversation = createConversation({ model: 'qwen3', host: ollama.url });
    conversation.send('Hi');
    const { error, messages } = await until(conversation, ({ status }) => status === 'error');
    expect(error).toBeInstanceOf(OllamaTruncatedError);
    expect(error).toMatchObject({ partial: { content: '', thinking: 'Hm' } });
    expect(messages.map(({ message }) => message.thinking)).toEqual([undefined, 'Hm']);
    conversation.regenerate();
    const recovered = await until(conversation, ({ status }) => status === 'idle');
    expect(recovered).toMatchObject({
      messages: [{}, { message: { content: 'Hello' }, ending: 'stop' }],
    });
    expect(recovered).toMatchObject({ ending: 'stop', metrics: { phase: 'done' } });
    conversation.destroy();
  });

  const pay = { tool_calls: [{ id: 'id_pay', function: { name: 'pay', arguments: {} } }] };
  const isWaiting = ({ activity = [] }: ConversationState) =>
    activity.some(({ status }) => status === 'approval');

  it('stops while a call waits for approval, and continues with another one', async () => {
    let paid = 0;
    const ollama = await start(
      inTurn(
        ['Wait.', pay, { fault: 'hang' }],
        ['Again.', pay, { done: true }],
        [{ thinking: 'Hm' }, 'It is paid.', { done: true }],
      ),
    );
    const conversation = createConversation({
      ...{ model: 'qwen3', host: ollama.url },
      tools: [tool('pay', () => `paid ${String(++paid)}`, { needsApproval: true })],
    });
    conversation.send('Pay.');
    await until(conversation, isWaiting);
    conversation.stop();
    expect(await ollama.requests[0]?.closed).toBe('aborted');
    expect(conversation.state).toMatchObject({ status: 'idle', ending: 'stopped' });
    expect(conversation.state).not.toHaveProperty('activity');

    conversation.send('Pay now.');
    await until(conversation, isWaiting);
    expect(await ollama.requests[1]?.closed).toBe('completed');
    conversation.approve('id_pay', true);
    const { messages, activity } = await until(conversation, ({ status }) => status === 'idle');
    expect(paid).toBe(1);
    expect(activity).toMatchObject([{ status: 'done', result: 'paid 1' }]);
    expect(messages.map(({ message, ending }) => [message.content, ending])).toEqual([
      ...[
        ['Pay.', undefined],
        ['Wait.', 'stopped'],
        ['Pay now.', undefined],
      ],
      ...[
        ['Again.', 'stop'],
        ['paid 1', undefined],
        ['It is paid.', 'stop'],
      ],
    ]);
    expect(ollama.requests[2]?.body.messages).toEqual(toMessages(conversation.state).slice(0, -1));
    conversation.destroy();
  });

  it('is suspended, stored as JSON, and continued by another conversation', async () => {
    let stored = 'null';
    const store: ConversationStore = {
      load: () => JSON.parse(stored) as ConversationMessage[] | null,
      save(_, entries) {
        stored = JSON.stringify(entries);
      },
    };
    const ollama = await start(
      inTurn([{ thinking: 'Hm' }, pay, { done: true }], ['It is not paid.', { done: true }]),
    );
    const options = {
      ...{ model: 'qwen3', host: ollama.url, store },
      tools: [tool('pay', () => 'paid', { needsApproval: true })],
      approve: () => 'suspend' as const,
    };
    const first = createConversation(options);
    first.send('Pay.');
    const { ending } = await until(first, ({ status }) => status === 'idle');
    expect(ending).toBe('approval');
    first.destroy();

    const second = createConversation(options);
    expect(second.state.messages).toEqual(first.state.messages);
    expect(second.state.activity).toMatchObject([{ call: { id: 'id_pay' }, status: 'approval' }]);
    second.approve('id_pay', { approved: false, reason: 'Too much' });
    await until(second, ({ status }) => status === 'idle');
    expect(toMessages(second.state).map(({ content }) => content)).toEqual([
      ...['Pay.', '', 'The call was not approved: Too much', 'It is not paid.'],
    ]);
    expect(ollama.requests[1]?.body.messages).toEqual(toMessages(second.state).slice(0, -1));
    second.destroy();
  });
});
