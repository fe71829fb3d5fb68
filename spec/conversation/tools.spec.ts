import { describe, expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import { createConversation } from '../../lib/conversation/createConversation.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { ChatChunk, Message } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import { marbles } from '../support/marbles.js';
import { tool } from '../tools/support.js';
import { chunks, failure, talk, toAsked, toLabel, toLabels, toMessages } from './support.js';

const { answer, done, toolCall } = chunk;

const x = tool('x', () => 'ok');

/** A model that answers with these chunks first, and then says hello. */
const calling = (...first: readonly ChatChunk[]) =>
  scriptedClient((_, i) => (i ? [answer('Hello'), done()] : [...first, done()]));

describe('a conversation with tools', () => {
  // prettier-ignore
  it('shows the calls that run, and goes on with their results', marbles((m) => {
    const model = m.cold('  -x----(d|)', chunks);
    const toolX = m.cold('   ----------(r|)');
    const second = m.cold('            -----a-(d|)', chunks);
    const expected = '      w(kxx)x----(xyv)a-(aj)';
    const { conversation } = talk([model, second], { tools: [tool('x', () => toolX)] });
    conversation.send('Hi');
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      k: 'calling-tools > Hi > [x]…',
      x: 'calling-tools > Hi > [x]…, runs x',
      y: 'calling-tools > Hi > [x]…',
      v: 'waiting > Hi > [x] > r',
      a: 'answering > Hi > [x] > r > Hel…',
      j: 'idle > Hi > [x] > r > Hel',
    });
  }));

  // prettier-ignore
  it('shows text, calls and results in order when text is shown once a frame', marbles((m) => {
    const model = m.cold('  -axd|', chunks);
    const second = m.cold('     ----------a(d|)', chunks);
    const expected = '      w---(zkxxyyv)--(aaj)';
    const { conversation } = talk([model, second], { tools: [x], every: 'frame' });
    conversation.send('Hi');
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      z: 'answering > Hi > Hel…',
      k: 'calling-tools > Hi > Hel[x]…',
      x: 'calling-tools > Hi > Hel[x]…, runs x',
      y: 'calling-tools > Hi > Hel[x]…',
      v: 'waiting > Hi > Hel[x] > ok',
      a: 'answering > Hi > Hel[x] > ok > Hel…',
      j: 'idle > Hi > Hel[x] > ok > Hel',
    });
  }));

  it.each<[string, () => unknown, string]>([
    ['ran', () => 'ok', 'ok'],
    [
      'failed',
      () => {
        throw failure;
      },
      'broken',
    ],
  ])('keeps the result of a tool that %s when a later step is stopped', (_, execute, text) => {
    const tools = [tool('x', execute), tool('y', () => NEVER)];
    const client = scriptedClient((_, i) => [
      ...[toolCall('x'), ...(i ? [toolCall('y')] : []), done()],
    ]);
    const conversation = createConversation({ model: 'm', client, tools, every: 0 });
    conversation.send('Hi');
    conversation.stop();
    const { messages } = conversation.state;
    expect(messages.map(({ message }) => message.role)).toEqual([
      ...['user', 'assistant', 'tool', 'assistant', 'tool'],
    ]);
    expect(messages.at(-1)?.message.content).toContain(text);
    expect(messages.at(-2)?.message.tool_calls).toHaveLength(1);
  });

  it('sends each request of a run trimmed and with the system, thinking told from the answer', () => {
    const client = calling(answer('<think>Hm</think>Wait'), toolCall('x'));
    const trim = (messages: readonly Message[]) => messages.slice(1);
    const history = ['Old', 'Hi'].map((content) => ({ role: 'user', content }));
    const options = { client, trim, history, system: 'Be brief.', tools: [x], every: 0 };
    const conversation = createConversation({ model: 'm', ...options });
    conversation.regenerate();
    expect(toAsked(client)).toEqual(['Be brief. > Hi', 'Be brief. > Hi > (Hm)Wait[x] > ok']);
    expect(toLabel(conversation.state)).toBe('idle > Old > Hi > (Hm)Wait[x] > ok > Hello');
    expect(client.requests.map(({ tools }) => tools)).toEqual([[x.tool], [x.tool]]);
  });

  it.each([
    ['fails', tool('x', () => Promise.reject(failure)), 'Error: broken'],
    ['is denied', tool('x', () => 'ok', { needsApproval: true }), 'The call was not approved'],
  ])('goes on where a tool %s', async (_, bad, text) => {
    const client = calling(toolCall('x'));
    const conversation = createConversation({
      model: 'm',
      client,
      tools: [bad],
      every: 0,
      approve: () => false,
    });
    const ended = new Promise((resolve) => {
      conversation.state$.subscribe(({ status, messages }) => {
        if (status === 'idle' && messages.length) resolve(messages);
      });
    });
    conversation.send('Hi');
    await ended;
    expect(toMessages(conversation.state)[2]?.content).toContain(text);
    expect(toMessages(conversation.state).at(-1)?.content).toBe('Hello');
  });

  it('has an error where a tool fails the run, and tries again without the call', () => {
    let failures = 0;
    const once = tool('x', () => {
      if (!failures++) throw failure;
      return 'ok';
    });
    const client = scriptedClient(({ messages = [] }) =>
      messages.at(-1)?.role === 'tool' ? [answer('Hello'), done()] : [toolCall('x'), done()],
    );
    const options = { client, tools: [once], onToolError: 'throw', every: 0 } as const;
    const conversation = createConversation({ model: 'm', ...options });
    conversation.send('Hi');
    expect(conversation.state).toMatchObject({ status: 'error', error: { code: 'tool' } });
    expect(conversation.state.messages).toHaveLength(1);
    conversation.regenerate();
    expect(toLabel(conversation.state)).toBe('idle > Hi > [x] > ok > Hello');
  });

  it('is idle where the steps are at their end', () => {
    const client = scriptedClient([toolCall('x'), done()]);
    const conversation = createConversation({
      ...{ model: 'm', client, tools: [x], maxSteps: 2, every: 0 },
    });
    conversation.send('Hi');
    expect(toLabel(conversation.state)).toBe('idle > Hi > [x] > ok > [x] > ok');
  });

  it('gives up the calls of an attempt that is made again', () => {
    const never = tool('x', () => new Promise(() => undefined));
    const again = { ...answer('Hello'), reset: true } as const;
    const client = scriptedClient([toolCall('x'), again, done()]);
    const conversation = createConversation({ model: 'm', client, tools: [never], every: 0 });
    const heard: string[] = [];
    conversation.state$.subscribe((state) => heard.push(toLabel(state)));
    conversation.send('Hi');
    expect(heard.slice(3)).toEqual([
      ...['calling-tools > Hi > [x]…, runs x', 'calling-tools > Hi > [x]…, runs x'],
      ...['answering > Hi > Hello…', 'answering > Hi > Hello…', 'idle > Hi > Hello'],
    ]);
  });

  it('offers no tools where there are none', () => {
    const client = calling(delta({ content: 'Hello' }));
    createConversation({ model: 'm', client, every: 0 }).send('Hi');
    expect(client.requests[0]).not.toHaveProperty('tools');
  });
});
