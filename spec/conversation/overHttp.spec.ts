import { describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom } from 'rxjs';
import {
  createConversation,
  type Conversation,
} from '../../lib/conversation/createConversation.js';
import type { ConversationState } from '../../lib/conversation/state.js';
import { OllamaTruncatedError } from '../../lib/errors.js';
import { inTurn } from '../../lib/testing/node/index.js';
import { forbidConsole, start } from '../sources/support.js';
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
});
