import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  NEVER,
  Observable,
  concat,
  from,
  map,
  of,
  range,
  throwError,
  toArray,
  lastValueFrom,
} from 'rxjs';
import { z } from 'zod';
import { isOllamaError } from '../../lib/errors.js';
import { parseJson, type ParseJsonOptions } from '../../lib/operators/parseJson.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { final } from '../support/chunks.js';
import { chunk } from '../../lib/testing/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';

const { answer, done, thinking } = chunk;

const schema = z.object({ n: z.number() });

/** What is emitted, and what the error is, if there is one. */
function read(
  chunks: readonly ChatChunk[],
  options: Parameters<typeof parseJson>[0] = {},
): readonly unknown[] {
  const seen: unknown[] = [];
  from(chunks)
    .pipe(parseJson(options))
    .subscribe({ next: (value) => seen.push(value), error: (error: unknown) => seen.push(error) });
  return seen;
}

/** A text as chunks of so many characters, and a final one. */
const cut = (text: string, length: number): ChatChunk[] => [
  ...(text.match(new RegExp(`[^]{1,${String(length)}}`, 'g')) ?? []).map((piece) => answer(piece)),
  done(),
];

describeOperatorContract({
  name: 'parseJson',
  operator: () => parseJson(z.unknown()),
  chunks: [answer('{"a":"x'), answer('y"'), answer('}'), done()],
  emitsLater: true,
});

