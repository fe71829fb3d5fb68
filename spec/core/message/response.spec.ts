import { describe, expect, it } from '@jest/globals';
import { createResponse } from '../../../lib/core/message/response.js';
import { chunk } from '../../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks, Logprob } from '../../../lib/types/index.js';
import { delta, final } from '../../support/chunks.js';
import { measureGrowth } from '../../support/growth.js';

const { answer, done, thinking, toolCall } = chunk;

type Marked = ChatChunk & ChunkMarks;

const build = (...chunks: readonly Marked[]): ChatChunk[] => {
  const response = createResponse();
  return chunks.map((chunk) => response.add(chunk));
};

const sum = (...chunks: readonly Marked[]) => build(...chunks).at(-1);

const scored = (...tokens: readonly string[]): { readonly logprobs: readonly Logprob[] } => ({
  logprobs: tokens.map((token) => ({ token, logprob: -token.length })),
});

describe('createResponse', () => {
  it('puts a chat together to what it would have been in one', () => {
    const message = {
      role: 'assistant',
      content: '391',
      thinking: 'hm',
      tool_calls: [{ function: { name: 'add', arguments: {} } }],
    };
    const chunks = [thinking('h'), thinking('m'), answer('39'), answer('1'), toolCall('add')];
    expect(sum(...chunks, done())).toStrictEqual({ ...done(), message });
  });

  it('is not done before the final chunk is', () => {
    const responses = build(answer('Hi'), done());
    expect(responses.map((response) => response.done)).toEqual([false, true]);
    expect(responses[0]).toStrictEqual(answer('Hi'));
  });

  it('keeps the reason and every figure of the final chunk', () => {
    const last = final({ done_reason: 'length', total_duration: 9, eval_count: 2 });
    expect(sum(answer('Hi'), last)).toStrictEqual({ ...last, message: answer('Hi').message });
  });

  it('keeps fields that it knows nothing of, each as it came last', () => {
    const first = { ...answer(''), remote_model: 'qwen3:480b', shard: 'a' };
    const last = { ...done(), shard: 'b' };
    expect(sum(first, last)).toStrictEqual({ ...last, remote_model: 'qwen3:480b' });
  });

  it('keeps such fields of the message too', () => {
    const first = delta({ images: ['aGk='], tool_name: 'draw' });
    const { message } = sum(first, delta({ tool_name: 'paint' })) ?? {};
    expect(message).toStrictEqual({
      role: 'assistant',
      content: '',
      images: ['aGk='],
      tool_name: 'paint',
    });
  });

  it('leaves out thinking and calls when there are none', () => {
    const { message } = sum(delta({ thinking: '', tool_calls: [] })) ?? {};
    expect(message).toStrictEqual({ role: 'assistant', content: '' });
  });

  it('obeys the marks of operators and leaves them out', () => {
    const marked: Marked = { ...answer('391'), phase: 'answer', reclassify: true, merged: 3 };
    const response = sum({ ...answer('Hm'), phase: 'answer' }, marked);
    const message = { role: 'assistant', content: '391', thinking: 'Hm' };
    expect(response).toStrictEqual({ ...answer(''), message });
  });

  it.each([{ reset: true }, { reset: true, restart: true }] as const)(
    'starts over when a chunk says %p',
    (marks) => {
      const old = { ...delta({ content: 'Old', images: ['aGk='] }), shard: 'a', ...scored('Old') };
      expect(sum(old, { ...answer('New'), ...marks })).toStrictEqual(answer('New'));
    },
  );

  it('keeps its prototype, whatever a server sends', () => {
    const text = '{"__proto__":{"done":true},"shard":"a"}';
    const odd = { ...answer('Hi'), ...(JSON.parse(text) as object) };
    const response = build(odd, answer('!')).at(-1);
    expect(response).toStrictEqual({ ...answer('Hi!'), shard: 'a' });
    expect(Object.getPrototypeOf(response)).toBe(Object.prototype);
  });

  it('starts again after a final chunk, as in a run of tools', () => {
    const first = { ...answer('Old'), shard: 'a', ...scored('Old') };
    const responses = build(first, done(), answer('New'));
    expect(responses.at(-1)).toStrictEqual(answer('New'));
    expect(responses.at(-2)).toStrictEqual({ ...first, ...done(), message: first.message });
  });

  it('changes none of the chunks', () => {
    const freeze = (chunk: Marked): Marked => {
      Object.freeze(chunk.message);
      Object.freeze(chunk.logprobs);
      return Object.freeze(chunk);
    };
    const chunks = [{ ...answer('Hi'), ...scored('Hi') }, toolCall('add'), done()].map(freeze);
    expect(() => sum(...chunks)).not.toThrow();
  });

  it('never changes what it gave', () => {
    const response = createResponse();
    const chunks: Marked[] = [{ ...answer('a'), ...scored('a') }, toolCall('b')];
    chunks.push({ ...answer('c'), ...scored('c'), reclassify: true }, { ...done(), reset: true });
    const copies: ChatChunk[] = [];
    const responses = chunks.map((chunk) => {
      const given = response.add(chunk);
      copies.push(structuredClone(given));
      return given;
    });
    expect(responses).toEqual(copies);
  });

  it('lets none of its snapshots reach into another', () => {
    const [first, second] = build(answer('a'), answer('b'));
    Object.assign(first ?? {}, { shard: 'mine' });
    Object.assign(first?.message ?? {}, { content: 'mine' });
    expect(second).toStrictEqual(answer('ab'));
  });
});

