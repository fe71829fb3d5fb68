import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createMessage } from '../../../lib/core/message/message.js';
import { chunk } from '../../../lib/testing/index.js';
import type {
  AssistantMessage,
  ChatChunk,
  ChunkMarks,
  ToolCall,
} from '../../../lib/types/index.js';
import { delta, final } from '../../support/chunks.js';
import { measureGrowth } from '../../support/growth.js';

const { answer, done, thinking, toolCall } = chunk;

type Marked = ChatChunk & ChunkMarks;

function sum(...chunks: readonly Marked[]): AssistantMessage {
  const message = createMessage();
  for (const chunk of chunks) message.add(chunk);
  return message.snapshot();
}

const callOf = (name: string, args: unknown): ToolCall => ({
  function: { name, arguments: args as ToolCall['function']['arguments'] },
});

describe('createMessage', () => {
  it('begins with an empty answer and nothing else', () => {
    expect(sum()).toStrictEqual({ role: 'assistant', content: '' });
  });

  it('joins thinking and answer, each by itself', () => {
    const message = sum(
      thinking('h'),
      delta({ thinking: 'm', content: '3' }),
      answer('91'),
      done(),
    );
    expect(message).toStrictEqual({ role: 'assistant', content: '391', thinking: 'hm' });
  });

  it('takes the text of the final chunk too', () => {
    const last = final({ message: { role: 'assistant', content: '!' } });
    expect(sum(answer('Hi'), last).content).toBe('Hi!');
  });

  it('takes a chunk without content for one with none', () => {
    const bare = { ...thinking('hm'), message: { role: 'assistant', thinking: 'hm' } } as ChatChunk;
    expect(sum(bare, answer('Hi'))).toStrictEqual({
      role: 'assistant',
      content: 'Hi',
      thinking: 'hm',
    });
  });

  it('collects calls in order of arrival and never by index', () => {
    const chunks = [
      toolCall('add', { a: 1 }, 'call_k3v9x2pq'),
      delta({ tool_calls: [callOf('add', { a: 1 }), callOf('sub', {})] }),
      toolCall('add', { a: 2 }, 'call_p7m2c8aa'),
    ];
    expect(sum(...chunks).tool_calls).toEqual(
      chunks.flatMap(({ message }) => message.tool_calls ?? []),
    );
  });

  it('has a call whose id comes twice once, and again in the next message', () => {
    const call = toolCall('add', { a: 1 }, 'call_k3v9x2pq');
    const message = createMessage();
    message.add(call);
    const first = message.snapshot();
    message.add(call);
    expect(message.snapshot()).toBe(first);
    message.add(done());
    message.add(call);
    expect(message.snapshot()).toStrictEqual(first);
  });

  it('says what each chunk begins', () => {
    const message = createMessage();
    const chunks: Marked[] = [answer('a'), done(), answer('b'), { ...answer('c'), reset: true }];
    chunks.push({ ...answer('d'), reset: true, restart: true });
    const boundaries = chunks.map((chunk) => message.add(chunk));
    expect(boundaries).toEqual(['same', 'same', 'next', 'again', 'restart']);
  });

  it('is written into an object as its snapshot is', () => {
    const message = createMessage();
    for (const chunk of [thinking('hm'), answer('Hi'), toolCall('add')]) message.add(chunk);
    expect(message.writeTo({ images: ['aGk='] })).toStrictEqual({
      images: ['aGk='],
      ...message.snapshot(),
    });
  });

  it.each([
    ['an empty text', '', {}],
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['JSON as text', '{"a":1}', { a: 1 }],
    ['no JSON', '{"a":', '{"a":'],
  ])('makes arguments an object where it can: %s', (_, given, expected) => {
    const [call] = sum(delta({ tool_calls: [callOf('add', given)] })).tool_calls ?? [];
    expect(call).toEqual(callOf('add', expected));
  });

  it('gives the same object as long as nothing comes to it', () => {
    const message = createMessage();
    message.add(answer('Hi'));
    const snapshot = message.snapshot();
    for (const chunk of [answer(''), thinking(''), delta({ tool_calls: [] }), done()]) {
      message.add(chunk);
      expect(message.snapshot()).toBe(snapshot);
    }
    message.add(answer('!'));
    expect(message.snapshot()).not.toBe(snapshot);
  });

  it('makes the answer so far thinking when a chunk says so', () => {
    const chunks: Marked[] = [thinking('Well. '), answer('Hm'), answer('. ')];
    chunks.push({ ...answer('391'), reclassify: true });
    expect(sum(...chunks)).toStrictEqual({
      role: 'assistant',
      content: '391',
      thinking: 'Well. Hm. ',
    });
  });

  it('starts over when a chunk says so', () => {
    const again: Marked = { ...answer('New'), reset: true };
    const message = sum(thinking('hm'), answer('Old'), toolCall('add'), again);
    expect(message).toStrictEqual({ role: 'assistant', content: 'New' });
  });

  it('starts over when the whole run does', () => {
    const again: Marked = { ...answer('New'), reset: true, restart: true };
    expect(sum(answer('Old'), done(), again)).toStrictEqual({ role: 'assistant', content: 'New' });
  });

  it('is a new one after a final chunk, as in a run of tools', () => {
    const message = createMessage();
    for (const chunk of [thinking('hm'), toolCall('add'), done()]) message.add(chunk);
    const first = message.snapshot();
    message.add(answer('391'));
    expect(message.snapshot()).toStrictEqual({ role: 'assistant', content: '391' });
    expect(first).toMatchObject({ thinking: 'hm', tool_calls: { length: 1 } });
  });

  it('starts over before it takes anything for thinking', () => {
    const again: Marked = { ...answer('New'), reset: true, reclassify: true };
    expect(sum(answer('Old'), again)).toStrictEqual({ role: 'assistant', content: 'New' });
  });

  it('gives an empty message after a chunk that only starts over', () => {
    const message = createMessage();
    message.add(answer('Old'));
    message.snapshot();
    message.add({ ...answer(''), reset: true });
    expect(message.snapshot()).toStrictEqual({ role: 'assistant', content: '' });
  });

  it('joins any text that is cut anywhere, whenever it is looked at', () => {
    const text = fc.record({ content: fc.string(), thinking: fc.string(), look: fc.boolean() });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 600 }), (pieces) => {
        const message = createMessage();
        for (const { look, ...piece } of pieces) {
          message.add(delta(piece));
          if (look) message.snapshot();
        }
        const { content, thinking: thought = '' } = message.snapshot();
        expect(content).toBe(pieces.map((piece) => piece.content).join(''));
        expect(thought).toBe(pieces.map((piece) => piece.thinking).join(''));
      }),
    );
  });

  it('never changes what it gave', () => {
    const message = createMessage();
    const chunks: Marked[] = [answer('a'), thinking('b'), toolCall('c'), toolCall('d')];
    for (let i = 0; i < 100; i++) chunks.push(toolCall('e', { i }));
    chunks.push({ ...answer('e'), reclassify: true }, { ...answer('f'), reset: true });
    const snapshots = chunks.map((chunk) => {
      message.add(chunk);
      const snapshot = message.snapshot();
      return { snapshot, copy: structuredClone(snapshot) };
    });
    expect(snapshots.map(({ snapshot }) => snapshot)).toEqual(snapshots.map(({ copy }) => copy));
  });

  it('works as long for a chunk at the end of a long message as at its start', () => {
    const chunk = delta({ thinking: ' well', content: ' word' });
    const growth = measureGrowth((size) => {
      const message = createMessage();
      for (let i = 0; i < size; i++) {
        message.add(chunk);
        message.snapshot();
      }
    }, 4000);
    expect(growth).toBeLessThan(8);
  });

  it('works as long for the last of many calls as for the first', () => {
    const chunk = toolCall('add', { a: 1 });
    const growth = measureGrowth((size) => {
      const message = createMessage();
      for (let i = 0; i < size; i++) {
        message.add(chunk);
        message.snapshot();
      }
    }, 4000);
    expect(growth).toBeLessThan(8);
  });

  it('takes in as many calls in one chunk as a server sends', () => {
    const tool_calls = Array.from({ length: 200_000 }, () => callOf('add', {}));
    expect(sum(delta({ tool_calls })).tool_calls).toHaveLength(200_000);
  });
});