describe('parseJson', () => {
  // prettier-ignore
  it('emits the value once, when the answer is complete', diagram('parseJson', (m) => {
    const source = m.cold('  --a---b---(d|)', {
      a: answer('```json\n{"n":'), b: answer('1}\n```'), d: done(),
    });
    const expected = '       ----------(x|)';
    const subs = '           ^---------!';
    m.expect(source.pipe(parseJson(schema))).toBeObservable(expected, { x: { n: 1 } });
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'parseJson(schema)', results: { result: expected } };
  }));

  it('fails where the value does not fit, and emits nothing', () => {
    const seen: unknown[] = [];
    of(answer('{"n":"one"}'), done())
      .pipe(parseJson(schema))
      .subscribe({
        next: (value) => seen.push(value),
        error: (error: unknown) => seen.push(error),
      });
    expect(seen).toHaveLength(1);
    expect(isOllamaError(seen[0], 'validation') && seen[0].issues[0]?.path).toEqual(['n']);
  });

  it('gives the JSON of the last answer, if there are several', () => {
    const seen: unknown[] = [];
    of(answer('{"n":1}'), done(), answer('{"n":2}'), done())
      .pipe(parseJson(schema))
      .subscribe((value) => seen.push(value));
    expect(seen).toEqual([{ n: 2 }]);
  });

  it.each([
    ['a schema', schema],
    ['options', { schema }],
  ])('takes %s', (_, options) => {
    expect(read(cut('{"n":1}', 3), options)).toEqual([{ n: 1 }]);
    expect(read(cut('{"n":"1"}', 3), options)).toMatchObject([{ code: 'validation' }]);
  });

  it('validates only the last answer, which may be fine where an earlier one is broken', () => {
    expect(
      read(
        [answer('{"n":oops,'), done(), answer('{"n":"1"}'), done(), answer('{"n":2}'), done()],
        schema,
      ),
    ).toEqual([{ n: 2 }]);
    const reset = { ...answer('{"n":3}'), reset: true as const };
    expect(read([answer('{"n":oops,'), reset, done()], schema)).toEqual([{ n: 3 }]);
    const reclassified = { ...answer('{"n":4}'), reclassify: true as const };
    expect(read([answer('{"n":oops,'), reclassified, done()], schema)).toEqual([{ n: 4 }]);
  });

  it.each([
    ['broken', '{"n": oops, "m": 1} and more', 'Unexpected "oops"'],
    ['broken after good JSON began in prose', 'It is {"n": 1,} he said', 'Unexpected "}"'],
    ['unfinished', '{"n": 1', 'The text ends before its JSON does'],
    ['no JSON', 'I would rather not.', 'There is no JSON in the text'],
    ['a value that does not fit', '{"n": "one"} and more', /^n: /],
  ])('fails at the end, with all of the text, however it is cut: %s', (_, text, message) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (length) => {
        expect(read(cut(text, length), schema)).toMatchObject([
          {
            code: 'validation',
            message: typeof message === 'string' ? message : expect.stringMatching(message),
            text,
            partial: { content: text },
          },
        ]);
      }),
    );
  });

  it('passes on an error of the source, also where the JSON is broken', () => {
    const boom = new Error('boom');
    const seen: unknown[] = [];
    concat(
      of(answer('{oops')),
      throwError(() => boom),
    )
      .pipe(parseJson(schema))
      .subscribe({ error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([boom]);
  });

  it('takes control characters in strings as they are', () => {
    expect(read(cut('{"a\n":"b\tc\r\n\u0001"}', 2))).toEqual([{ 'a\n': 'b\tc\r\n\u0001' }]);
  });

  it('gives integers that a number can not hold as strings, which a schema may coerce', () => {
    const chunks = cut('{"id": 2512292042121000001}', 4);
    expect(read(chunks)).toEqual([{ id: '2512292042121000001' }]);
    expect(read(chunks, z.object({ id: z.string() }))).toEqual([{ id: '2512292042121000001' }]);
    expect(read(chunks, z.object({ id: z.coerce.bigint() }))).toEqual([
      { id: 2512292042121000001n },
    ]);
    expect(read(chunks, z.object({ id: z.number() }))).toMatchObject([
      { message: 'id: Invalid input: expected number, received string' },
    ]);
  });

  it.each([
    ['', ''],
    ['white space', ' \n'],
  ])('says that the text is in thinking, if the answer is %s empty', (_, text) => {
    const chunks = [thinking('{"n":'), thinking('1}'), answer(text)];
    const message = "The answer is empty, and the model's text is in `thinking`";
    expect(read([...chunks, done()], schema)).toMatchObject([
      { message, text, partial: { thinking: '{"n":1}' } },
    ]);
    expect(read([...chunks, final({ done_reason: 'length' })], schema)).toMatchObject([
      { message: `${message}: the answer was cut at the length limit.` },
    ]);
    expect(read([thinking('hm'), answer('no'), done()])).toMatchObject([
      { message: 'There is no JSON in the text' },
    ]);
  });

  it('emits a value that is an Observable, a promise or an iterable as it is', async () => {
    for (const value of [of(1, 2), Promise.resolve(1), new ReadableStream(), [1]]) {
      const given = z.unknown().transform(() => ({ value }));
      const output = {
        '~standard': { version: 1 as const, vendor: 'none', validate: () => ({ value }) },
      };
      expect(read(cut('{}', 1), output)[0]).toBe(value);
      const later = {
        '~standard': {
          version: 1 as const,
          vendor: 'none',
          validate: () => Promise.resolve({ value: { value } }),
        },
      };
      const late$ = from(cut('{}', 1)).pipe(parseJson(later), toArray());
      expect(await lastValueFrom(late$)).toEqual([{ value }]);
      expect(read(cut('{}', 1), given)).toEqual([{ value }]);
    }
  });

  describe('with repair', () => {
    const calls: string[] = [];
    const repair = (text: string): string => {
      calls.push(text);
      return text.replace(/,(?=\s*[}\]])/g, '').replace(/'/g, '"');
    };

    it.each([1, 3, 1000])('calls it once with the whole text, in pieces of %i', (length) => {
      calls.length = 0;
      const text = "{'n': 1, 'id': 2512292042121000001,}";
      expect(read(cut(text, length), { repair })).toEqual([{ n: 1, id: '2512292042121000001' }]);
      expect(calls).toEqual([text]);
      expect(read(cut("{'n': '1',}", length), { schema, repair })).toMatchObject([
        { message: expect.stringMatching(/^n: /), text: "{'n': '1',}" },
      ]);
    });

    it('does not call it for JSON, nor for an answer without text', () => {
      calls.length = 0;
      expect(read(cut('Well: {"n":1} there', 3), { schema, repair })).toEqual([{ n: 1 }]);
      expect(read(cut('{"n":"1"}', 3), { schema, repair })).toHaveLength(1);
      expect(read([thinking('{"n":1}'), done()], { repair })).toMatchObject([
        { message: expect.stringContaining('`thinking`') },
      ]);
      expect(read([], { repair })).toEqual([]);
      expect(calls).toEqual([]);
    });

    it.each(['', 'oops', 'Here: {"n":1}', '["a\nb"]', '{"n":1} there'])(
      'parses its result strictly: %j',
      (repaired) => {
        expect(read(cut('{oops', 2), { repair: () => repaired })).toMatchObject([
          { code: 'validation', message: 'The repaired text is not JSON', text: '{oops' },
        ]);
      },
    );

    it('passes on what it throws', () => {
      const boom = new Error('boom');
      const failing: ParseJsonOptions = {
        repair: () => {
          throw boom;
        },
      };
      expect(read(cut('{oops', 2), failing)).toEqual([boom]);
    });
  });

  describe('where white space follows for ever', () => {
    // prettier-ignore
    it('emits, and unsubscribes', diagram('parseJson-maxTrailing', (m) => {
      const source = m.cold('  --a--b--c--d--e---', {
        a: answer('{"n":'), b: answer('1}'), c: answer('\n\n'), d: answer(' \n'), e: answer('\n'),
      });
      const expected = '       -----------(x|)   ';
      const subs = '           ^----------!      ';
      m.expect(source.pipe(parseJson({ schema, maxTrailing: 4 }))).toBeObservable(expected, { x: { n: 1 } });
      m.expect(source).toHaveSubscriptions(subs);
      return { inputs: { source }, call: 'parseJson({ schema, maxTrailing: 4 })', results: { result: expected } };
    }));

    /** How many chunks of one character are taken of a text that is followed by white space for ever. */
    const countTaken = (text: string, options: ParseJsonOptions = {}): number => {
      let taken = 0;
      const endless$ = range(0, 5000).pipe(
        map((index) => {
          taken++;
          return answer(text.charAt(index) || ' ');
        }),
      );
      endless$.pipe(parseJson(options)).subscribe({ error: () => undefined });
      return taken - text.length;
    };

    it('waits for 100 characters, or maxTrailing', () => {
      expect(countTaken('{"n":1}')).toBe(100);
      expect(countTaken('{"n":1}', { maxTrailing: undefined })).toBe(100);
      expect(countTaken('{"n":1}', { maxTrailing: 10 })).toBe(10);
      expect(countTaken('{"n":1}', { maxTrailing: 0 })).toBe(0);
      expect(countTaken('```\n{"n":1}\n```', { maxTrailing: 10 })).toBe(10);
      expect(countTaken('[]         and more', { maxTrailing: 10 })).toBe(10);
      expect(countTaken('{"n":1}', { maxTrailing: Infinity })).toBe(5000 - 7);
    });

    it('waits for the end if the value is not closed, or text follows', () => {
      expect(countTaken('{"n":1', { maxTrailing: 10 })).toBe(5000 - 6);
      expect(countTaken('"', { maxTrailing: 10 })).toBe(5000 - 1);
      const spaces = (n: number) => answer(' '.repeat(n));
      expect(
        read([spaces(20), answer('{"n":1}'), spaces(9), answer('x'), spaces(9), done()], {
          maxTrailing: 10,
        }),
      ).toEqual([{ n: 1 }]);
    });

    it('cancels the source before an asynchronous schema is done', () => {
      let cancelled = 0;
      const source$ = new Observable<ChatChunk>((subscriber) => {
        subscriber.next(answer('{}'));
        return () => cancelled++;
      });
      const never = z.unknown().refine(() => new Promise(() => undefined));
      concat(source$, NEVER)
        .pipe(parseJson({ schema: never, maxTrailing: 0 }))
        .subscribe();
      expect(cancelled).toBe(1);
    });

    it.each([NaN, -1])('refuses a maxTrailing of %d when it is called', (maxTrailing) => {
      expect(() => parseJson({ maxTrailing })).toThrow(
        new RangeError(
          `maxTrailing is ${String(maxTrailing)}. Set it to a number of characters from 0 to Infinity.`,
        ),
      );
    });
  });
});
