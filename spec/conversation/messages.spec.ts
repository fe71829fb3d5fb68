import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createConversation } from '../../lib/conversation/createConversation.js';
import {
  addResult,
  copySaved,
  dropPending,
  identify,
  type SavedMessage,
} from '../../lib/conversation/messages.js';
import type { ConversationMessage } from '../../lib/conversation/state.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { ChatChunk, Message } from '../../lib/types/index.js';
import { tool } from '../tools/support.js';
import { counting } from './support.js';
import { Subject } from 'rxjs';

const { answer, done, thinking, toolCall } = chunk;

const user = (content: string): Message => ({ role: 'user', content });
const idsOf = (messages: readonly ConversationMessage[]): string[] => messages.map(({ id }) => id);

describe('the ids of messages', () => {
  it('stay while an answer is streaming and when it is complete', () => {
    const model$ = new Subject<ChatChunk>();
    const conversation = createConversation({
      model: 'm',
      client: { chat: () => model$ },
      every: 0,
    });
    const seen: string[] = [];
    conversation.state$.subscribe(({ messages }) => {
      seen.push(messages.map(({ id, streaming }) => `${id}${streaming ? '…' : ''}`).join(' '));
    });
    conversation.send('Hi');
    model$.next(thinking('Hm'));
    model$.next(answer('Hello'));
    model$.next(done());
    model$.complete();
    expect(seen).toEqual([
      ...['', 'message_0', 'message_0 message_1…', 'message_0 message_1…'],
      ...['message_0 message_1', 'message_0 message_1'],
    ]);
  });

  it('stay over a turn with tools, a queue, an edit and another try, and none comes twice', () => {
    const client = scriptedClient(({ messages = [] }) =>
      messages.at(-1)?.role === 'tool'
        ? [answer('So.'), done()]
        : [thinking('Hm'), answer('Wait.'), toolCall('x'), done()],
    );
    const tools = [tool('x', () => 'ok')];
    const conversation = createConversation({ model: 'm', client, tools, every: 0 });
    const contents = new Map<string, string>();
    const dropped = new Set<string>();
    let before: readonly ConversationMessage[] = [];
    conversation.state$.subscribe(({ messages, queued = [] }) => {
      const all = [...messages, ...queued];
      expect(new Set(idsOf(all)).size).toBe(all.length);
      for (const { id, message } of all) {
        expect(dropped.has(id)).toBe(false);
        // What a message says only grows.
        expect(message.content.startsWith(contents.get(id) ?? '')).toBe(true);
        contents.set(id, message.content);
      }
      for (const { id } of before) if (!idsOf(all).includes(id)) dropped.add(id);
      before = all;
    });
    conversation.send('Hi');
    conversation.send('And?');
    conversation.regenerate();
    conversation.edit('message_0', 'Hi there');
    expect(idsOf(conversation.state.messages)[0]).toBe('message_0');
    expect(conversation.state.messages.map(({ message }) => message.content)).toEqual([
      ...['Hi there', 'Wait.', 'ok', 'So.'],
    ]);
    expect(dropped.size).toBeGreaterThan(3);
  });

  it('stay where a message moves from the queue', () => {
    const model$ = new Subject<ChatChunk>();
    const client = scriptedClient((_, i) => (i ? [answer('So.'), done()] : model$));
    const conversation = createConversation({ model: 'm', client, every: 0 });
    conversation.send('Hi');
    conversation.send('And?');
    const waiting = conversation.state.queued?.[0];
    model$.complete();
    expect(conversation.state.messages[1]).toBe(waiting);
  });

  it('are not sent', () => {
    const client = counting();
    const conversation = createConversation({ model: 'm', client, every: 0 });
    conversation.send('Hi');
    conversation.send('And?');
    expect(client.requests[1]?.messages?.map((message) => Object.keys(message).sort())).toEqual([
      ...[
        ['content', 'role'],
        ['content', 'role'],
        ['content', 'role'],
      ],
    ]);
  });

  it('are those of the store, and the next ones are new', () => {
    const client = counting();
    const stored: ConversationMessage[][] = [];
    const first = createConversation({
      ...{ model: 'm', client, every: 0 },
      store: {
        load: () => null,
        save(messages, entries) {
          expect(entries.map(({ message }) => message)).toEqual(messages);
          stored.push(JSON.parse(JSON.stringify(entries)) as ConversationMessage[]);
        },
      },
    });
    first.send('Hi');
    const saved = stored.at(-1) ?? [];
    const again = createConversation({
      ...{ model: 'm', client, every: 0 },
      store: { load: () => saved, save: () => undefined },
    });
    expect(again.state.messages).toEqual(first.state.messages);
    again.send('And?');
    expect(idsOf(again.state.messages)).toEqual([
      'message_0',
      'message_1',
      'message_2',
      'message_3',
    ]);
    expect(client.requests.at(-1)?.messages).toEqual([
      ...[user('Hi'), { role: 'assistant', content: 'Answer 1' }, user('And?')],
    ]);
  });

  it('are kept if they are texts, and generated ones are higher than all of these', () => {
    const saved = [
      { id: 'mine', message: user('a') },
      { id: 'message_12', message: user('b') },
      { id: 'my_message_20', message: user('c') },
      { id: 'message_20_b', message: user('d') },
      { id: 5, message: user('e') },
      user('f'),
    ] as readonly SavedMessage[];
    const { entries, nextId } = identify(copySaved(saved), [], 3);
    expect(idsOf(entries)).toEqual([
      ...['mine', 'message_12', 'my_message_20', 'message_20_b', 'message_13', 'message_14'],
    ]);
    expect(nextId).toBe(15);
    expect(idsOf(identify(copySaved([user('a')]), [], 0).entries)).toEqual(['message_0']);
  });

  it('are different in any mixture of plain messages and entries', () => {
    const id = fc.oneof(
      fc.constantFrom('message_0', 'message_1', 'message_5', 'mine', '', '__proto__'),
      fc.constantFrom('message_99999999999999999999', 'message_01', 'message_-1'),
    );
    const entry = id.map((own) => ({ id: own, message: user('a'), streaming: true }));
    const broken = fc.constantFrom(
      ...([{ id: 5, message: user('b') }, { message: user('c') }] as unknown as SavedMessage[]),
    );
    const saved = fc.oneof(fc.constant<SavedMessage>(user('d')), entry, broken);
    fc.assert(
      fc.property(fc.array(saved), fc.array(saved), fc.nat(9), (shown, loaded, start) => {
        const first = identify(copySaved(shown), [], start);
        const second = identify(copySaved(loaded), first.entries, first.nextId);
        const all = [...first.entries, ...second.entries];
        expect(new Set([...idsOf(all), `message_${String(second.nextId)}`]).size).toBe(
          all.length + 1,
        );
        expect(all.some(({ streaming }) => streaming)).toBe(false);
      }),
    );
  });

  it.each([null, undefined, 5, 'text', [null], [5], [{ message: null }]])(
    'have nothing to stand on in %j',
    (saved) => {
      expect(() => copySaved(saved as unknown as SavedMessage[])).toThrow(TypeError);
    },
  );
});

