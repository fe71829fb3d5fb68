import { describe, expect, it } from '@jest/globals';
import { cutChunk, startGroup, type ChunkGroup } from '../../../lib/core/ui/chunkGroup.js';
import { chunk } from '../../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks, Logprob, ToolCall } from '../../../lib/types/index.js';
import { delta } from '../../support/chunks.js';

const { answer, done, thinking, toolCall } = chunk;

type Chunk = ChatChunk & ChunkMarks;

const mixed = delta({ thinking: 'So.', content: 'Yes' });
const empty = delta({});
const logprob = (token: string): Logprob => ({ token, logprob: -0.5 });

/** A group of the chunks, all of which it has to take in. */
function groupOf(first: Chunk, ...others: readonly Chunk[]): ChunkGroup<Chunk> {
  const group = startGroup(first);
  for (const chunk of others) expect(group.add(chunk)).toBe(true);
  return group;
}

describe('startGroup', () => {
  it.each<[string, Chunk]>([
    ['of text', answer('a')],
    ['of text, however merged before', { ...answer('a'), merged: 3 }],
    ['about several things', mixed],
    ['that is the final one', done()],
    ['about nothing', empty],
  ])('gives back a single chunk %s as it is', (_, chunk) => {
    expect(startGroup(chunk).merge()).toBe(chunk);
  });

  it.each<[string, [Chunk, ...Chunk[]], object]>([
    ['an answer', [answer('a'), answer('b'), answer('c')], { content: 'abc' }],
    ['thinking', [thinking('a'), thinking('b')], { content: '', thinking: 'ab' }],
    [
      'calls',
      [toolCall('f'), toolCall('g')],
      {
        content: '',
        tool_calls: ['f', 'g'].map((name) => ({ function: { name, arguments: {} } })),
      },
    ],
    ['nothing', [empty, empty], { content: '' }],
    ['an answer with empty chunks around', [empty, answer('a'), empty], { content: 'a' }],
    ['thinking that an empty chunk leads', [empty, thinking('a')], { content: '', thinking: 'a' }],
  ])('joins %s', (_, [first, ...others], message) => {
    const chunk = groupOf(first, ...others).merge();
    expect(chunk).toEqual({
      ...answer(''),
      message: { role: 'assistant', ...message },
      merged: others.length + 1,
    });
  });

  it.each<[string, Chunk, Chunk]>([
    ['an answer from thinking', thinking('a'), answer('b')],
    ['thinking from an answer', answer('a'), thinking('b')],
    ['calls from text', answer('a'), toolCall('f')],
    ['text from calls', toolCall('f'), answer('a')],
    ['the final chunk from text', answer('a'), done()],
    ['the final chunk from nothing', empty, done()],
    ['what comes after the final chunk', done(), empty],
    ['a chunk about several things from text', answer('a'), mixed],
    ['text from a chunk about several things', mixed, answer('a')],
    ['nothing from a chunk about several things', mixed, empty],
    [
      'text of two phases',
      { ...answer('a'), phase: 'thinking' },
      { ...answer('b'), phase: 'answer' },
    ],
    ['what changes the text before', answer('a'), { ...answer('b'), reclassify: true }],
    ['what starts a message over', answer('a'), { ...answer('b'), reset: true }],
    ['what starts a run over', answer('a'), { ...answer('b'), restart: true }],
  ])('keeps %s apart', (_, first, second) => {
    const group = startGroup(first);
    expect(group.add(second)).toBe(false);
    expect(group.merge()).toBe(first);
  });

  it('keeps the marks of the first chunk, and every other field as it was last', () => {
    const first: Chunk = { ...answer('a'), reset: true, reclassify: true, phase: 'answer' };
    const last: Chunk = { ...answer('b'), created_at: '2026-01-01T00:00:01Z', phase: 'answer' };
    expect(groupOf(first, last).merge()).toEqual({
      ...last,
      message: { role: 'assistant', content: 'ab' },
      reset: true,
      reclassify: true,
      merged: 2,
    });
  });

  it('counts what was merged before', () => {
    const chunk = groupOf({ ...answer('a'), merged: 3 }, answer('b'), {
      ...answer('c'),
      merged: 2,
    });
    expect(chunk.merge().merged).toBe(6);
  });

  it('joins log probabilities, also those that come without text', () => {
    const [a, b, c] = [logprob('a'), logprob('b'), logprob('c')];
    const group = groupOf(
      { ...answer('a'), logprobs: [a] },
      { ...empty, logprobs: [b] },
      { ...answer('bc'), logprobs: [c] },
      answer('d'),
    );
    expect(group.merge().logprobs).toEqual([a, b, c]);
  });

  it('takes no content for an empty one', () => {
    const chunk = toolCall('f');
    const bare = { ...chunk, message: { ...chunk.message, content: null } } as unknown as Chunk;
    expect(groupOf(bare, bare).merge().message.content).toBe('');
  });

  it('joins a chunk with itself', () => {
    const chunk = answer('a');
    expect(groupOf(chunk, chunk).merge().message.content).toBe('aa');
  });

  it.each<[string, unknown]>([
    ['an object', {}],
    ['a number', 5],
    ['true', true],
    ['text', 'ab'],
    ['null', null],
    ['an object with a length', { length: 2 }],
  ])('takes no list for %s, which only a client of your own can send', (_, sent) => {
    const wrong = { ...answer('a'), logprobs: sent } as unknown as Chunk;
    const group = groupOf(wrong, answer('b'), { ...answer('c'), logprobs: [logprob('c')] });
    expect(group.merge()).toMatchObject({ message: { content: 'abc' }, logprobs: [logprob('c')] });
    const calls = { ...toolCall('f'), message: { ...answer('').message, tool_calls: sent } };
    expect(() =>
      groupOf(calls as unknown as Chunk, calls as unknown as Chunk).merge(),
    ).not.toThrow();
  });

  it('leaves the lists that it has given as they were', () => {
    const chunk = { ...toolCall('f'), logprobs: [logprob('f')] };
    const group = groupOf(chunk, chunk);
    const { message, logprobs } = group.merge();
    group.add(chunk);
    expect([message.tool_calls, logprobs].map((list) => list?.length)).toEqual([2, 2]);
  });

  it('joins lists of any length', () => {
    const many = Array.from({ length: 200_000 }, () => logprob('a'));
    const call: ToolCall = { function: { name: 'f', arguments: {} } };
    const chunk = delta({ tool_calls: Array.from({ length: 200_000 }, () => call) });
    const merged = groupOf({ ...chunk, logprobs: many }, { ...chunk, logprobs: many }).merge();
    expect([merged.logprobs, merged.message.tool_calls].map((list) => list?.length)).toEqual([
      400_000, 400_000,
    ]);
  });

  it('says whether its text ends in half of a character', () => {
    const group = groupOf(answer('a\ud83d'), empty);
    expect(group.endsInHalf()).toBe(true);
    group.add(answer('\ude00'));
    expect(group.endsInHalf()).toBe(false);
    expect(startGroup<Chunk>(done()).endsInHalf()).toBe(false);
  });

  it('gives its first chunk', () => {
    const first = answer('a');
    expect(groupOf(first, answer('b')).first).toBe(first);
  });

  it('changes none of the chunks', () => {
    const first = { ...toolCall('f'), logprobs: [logprob('f')] };
    const second = { ...toolCall('g'), logprobs: [logprob('g')] };
    const copies = structuredClone([first, second]);
    groupOf(first, second).merge();
    expect([first, second]).toEqual(copies);
  });

  it('has the text of its chunks', () => {
    const group = groupOf(answer('Hel'), empty);
    expect(group.text()).toBe('Hel');
    group.add(answer('lo'));
    expect(group.text()).toBe('Hello');
  });

  it.each<[string, Chunk]>([
    ['calls', toolCall('f')],
    ['several things', mixed],
    ['nothing', empty],
    ['the end', { ...done(), message: { role: 'assistant', content: 'text' } }],
  ])('has no text if it is about %s', (_, chunk) => {
    expect(startGroup(chunk).text()).toBe('');
  });
});

