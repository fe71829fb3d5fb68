import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createBoundaryReader } from '../../../lib/core/message/boundary.js';
import { createCompaction } from '../../../lib/core/ui/compaction.js';
import { chunk } from '../../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../../lib/types/index.js';
import { textOf } from '../../support/chunks.js';
import { measureGrowth } from '../../support/growth.js';

const { answer, done, thinking, toolCall } = chunk;

type Chunk = ChatChunk & ChunkMarks;

const again = (text: string): Chunk => ({ ...answer(text), reset: true });
const restart = (text: string): Chunk => ({ ...answer(text), reset: true, restart: true });

function compact(...chunks: readonly Chunk[]): readonly Chunk[] {
  const compaction = createCompaction<Chunk>();
  for (const each of chunks) compaction.add(each);
  return compaction.chunks();
}

/** Text and calls of each message that is not void. */
function messagesOf(chunks: readonly Chunk[]): unknown[] {
  const boundaryOf = createBoundaryReader();
  const messages: Chunk[][] = [];
  for (const each of chunks) {
    const begins = boundaryOf(each);
    if (begins === 'restart') messages.length = 0;
    if (begins === 'again') messages.pop();
    if (begins !== 'same' || !messages.length) messages.push([]);
    messages.at(-1)?.push(each);
  }
  return messages.map((message) => ({
    ...textOf(message),
    calls: message.flatMap((each) => each.message.tool_calls ?? []),
    final: message.filter((each) => each.done),
    merged: message.reduce((sum, { merged = 1 }) => sum + merged, 0),
  }));
}

describe('createCompaction', () => {
  it('makes one chunk of those that can be merged', () => {
    expect(compact()).toEqual([]);
    expect(compact(thinking('h'), thinking('m'), answer('Hel'), answer('lo'), done())).toEqual([
      { ...thinking('hm'), merged: 2 },
      { ...answer('Hello'), merged: 2 },
      done(),
    ]);
  });

  it('drops what a chunk makes void, and no more', () => {
    const first = [answer('one'), done()];
    expect(compact(...first, answer('two'), again('three'))).toEqual([...first, again('three')]);
    expect(compact(...first, again('two'))).toEqual([...first, again('two')]);
    expect(compact(...first, answer('two'), restart('three'))).toEqual([restart('three')]);
    expect(compact(...first, restart('two'), done(), answer('three'))).toEqual([
      restart('two'),
      done(),
      answer('three'),
    ]);
  });

  it('leaves what it has returned as it was', () => {
    const compaction = createCompaction<Chunk>();
    compaction.add(answer('Hel'));
    compaction.add(answer('lo'));
    const before = compaction.chunks();
    compaction.add(answer('!'));
    expect(before).toEqual([{ ...answer('Hello'), merged: 2 }]);
  });

  it('accumulates to the same messages as all chunks do', () => {
    const text = fc.string({ maxLength: 3 });
    const any = fc.oneof(
      text.map(answer),
      text.map(thinking),
      text.map((name) => toolCall(name)),
      text.map(again),
      text.map(restart),
      text.map((each): Chunk => ({ ...answer(each), reclassify: true })),
      fc.constant(done()),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (chunks) => {
        expect(messagesOf(compact(...chunks))).toEqual(messagesOf(chunks));
      }),
    );
  });

  it('is linear in the chunks, also where none can be merged', () => {
    const [a, t] = [answer('a'), thinking('t')];
    const alternate = (size: number) => {
      const compaction = createCompaction<Chunk>();
      for (let i = 0; i < size; i++) compaction.add(i % 2 ? a : t);
      return compaction.chunks();
    };
    expect(alternate(20_000)).toHaveLength(20_000);
    expect(measureGrowth(alternate, 5_000)).toBeLessThan(10);
  });
});