describe('a history that ends with calls', () => {
  const call = (id: string) => ({ id, function: { name: 'f', arguments: {} } });
  const result = (id: string): Message => ({
    ...{ role: 'tool', content: `of ${id}`, tool_name: 'f', tool_call_id: id },
  });
  const calls = ['a', 'b', 'c'].map(call);
  const asked: Message = { role: 'assistant', content: 'Wait.', tool_calls: calls };
  const open = (...messages: readonly Message[]) => identify(copySaved(messages), [], 0).entries;
  const read = (entries: readonly ConversationMessage[]) => entries.map(({ message }) => message);

  it('keeps the calls that have results, and the results, without the others', () => {
    expect(read(dropPending(open(user('Hi'), asked, result('b'))))).toEqual([
      ...[user('Hi'), { ...asked, tool_calls: [call('b')] }, result('b')],
    ]);
    expect(read(dropPending(open(user('Hi'), asked)))).toEqual([
      ...[user('Hi'), { role: 'assistant', content: 'Wait.' }],
    ]);
    expect(read(dropPending(open(user('Hi'), { ...asked, content: '' })))).toEqual([user('Hi')]);
  });

  it('takes in a result at the place of its call', () => {
    const history = open(user('Hi'), asked, result('c'), result('a'));
    const added = addResult(history, 'b', 'of b', 'mine');
    expect(read(added)).toEqual([user('Hi'), asked, ...['a', 'b', 'c'].map(result)]);
    expect(idsOf(added)).toEqual(['message_0', 'message_1', 'message_3', 'mine', 'message_2']);
  });

  it('is the same where no call waits', () => {
    const history = open(user('Hi'), asked, ...['a', 'b', 'c'].map(result));
    expect(addResult(history, 'a', 'again', 'mine')).toBe(history);
    expect(dropPending(history)).toBe(history);
  });
});
