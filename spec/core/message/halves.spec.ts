import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createHalfHold,
  createHalfJoiner,
  createTextReader,
  trailingHalf,
} from '../../../lib/core/message/halves.js';
import { chunk } from '../../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../../lib/types/index.js';
import { delta, final, textOf } from '../../support/chunks.js';

const { answer, thinking, toolCall } = chunk;

type Marked = ChatChunk & ChunkMarks;

const [high = '', low = ''] = '😀'.split('');

/** Pieces of any text, among them halves that belong to no character. */
const pieces = fc.array(fc.array(fc.constantFrom('a', high, low, '😀')).map((all) => all.join('')));

describe('the half at the end of a text', () => {
  it.each([
    ['', ''],
    ['a', ''],
    [high, high],
    [low, ''],
    ['😀', ''],
    [`a${high}`, high],
    [`${high}a`, ''],
    ['a\ud800', '\ud800'],
    ['a\udbff', '\udbff'],
    ['a\ud7ff', ''],
    ['a\udc00', ''],
  ])('of %j is %j', (text, half) => {
    expect(trailingHalf(text)).toBe(half);
  });
});

describe('a hold', () => {
  it('gives all text in order, and cuts no character', () => {
    fc.assert(
      fc.property(pieces, (all) => {
        const hold = createHalfHold();
        const given = all.map((piece) => hold.next(piece));
        const rest = hold.flush();
        expect(given.join('') + rest).toBe(all.join(''));
        const cut = given.filter((each, i) => {
          const next = given.slice(i + 1).join('') + rest;
          return trailingHalf(each) && next.startsWith(low);
        });
        expect(cut).toEqual([]);
        expect(rest).toBe(trailingHalf(all.join('')));
        expect(hold.flush()).toBe('');
      }),
    );
  });
});

describe('a joiner of halves', () => {
  const join = (...chunks: readonly Marked[]): Marked[] => {
    const joiner = createHalfJoiner<Marked>();
    return [...chunks.map((each) => joiner.next(each)), ...joiner.flush()];
  };
  const texts = (...chunks: readonly Marked[]) => join(...chunks).map((each) => textOf([each]));

  it('gives the very chunk that has nothing to join', () => {
    const bare = { ...answer(''), message: { role: 'assistant' } } as unknown as ChatChunk;
    const nulls = { ...answer(''), message: { role: 'assistant', content: null } };
    const chunks = [answer('a'), thinking('😀'), toolCall('add'), bare, final({})];
    chunks.push(nulls as unknown as ChatChunk);
    const joined = join(...chunks);
    expect(joined).toHaveLength(chunks.length);
    joined.forEach((each, i) => {
      expect(each).toBe(chunks[i]);
    });
  });

  it('moves a half to the next chunk that has such text, for each text by itself', () => {
    const chunks = [
      delta({ content: `a${high}`, thinking: `b${high}` }),
      toolCall('add'),
      answer(''),
      delta({ content: low }),
      delta({ thinking: `${low}c` }),
    ];
    expect(texts(...chunks)).toEqual([
      { answer: 'a', thinking: 'b' },
      { answer: '', thinking: '' },
      { answer: '', thinking: '' },
      { answer: '😀', thinking: '' },
      { answer: '', thinking: '😀c' },
    ]);
  });

  it('changes nothing else', () => {
    const first = Object.freeze({ ...toolCall('add'), phase: 'tools' as const, shard: 'a' });
    const { message, ...fields } = first;
    const whole: Marked = { ...first, message: { ...message, content: `a${high}` } };
    const [given] = join(Object.freeze(whole));
    expect(given).toMatchObject({ ...fields, message: { ...message, content: 'a' } });
  });

  it('gives everything with the final chunk', () => {
    const last = final({ message: { role: 'assistant', content: `b${high}`, thinking: high } });
    expect(texts(delta({ content: `a${high}`, thinking: high }), last)).toEqual([
      { answer: 'a', thinking: '' },
      { answer: `${high}b${high}`, thinking: high + high },
    ]);
    expect(texts(answer(`a${high}`), final({}), answer(low))).toEqual([
      { answer: 'a', thinking: '' },
      { answer: high, thinking: '' },
      { answer: low, thinking: '' },
    ]);
  });

  it('gives what is held at the end as a delta without marks', () => {
    const marks = { reset: true, restart: true, reclassify: true } as const;
    const logprobs = [{ token: 'a', logprob: -1 }];
    const last: Marked = { ...answer(`a${high}`), ...marks, logprobs, phase: 'answer' };
    expect(join(last).at(-1)).toStrictEqual({
      ...answer(high),
      phase: 'answer',
      message: { role: 'assistant', content: high, thinking: '' },
    });
    expect(join()).toEqual([]);
    expect(join(answer('a'))).toHaveLength(1);
  });

  it.each([{ reset: true }, { reset: true, restart: true }] as const)(
    'drops what belongs to a message that is void: %p',
    (marks) => {
      const again: Marked = { ...delta({ content: low, thinking: low }), ...marks };
      expect(texts(delta({ content: high, thinking: high }), again).at(-1)).toEqual({
        answer: low,
        thinking: low,
      });
    },
  );

  it('moves the half of an answer that turns out to be thinking', () => {
    const moved: Marked = { ...delta({ content: 'b', thinking: 'c' }), reclassify: true };
    expect(textOf(join(answer(`a${high}`), moved))).toEqual({
      answer: 'b',
      thinking: `a${high}c`,
    });
  });
});

describe('a reader of one text', () => {
  const marks = fc.record(
    { reset: fc.constant(true as const), restart: fc.constant(true as const) },
    { requiredKeys: [] },
  );
  const chunks = fc.array(
    fc.record({ text: pieces, other: pieces, done: fc.boolean(), marks }).map((each) => {
      const message = { content: each.text.join(''), thinking: each.other.join('') };
      return { ...(each.done ? final({}) : answer('')), ...delta(message), ...each.marks };
    }),
  );

  it.each(['content', 'thinking'] as const)(
    'gives all of %s in order, in whole characters',
    (field) => {
      fc.assert(
        fc.property(chunks, (all) => {
          const reader = createTextReader(field);
          const given = [...all.flatMap((each) => reader.next(each)), ...reader.flush()];
          expect(given.join('')).toBe(all.map(({ message }) => message[field]).join(''));
          expect(given).not.toContain('');
        }),
      );
    },
  );

  it('gives a half with the final chunk, and with the next message', () => {
    const reader = createTextReader('content');
    const given = [
      answer(`a${high}`),
      final({}),
      answer(high),
      { ...answer(''), reset: true as const },
      answer(low),
    ].map((each) => reader.next(each));
    expect(given).toEqual([['a'], [high], [], [high], [low]]);
  });
});
