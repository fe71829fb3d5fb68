import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY, concatWith, from, throwError, type Observable } from 'rxjs';
import {
  accumulateMessage,
  accumulateResponse,
  answerText,
  thinkingText,
} from '../../lib/index.js';
import type { AssistantMessage, ChatChunk } from '../../lib/types/index.js';
import { delta, final } from '../support/chunks.js';

interface Texts {
  readonly content: string;
  readonly thinking: string;
}

/** The texts that an operator hands out, one after the other, and both as they are at the end. */
interface Result {
  readonly handedOut: readonly string[];
  readonly all: Partial<Texts>;
}

const collect = <T>(source: Observable<T>): T[] => {
  const values: T[] = [];
  source.subscribe({ next: (value) => values.push(value), error: () => undefined });
  return values;
};

const ofSnapshots = (messages: readonly AssistantMessage[]): Result => {
  const { content = '', thinking = '' } = messages.at(-1) ?? {};
  return {
    handedOut: messages.flatMap((message) => [message.content, message.thinking ?? '']),
    all: { content, thinking },
  };
};

const operators: Readonly<Record<string, (chat$: Observable<ChatChunk>) => Result>> = {
  answerText: (chat$) => {
    const handedOut = collect(chat$.pipe(answerText()));
    return { handedOut, all: { content: handedOut.join('') } };
  },
  thinkingText: (chat$) => {
    const handedOut = collect(chat$.pipe(thinkingText()));
    return { handedOut, all: { thinking: handedOut.join('') } };
  },
  accumulateMessage: (chat$) => ofSnapshots(collect(chat$.pipe(accumulateMessage()))),
  accumulateResponse: (chat$) =>
    ofSnapshots(
      collect(chat$.pipe(accumulateResponse())).map(({ message }) => message as AssistantMessage),
    ),
};

const endings: Readonly<Record<string, Observable<ChatChunk>>> = {
  'a final chunk': from([final({})]),
  completion: EMPTY,
  'an error': throwError(() => new Error('from the source')),
};

const [high = '', low = ''] = '😀'.split('');
const text = (...units: readonly string[]) =>
  fc.array(fc.constantFrom(...units), { maxLength: 12 }).map((all) => all.join(''));
const whole = text('a', ' ', '😀', '👩‍👩‍👧', 'é', '漢', '𝔘');
const odd = text('a', high, low, '😀');

/** Deltas of two texts, each cut between any two UTF-16 code units, some of them with both. */
const cut = (of: fc.Arbitrary<string>) =>
  fc
    .record({ content: of, thinking: of, cuts: fc.infiniteStream(fc.nat(3)) })
    .map(({ cuts, ...texts }) => {
      const deltas: Texts[] = [];
      let { content, thinking } = texts;
      while (content || thinking) {
        const [a, b] = [...cuts.take(2)];
        deltas.push({ content: content.slice(0, a), thinking: thinking.slice(0, b) });
        content = content.slice(a);
        thinking = thinking.slice(b);
      }
      return { texts, chunks: deltas.map(delta) };
    });

/** Enough for texts as short as these: there are 24 properties. */
const RUNS = { numRuns: 50 };

describe.each(Object.entries(operators))('%s', (_, run) => {
  describe.each(Object.entries(endings))('before %s', (_, ending) => {
    it('hands out whole characters only, and all of them, wherever the text is cut', () => {
      fc.assert(
        fc.property(cut(whole), ({ texts, chunks }) => {
          const { handedOut, all } = run(from(chunks).pipe(concatWith(ending)));
          expect(handedOut.filter((each) => /\p{Surrogate}/u.test(each))).toEqual([]);
          expect(texts).toMatchObject(all);
        }),
        RUNS,
      );
    });

    it('loses no half that belongs to no character', () => {
      fc.assert(
        fc.property(cut(odd), ({ texts, chunks }) => {
          expect(texts).toMatchObject(run(from(chunks).pipe(concatWith(ending))).all);
        }),
        RUNS,
      );
    });
  });
});