describe('cutChunk', () => {
  it.each<[string, Chunk, Chunk, Chunk]>([
    ['an answer', answer('abc'), answer('a'), answer('bc')],
    ['thinking', thinking('abc'), thinking('a'), thinking('bc')],
  ])('cuts the text of %s', (_, chunk, start, rest) => {
    expect(cutChunk(chunk, 1)).toEqual([start, { ...rest, merged: 0 }]);
  });

  it('leaves with the first part what belongs to the chunk as a whole', () => {
    const phase = { phase: 'answer' as const };
    const whole: ChunkMarks = { reset: true, restart: true, reclassify: true, merged: 2 };
    const logprobs = [logprob('abc')];
    expect(cutChunk<Chunk>({ ...answer('abc'), ...phase, ...whole, logprobs }, 2)).toEqual([
      { ...answer('ab'), ...phase, ...whole, logprobs },
      { ...answer('c'), ...phase, merged: 0 },
    ]);
  });

  it('counts a chunk of the wire once, where its first part is', () => {
    const [start, rest] = cutChunk<Chunk>(answer('abc'), 1);
    expect([start.merged, rest.merged]).toEqual([undefined, 0]);
  });

  it('leaves a part that can become a group again', () => {
    const [, rest] = cutChunk<Chunk>({ ...answer('ab'), logprobs: [logprob('ab')] }, 1);
    const group = groupOf(rest, { ...answer('cd'), logprobs: [logprob('cd')] });
    const { message, merged, logprobs } = group.merge();
    expect([message.content, merged, logprobs]).toEqual(['bcd', 1, [logprob('cd')]]);
  });
});