describe('log probabilities', () => {
  it('are joined, and stay when a chunk has none', () => {
    const chunks = [answer(''), { ...answer('a'), ...scored('a') }, answer('')];
    const lengths = build(...chunks, { ...done(), ...scored('b', 'c') }).map((response) =>
      response.logprobs?.map(({ token }) => token),
    );
    expect(lengths).toEqual([undefined, ['a'], ['a'], ['a', 'b', 'c']]);
  });

  it('are those of the moment when they are looked at later', () => {
    const response = createResponse();
    const snapshots = ['a', 'b', 'c'].map((token) =>
      response.add({ ...answer(token), ...scored(token) }),
    );
    expect(snapshots[0]?.logprobs).toEqual(scored('a').logprobs);
    expect(snapshots[1]?.logprobs).toEqual(scored('a', 'b').logprobs);
  });

  it('are the same list however often they are looked at', () => {
    const response = sum({ ...answer('a'), ...scored('a') });
    expect(response?.logprobs).toBe(response?.logprobs);
  });

  it.each([{}, 5, true, 'abc', null])('of a wrong kind are left out: %p', (logprobs) => {
    const odd = { ...answer('a'), logprobs } as unknown as Marked;
    expect(sum(odd, { ...answer('b'), ...scored('b') })?.logprobs).toEqual(scored('b').logprobs);
    expect(sum(odd)).not.toHaveProperty('logprobs');
  });

  it('are taken in however many a chunk has', () => {
    const logprobs = Array.from({ length: 200_000 }, () => ({ token: 'a', logprob: -1 }));
    expect(sum({ ...answer('a'), logprobs })?.logprobs).toHaveLength(200_000);
  });

  it('are plain data of the final response, however many there are', () => {
    const many = Array.from({ length: 500 }, (_, i) => ({ ...answer('a'), ...scored(String(i)) }));
    const response = sum(...many, done());
    expect(Object.getOwnPropertyDescriptor(response, 'logprobs')).toMatchObject({
      writable: true,
      value: { length: 500 },
    });
  });

  it('are no field of a response that has none', () => {
    expect(sum({ ...answer('a'), logprobs: [] })).not.toHaveProperty('logprobs');
  });

  it('cost a chunk the same however many there are', () => {
    const chunk = { ...answer(' word'), ...scored(' word') };
    const growth = measureGrowth((size) => {
      const response = createResponse();
      for (let i = 0; i < size; i++) response.add(chunk);
    }, 2000);
    expect(growth).toBeLessThan(8);
  });
});
