import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { from, of, toArray } from 'rxjs';
import { z } from 'zod';
import { isOllamaError } from '../../lib/errors.js';
import { jsonElements, type JsonElementsOptions } from '../../lib/operators/jsonElements.js';
import { chunk } from '../../lib/testing/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';

const { answer, done } = chunk;

const schema = z.object({ n: z.number() });

/** What is emitted for an answer in these pieces; an error last. */
function read<T>(pieces: readonly string[], options?: JsonElementsOptions<T>): readonly unknown[] {
  const seen: unknown[] = [];
  from([...pieces.map(answer), done()])
    .pipe(jsonElements(options))
    .subscribe({ next: (item) => seen.push(item), error: (error: unknown) => seen.push(error) });
  return seen;
}

describeOperatorContract({
  name: 'jsonElements',
  operator: () => jsonElements(),
  chunks: [
    answer('[{"a":"x'),
    answer('y"},{"'),
    answer('b":[1,2,'),
    answer('3]}'),
    answer(']'),
    done(),
  ],
  emitsLater: true,
});

describe('jsonElements', () => {
  // prettier-ignore
  it('emits each item as soon as it is finished', diagram('jsonElements', (m) => {
    const source = m.cold('  --a---b---c---(d|)', {
      a: answer('[{"n":1}'), b: answer(',{"n":'), c: answer('2}]'), d: done(),
    });
    const expected = '       --x-------y---(|)';
    const subs = '           ^-------------!';
    m.expect(source.pipe(jsonElements({ schema }))).toBeObservable(expected, {
      x: { n: 1 }, y: { n: 2 },
    });
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'jsonElements({ schema })', results: { result: expected } };
  }));

  it('finds the array at a path', () => {
    const pieces = ['{"a":[0],"b":[{"c":[', '1,[2],', '"3"]', '},9]}'];
    expect(read(pieces, { path: ['b', 0, 'c'] })).toEqual([1, [2], '3']);
  });

  it('emits the items of any array in any pieces', () => {
    const pieces = (json: string, length: number) =>
      json.match(new RegExp(`[^]{1,${String(length)}}`, 'gu')) ?? [];
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 9 }), (array, length) => {
        const json = JSON.stringify(array);
        expect(read(pieces(json, length))).toEqual(JSON.parse(json));
      }),
    );
  });

  it.each([
    ['an item that does not fit', ['[{"n":1},{"n":"2"}]'], /^n: /],
    ['an array that is broken', ['[{"n":1},,'], /Unexpected ","/],
    ['an array that does not end', ['[{"n":1},{"n":'], /ends before/],
  ])('fails on %s, after what was finished', (_, pieces, message) => {
    const [first, error, ...rest] = read(pieces, { schema });
    expect(first).toEqual({ n: 1 });
    expect(isOllamaError(error, 'validation') && error.message).toMatch(message);
    expect(rest).toEqual([]);
  });

  it('fails where there is no array at the path', () => {
    const [error] = read(['{"items":[1]}'], { path: ['rows'] });
    expect(isOllamaError(error, 'validation') && error.message).toMatch(/no array at the path/);
    expect(read(['{"items":[]}'], { path: ['items'] })).toEqual([]);
  });

  it('validates in order, also if that takes time', async () => {
    const slow = z.number().transform((n) => Promise.resolve(n * 2));
    const items$ = of(answer('[1,2,3]'), done()).pipe(jsonElements({ schema: slow }), toArray());
    await expect(new Promise((resolve) => items$.subscribe(resolve))).resolves.toEqual([2, 4, 6]);
  });

  it.each([
    ['a schema', schema],
    ['options', { schema }],
  ])('takes %s', (_, options) => {
    const seen: unknown[] = [];
    of(answer('[{"n":1},{"n":"2"}]'), done())
      .pipe(jsonElements<{ n: number }>(options))
      .subscribe({ next: (item) => seen.push(item), error: (error: unknown) => seen.push(error) });
    expect(seen).toMatchObject([{ n: 1 }, { code: 'validation' }]);
  });

  it.each([
    ['{"items":[1,2],"items":[3]}', ['items'], [1, 2]],
    ['{"a":{"items":[1]},"a":{"items":[2]}}', ['a', 'items'], [1]],
  ])(
    'fails where a second array would replace items that were emitted: %s',
    (text, path, items) => {
      expect(read(text.split(''), { path })).toEqual([
        ...items,
        expect.objectContaining({
          code: 'validation',
          message: 'There is a second array at the path',
        }),
      ]);
    },
  );

  it.each([
    ['{"items":[1],"items":5}', [1]],
    ['{"items":[1],"items":null}', [1]],
  ])('fails at the end where something else replaces the array: %s', (text, items) => {
    expect(read(text.split(''), { path: ['items'] })).toEqual([
      ...items,
      expect.objectContaining({ message: 'There is no array at the path' }),
    ]);
  });

  it('agrees with JSON.parse or fails, whatever keys occur twice', () => {
    const array = fc.array(fc.nat(9), { maxLength: 2 }).map((items) => JSON.stringify(items));
    const member = fc
      .tuple(fc.constantFrom('items', 'other'), fc.oneof(array, fc.constantFrom('1', 'null', '{}')))
      .map(([key, value]) => `"${key}":${value}`);
    const text = fc.array(member, { maxLength: 4 }).map((members) => `{${members.join(',')}}`);
    fc.assert(
      fc.property(text, (json) => {
        const seen = read(json.split(''), { path: ['items'] });
        const { items } = JSON.parse(json) as { items?: unknown };
        if (!isOllamaError(seen.at(-1))) expect(seen).toEqual(items);
        else if ((json.match(/"items"/g) ?? []).length < 2)
          expect(Array.isArray(items)).toBe(false);
      }),
    );
  });

  it('takes control characters as they are, and integers that a number can not hold as strings', () => {
    expect(read('["b\n\tc",2512292042121000001]'.match(/[^]{1,3}/g) ?? [])).toEqual([
      'b\n\tc',
      '2512292042121000001',
    ]);
  });

  it('emits nothing of an empty array in prose, and completes', () => {
    expect(read(['Here it is:\n[', ']'])).toEqual([]);
  });

  it('begins again with each message and each attempt', () => {
    const seen: unknown[] = [];
    const reset = { ...answer('[2]'), reset: true as const };
    const reclassified = { ...answer('[3]'), reclassify: true as const };
    of(answer('[1,'), reset, done(), answer('[4,oops'), reclassified, done())
      .pipe(jsonElements())
      .subscribe({ next: (item) => seen.push(item), error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([1, 2, 4, 3]);
  });

  it('emits an item that is an Observable or a promise as it is', () => {
    for (const value of [of(1, 2), Promise.resolve(1)]) {
      const output = {
        '~standard': { version: 1 as const, vendor: 'none', validate: () => ({ value }) },
      };
      const [first, ...rest] = read(['[0]'], { schema: output });
      expect(first).toBe(value);
      expect(rest).toEqual([]);
    }
  });
});
