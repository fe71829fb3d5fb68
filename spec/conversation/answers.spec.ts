import { describe, expect, it } from '@jest/globals';
import { NEVER, Subject } from 'rxjs';
import { createConversation } from '../../lib/conversation/createConversation.js';
import type { ConversationMessage } from '../../lib/conversation/state.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { marbles } from '../support/marbles.js';
import { tool } from '../tools/support.js';
import { act, chunks, failure, talk, toAsked } from './support.js';

const { answer, done, thinking, toolCall } = chunk;

const toFigures = ({ message, streaming, thinkingMs, metrics, ending }: ConversationMessage) => [
  `${message.content}${streaming ? '…' : ''}`,
  thinkingMs,
  metrics?.tokens,
  ending,
];

/** A conversation whose answer has begun. */
function begin() {
  const model$ = new Subject<ChatChunk>();
  const client = scriptedClient((_, i) => (i ? NEVER : model$));
  const options = { model: 'm', client, every: 0, whileBusy: 'switch' } as const;
  const conversation = createConversation(options);
  conversation.send('Hi');
  model$.next(answer('Hel'));
  return { conversation, model$ };
}

describe('what is beside an answer', () => {
  // prettier-ignore
  it('is its speed, its time of thinking and its ending, each answer its own', marbles((m) => {
    const first = m.cold('  -----t----a-d|', chunks);
    const second = m.cold('              ----b(d|)', chunks);
    const { conversation } = talk([first, second]);
    const seen: unknown[] = [];
    conversation.state$.subscribe(({ messages }) => {
      const last = messages.at(-1);
      if (last?.message.role === 'assistant') seen.push(toFigures(last));
    });
    act(m, '                --------------s', { s: () => { conversation.send('And?'); } });
    conversation.send('Hi');
    m.expect(first).toHaveSubscriptions('^------------!');
    m.expect(second).toHaveSubscriptions('--------------^----!');
    m.flush();
    expect(seen).toEqual([
      ['…', 0, 1, undefined],
      ['Hel…', 5, 2, undefined],
      ['Hel', 5, 100, undefined],
      ['Hel', 5, 100, 'stop'],
      ['lo…', undefined, 1, undefined],
      ['lo', undefined, 100, undefined],
      ['lo', undefined, 100, 'stop'],
    ]);
  }));

  // prettier-ignore
  it('is measured when the chunks arrive, and not when they are shown', marbles((m) => {
    const model = m.cold('-----t----a 39ms d|', chunks);
    const { conversation } = talk([model], { every: 100 });
    conversation.send('Hi');
    m.expect(model).toHaveSubscriptions('^ 50ms !');
    m.flush();
    expect(conversation.state.messages[1]).toMatchObject({ thinkingMs: 5, ending: 'stop' });
    expect(conversation.state.messages[1]?.metrics?.firstAnswerMs).toBe(10);
  }));

  it.each<[string, readonly ChatChunk[], string]>([
    ['an answer', [answer('Hi'), done()], 'stop'],
    ['an answer cut by the limit', [answer('Hi'), done({ reason: 'length' })], 'length'],
    ['thinking cut by the limit', [thinking('Hm'), done({ reason: 'length' })], 'length'],
    ['thinking alone', [thinking('Hm'), done()], 'thinking-only'],
  ])('has the ending of %s', (_, chunks, ending) => {
    const conversation = createConversation({
      ...{ model: 'm', client: scriptedClient([...chunks]), every: 0 },
    });
    conversation.send('Hi');
    expect(conversation.state.messages[1]).toMatchObject({ streaming: false, ending });
    expect(conversation.state.ending).toBe(ending);
  });

  it.each<[string, (talking: ReturnType<typeof begin>) => void]>([
    [
      'stopped',
      ({ conversation }) => {
        conversation.stop();
      },
    ],
    [
      'stopped',
      ({ conversation }) => {
        conversation.send('And?');
      },
    ],
    [
      'error',
      ({ model$ }) => {
        model$.error(failure);
      },
    ],
  ])('has the ending "%s" of an answer that is cut off', (ending, cut) => {
    const talking = begin();
    cut(talking);
    expect(talking.conversation.state.messages[1]).toMatchObject({
      ...{ message: { content: 'Hel' }, streaming: false, ending },
    });
  });

  it('is for each step of a turn, and not for messages of the user and results', () => {
    const client = scriptedClient((_, i) =>
      i ? [answer('So.'), done({ reason: 'length' })] : [thinking('Hm'), toolCall('x'), done()],
    );
    const tools = [tool('x', () => 'ok')];
    const conversation = createConversation({ model: 'm', client, tools, every: 0 });
    conversation.send('Hi');
    expect(
      conversation.state.messages.map(({ message: { role }, thinkingMs, metrics, ending }) => [
        ...[role, thinkingMs !== undefined, metrics !== undefined, ending],
      ]),
    ).toEqual([
      ['user', false, false, undefined],
      ['assistant', true, true, 'stop'],
      ['tool', false, false, undefined],
      ['assistant', false, true, 'length'],
    ]);
  });

  it('is not sent and not saved with the plain messages', () => {
    const client = scriptedClient([thinking('Hm'), answer('Hi'), done()]);
    const saved: string[] = [];
    const conversation = createConversation({
      ...{ model: 'm', client, every: 0 },
      store: { load: () => null, save: (all) => saved.push(JSON.stringify(all)) },
    });
    conversation.send('Hi');
    conversation.send('And?');
    const sent = JSON.stringify(client.requests[1]);
    for (const text of [sent, ...saved])
      expect(text).not.toMatch(/message_|ending|thinkingMs|metrics/);
    expect(toAsked(client)[1]).toBe('Hi > (Hm)Hi > And?');
  });
});
