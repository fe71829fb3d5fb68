import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  assertChunk,
  createBoundaryReader,
  type Boundary,
} from '../../../lib/core/message/boundary.js';
import { chunk } from '../../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../../lib/types/index.js';
import { anyRun, groupByMessage } from '../../support/messages.js';

const { answer, done } = chunk;

type Marked = ChatChunk & ChunkMarks;

const reset = { reset: true } as const;
const restart = { reset: true, restart: true } as const;

const read = (...chunks: readonly Marked[]): Boundary[] => {
  const boundaryOf = createBoundaryReader();
  return chunks.map((chunk) => boundaryOf(chunk));
};

describe('a chunk begins', () => {
  it.each<[Boundary, string, Marked, readonly Marked[]]>([
    ['same', 'nothing: it is the first', answer('a'), []],
    ['same', 'nothing: it is the first, and final', done(), []],
    ['same', 'nothing: it follows a delta', answer('b'), [answer('a')]],
    ['same', 'nothing: it is the final one', done(), [answer('a')]],
    ['next', 'the next message: it follows a final one', answer('b'), [done()]],
    ['next', 'the next message: both are final', done(), [done()]],
    [
      'next',
      'the next message: the attempt before had no chunk',
      { ...answer('b'), ...reset },
      [done()],
    ],
    ['again', 'the message again', { ...answer('b'), ...reset }, [answer('a')]],
    ['again', 'the message again, and is final', { ...done(), ...reset }, [answer('a')]],
    ['again', 'a message, though it is the first', { ...answer('b'), ...reset }, []],
    ['restart', 'the run again, after a final one', { ...answer('b'), ...restart }, [done()]],
    [
      'restart',
      'the run again, in a message',
      { ...answer('b'), ...restart },
      [done(), answer('a')],
    ],
    ['restart', 'the run again, though it is the first', { ...answer('b'), ...restart }, []],
  ])('%s: %s', (boundary, _, chunk, before) => {
    expect(read(...before, chunk).at(-1)).toBe(boundary);
  });
});

describe('a chunk after one that begins a message', () => {
  it.each([reset, restart])('continues it: %p', (marks) => {
    expect(read(answer('a'), { ...answer('b'), ...marks }, answer('c')).at(-1)).toBe('same');
    expect(read(answer('a'), { ...done(), ...marks }, answer('c')).at(-1)).toBe('next');
  });
});

it('a reader reads one subscription, whatever others read', () => {
  const [one, other] = [createBoundaryReader(), createBoundaryReader()];
  one(done());
  expect([other(answer('a')), one(answer('a'))]).toEqual(['same', 'next']);
});

it('a reader finds the messages of any run', () => {
  fc.assert(
    fc.property(anyRun, (chunks) => {
      const boundaryOf = createBoundaryReader();
      let messages: Marked[][] = [];
      for (const chunk of chunks) {
        const boundary = boundaryOf(chunk);
        if (boundary === 'restart') messages = [];
        if (boundary === 'again') messages.pop();
        if (boundary === 'same' && messages.length) messages.at(-1)?.push(chunk);
        else messages.push([chunk]);
      }
      expect(messages).toEqual(groupByMessage(chunks));
    }),
  );
});

describe('assertChunk', () => {
  it.each([
    ['string', 'Hi'],
    ['undefined', undefined],
    ['object', null],
    ['object', { content: 'Hi' }],
    ['object', { message: 'Hi' }],
    ['object', { message: null }],
  ])('refuses a value of type %s that has no message: %j', (type, value) => {
    expect(() => {
      assertChunk(value as object);
    }).toThrow(
      new TypeError(
        `The source emitted a value of type ${type}, and not a chunk with a message. ` +
          'Place this operator before answerText(), map() and others that emit no chunks.',
      ),
    );
  });

  it('lets a chunk pass', () => {
    expect(() => {
      assertChunk(answer('Hi'));
    }).not.toThrow();
  });
});
