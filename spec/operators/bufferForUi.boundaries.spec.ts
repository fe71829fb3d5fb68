import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bufferForUi, type BufferForUiOptions } from '../../lib/operators/bufferForUi.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { marbles } from '../support/marbles.js';
import { runTimed, type Ending, type Timed } from '../support/timed.js';

const { answer, done, thinking, toolCall } = chunk;

type Chunk = ChatChunk & ChunkMarks;

interface Message {
  thinking: string;
  answer: string;
  calls: unknown[];
  /** Without the mark, which may have come from a chunk before it. */
  final: object | undefined;
}

/** The messages that the chunks make, by the rules for marks and nothing else. */
function messagesOf(chunks: readonly Chunk[]): Message[] {
  let messages: Message[] = [];
  for (const chunk of chunks) {
    if (chunk.restart) messages = [];
    else if (chunk.reset && messages.length && !messages.at(-1)?.final) messages.pop();
    let message = messages.at(-1);
    if (!message || message.final) {
      message = { thinking: '', answer: '', calls: [], final: undefined };
      messages.push(message);
    }
    if (chunk.reclassify) {
      message.thinking += message.answer;
      message.answer = '';
    }
    message.thinking += chunk.message.thinking ?? '';
    message.answer += chunk.message.content;
    message.calls.push(...(chunk.message.tool_calls ?? []));
    if (chunk.done) message.final = { ...chunk, restart: undefined };
  }
  return messages;
}

const reset = (chunk: Chunk): Chunk => ({ ...chunk, reset: true });
const restart = (chunk: Chunk): Chunk => ({ ...chunk, reset: true, restart: true });

const optionSets: readonly BufferForUiOptions[] = [
  {},
  { every: 0 },
  { every: 40 },
  { every: Infinity },
  { by: 'word' },
  { by: 'grapheme', every: 0 },
  { by: 'line', maxHold: Infinity },
  { by: 'sentence', maxHold: 0 },
  { pace: { maxLag: 100 } },
  { pace: { maxLag: 100 }, every: 0 },
  { pace: { maxLag: 0 } },
  { pace: { maxLag: Infinity } },
  { pace: { maxLag: Infinity }, every: Infinity },
  { pace: { maxLag: 300 }, by: 'word', every: 5 },
];

const text = fc.constantFrom('Hel', 'lo ', 'wor', 'ld. ', '\n', '\ud83d', '\ude00', '');
const plain: fc.Arbitrary<Chunk> = fc.oneof(
  { weight: 6, arbitrary: text.map(answer) },
  { weight: 3, arbitrary: text.map(thinking) },
  { weight: 1, arbitrary: fc.constantFrom('f', 'g').map((name) => toolCall(name)) },
  {
    weight: 1,
    arbitrary: text.map((content): Chunk => {
      const end = done();
      return { ...end, message: { ...end.message, content } };
    }),
  },
  {
    weight: 1,
    arbitrary: text.map((content): Chunk => ({ ...answer(content), reclassify: true })),
  },
);
const marked = fc
  .tuple(plain, fc.integer({ min: 0, max: 11 }))
  .map(([chunk, n]) => (n === 0 ? restart(chunk) : n < 3 ? reset(chunk) : chunk));
const gap = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 120 }));
const input = fc.array(fc.tuple(gap, marked), { maxLength: 30 }).map((steps) => {
  let at = 0;
  return steps.map(([pause, chunk]): Timed => ({ at: (at += pause), chunk }));
});
const ending: fc.Arbitrary<Ending> = fc.record({
  how: fc.constantFrom('complete', 'error'),
  after: gap,
});
const chunksOf = (timed: readonly Timed[]) => timed.map(({ chunk }) => chunk);

describe('bufferForUi, of messages that are requested again', () => {
  it.each(optionSets)('emits what makes the same messages: %p', (options) => {
    fc.assert(
      fc.property(input, ending, (given, end) => {
        const output = runTimed(given, (scheduler) => bufferForUi({ ...options, scheduler }), end);
        expect(messagesOf(chunksOf(output))).toEqual(messagesOf(chunksOf(given)));
      }),
      { numRuns: 150 },
    );
  });

  const chunks: Readonly<Record<string, Chunk>> = {
    a: answer('a'),
    b: answer('b'),
    T: toolCall('f'),
    d: done(),
    r: reset(answer('r')),
    R: restart(answer('r')),
    s: reset(answer('s')),
    S: restart(answer('s')),
  };

  // prettier-ignore
  it.each<[string, string, string]>([
    ['a finished message stays, and the next one starts over',
      '-aTdr   ', '-----------(aTdr)'],
    ['a finished message stays, and the one after it is void',
      '-adbTr  ', '-----------(adr)'],
    ['of a message that was requested twice again, the last attempt stays',
      '-adbrs  ', '-----------(ads)'],
    ['a restart drops finished messages',
      '-aTdbR  ', '-----------R'],
    ['the mark of a dropped restart moves to the chunk that replaces it',
      '-aRs    ', '-----------S'],
    ['it moves on with each attempt',
      '-aRss   ', '-----------S'],
    ['it stays where it is when a later message starts over',
      '-aRdbs  ', '-----------(Rds)'],
    ['a mark that was emitted does not come twice',
      '-R 12ms s', '-----------R 12ms s'],
  ])('%s', marbles((m, _: string, given: string, expected: string) => {
    const source = m.cold<Chunk>(given, chunks);
    m.expect(source.pipe(bufferForUi({ every: 10 }))).toBeObservable(expected, chunks);
  }));

  it('does not repeat the mark on the rest of a chunk that was cut', () => {
    const given = [{ at: 0, chunk: restart(answer('one two')) }];
    const output = runTimed(given, (scheduler) => bufferForUi({ by: 'word', scheduler }), {
      how: 'complete',
      after: 100,
    });
    expect(chunksOf(output)).toEqual([restart(answer('one ')), { ...answer('two'), merged: 0 }]);
  });

  it('changes no chunk of the source', () => {
    const given = [restart(answer('a')), reset(answer('b'))].map(Object.freeze) as Chunk[];
    const output = runTimed(
      given.map((chunk) => ({ at: 0, chunk })),
      (scheduler) => bufferForUi({ scheduler }),
    );
    expect(chunksOf(output)).toEqual([restart(answer('b'))]);
  });
});
