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
});
