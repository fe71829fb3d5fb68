import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  VirtualTimeScheduler,
  concat,
  firstValueFrom,
  from,
  lastValueFrom,
  of,
  throwError,
  toArray,
} from 'rxjs';
import { z } from 'zod';
import { isOllamaError } from '../../lib/errors.js';
import { partialJson, type PartialJson } from '../../lib/operators/partialJson.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { final } from '../support/chunks.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';

const { answer, done, thinking } = chunk;

const person = z.object({ name: z.string(), age: z.number() });

/** All that comes of an answer in these pieces. */
function read(pieces: readonly string[]): readonly PartialJson<unknown>[] {
  const seen: PartialJson<unknown>[] = [];
  from([...pieces.map(answer), done()])
    .pipe(partialJson())
    .subscribe((partial) => seen.push(partial));
  return seen;
}

/** What the operator fails with. */
function failWith(
  chunks: readonly ChatChunk[],
  operator = partialJson<{ name: string; age: number }>({ schema: person }),
): unknown {
  let failure: unknown;
  from(chunks)
    .pipe(operator)
    .subscribe({ error: (error: unknown) => (failure = error) });
  return failure;
}

const chunks = [
  answer('{"a":"x'),
  answer('y","b'),
  answer('":[1,2,'),
  answer('3]'),
  answer('}'),
  done(),
];

describeOperatorContract({ name: 'partialJson', operator: () => partialJson(), chunks });
describeOperatorContract({
  name: 'partialJson with every',
  operator: (scheduler) => partialJson({ every: 10, scheduler }),
  chunks,
  emitsLater: true,
});

describe('partialJson', () => {
  // prettier-ignore
  it('emits the value so far, and whether it is complete', diagram('partialJson', (m) => {
    const source = m.cold('  --a---b---c---(d|)', {
      a: answer('{"name":"Ad'), b: answer('a","age":3'), c: answer('6}'), d: done(),
    });
    const expected = '       --x---y---z---(|)';
    const subs = '           ^-------------!';
    m.expect(source.pipe(partialJson({ schema: person }))).toBeObservable(expected, {
      x: { value: { name: 'Ad' }, done: false },
      y: { value: { name: 'Ada' }, done: false },
      z: { value: { name: 'Ada', age: 36 }, done: true },
    });
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'partialJson({ schema })', results: { result: expected } };
  }));

  // prettier-ignore
  it('emits at most once per 40 ms, and loses nothing', diagram('partialJson-every', (m) => {
    const source = m.cold('  abc------d-----(e|)', {
      a: answer('["a'), b: answer('b'), c: answer('c'), d: answer('d"]'), e: done(),
    });
    const expected = '       ----x--------y-(|)';
    const subs = '           ^--------------!';
    m.expect(source.pipe(partialJson({ every: 40 }))).toBeObservable(expected, {
      x: { value: ['abc'], done: false },
      y: { value: ['abcd'], done: true },
    });
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'partialJson({ every: 40 })', results: { result: expected } };
  }));

  it('never looks at thinking, and skips fences and prose', () => {
    const seen: unknown[] = [];
    of(thinking('{"no":1}'), answer('Here you are:\n```json\n{"yes": 1}\n```\nBye {}'), done())
      .pipe(partialJson())
      .subscribe((partial) => seen.push(partial));
    expect(seen).toEqual([{ value: { yes: 1 }, done: true }]);
  });

  it('equals JSON.parse at the end, for any JSON in any pieces', () => {
    fc.assert(
      fc.property(fc.json(), fc.array(fc.integer({ min: 1, max: 6 })), (json, lengths) => {
        const pieces: string[] = [];
        let rest = json;
        for (const length of lengths) {
          pieces.push(rest.slice(0, length));
          rest = rest.slice(length);
        }
        const seen = read([...pieces, rest]);
        expect(seen.at(-1)).toEqual({ value: JSON.parse(json) as unknown, done: true });
        expect(seen.filter((partial) => partial.done)).toHaveLength(1);
      }),
    );
  });

  it('keeps finished members as the very objects that they were', () => {
    const seen = read(['{"a":{"b":1},', '"c":[', '{"d":2},', '3]}']);
    const values = seen.map(({ value }) => value as { a: object; c?: readonly object[] });
    expect(values.length).toBeGreaterThan(2);
    for (const value of values) expect(value.a).toBe(values[0]?.a);
    expect(values.at(-1)?.c?.[0]).toBe(values.at(-2)?.c?.[0]);
    expect(values.at(-1)).not.toBe(values.at(-2));
  });

  it('gives what the schema makes of the complete value, also if that takes time', async () => {
    const slow = z.object({ n: z.number() }).transform(({ n }) => Promise.resolve(n + 1));
    const json$ = of(answer('{"n":1}'), done()).pipe(partialJson({ schema: slow }));
    await expect(lastValueFrom(json$)).resolves.toEqual({ value: 2, done: true });
  });

  describe('fails with the text, the issues and the message so far', () => {
    it.each([
      ['a value that does not fit', '{"name":"Ada","age":"old"}', /^age: /],
      ['broken JSON', '{"name":"Ada",,', /^Unexpected ","$/],
      ['unfinished JSON', '{"name":"Ada"', /^The text ends before its JSON does$/],
      ['no JSON at all', 'I would rather not.', /^There is no JSON in the text$/],
      ['no text', '', /^There is no JSON in the text$/],
    ])('on %s', (_, text, message) => {
      const error = failWith([answer(text), done()]);
      expect(isOllamaError(error, 'validation')).toBe(true);
      expect(error).toMatchObject({
        message: expect.stringMatching(message),
        text,
        issues: [{ message: expect.any(String) }],
        partial: { role: 'assistant', content: text },
      });
    });

    it('and says so where the length limit cut it', () => {
      expect(failWith([answer('{"name":'), final({ done_reason: 'length' })])).toMatchObject({
        message: expect.stringContaining('length limit'),
        text: '{"name":',
      });
    });

    it('and says no such thing of the answer after one that was cut', () => {
      const cut = [answer('{"name":"Ada","age":36}'), final({ done_reason: 'length' })];
      expect(failWith([...cut, answer('{,')])).toHaveProperty('message', 'Unexpected ","');
    });
  });

  it('lets an error of the source through, whatever has come of the JSON', () => {
    const boom = new Error('boom');
    const source = concat(
      of(answer('{"name"')),
      throwError(() => boom),
    );
    let failure: unknown;
    source.pipe(partialJson()).subscribe({ error: (error: unknown) => (failure = error) });
    expect(failure).toBe(boom);
  });

  it.each([
    ['a repeated request', { ...answer('{"b":2}'), reset: true as const }],
    ['an answer that was thinking', { ...answer('{"b":2}'), reclassify: true as const }],
  ])('begins a new value with %s', async (_, second) => {
    const json$ = of(answer('{"a":1,'), second, done()).pipe(partialJson());
    await expect(lastValueFrom(json$)).resolves.toEqual({ value: { b: 2 }, done: true });
  });

  it('begins a new value after a final chunk, as in a run of tools', async () => {
    const json$ = of(answer('Let me see.'), done(), answer('{"b":2}'), done()).pipe(partialJson());
    await expect(firstValueFrom(json$.pipe(toArray()))).resolves.toEqual([
      { value: { b: 2 }, done: true },
    ]);
  });

  it('begins again with each message and each attempt, also after broken JSON of thinking', () => {
    const restart = { ...answer('{"c":3}'), reset: true as const, restart: true as const };
    const seen: unknown[] = [];
    of(answer('{"a":1}'), done(), answer('{"b":2}'), restart, done())
      .pipe(partialJson())
      .subscribe((partial) => seen.push(partial.value));
    expect(seen).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
  });

  it.each([
    ['a schema', person],
    ['options', { schema: person }],
  ])('takes %s', (_, options) => {
    const chunks = [answer('{"name":"Ada","age":"old"}'), done()];
    expect(failWith(chunks, partialJson(options))).toHaveProperty(
      'message',
      expect.stringMatching(/^age: /),
    );
  });

  it('fails where the JSON is broken', () => {
    const chunks = [answer('{"a":1, oops'), answer(' and more'), done()];
    expect(failWith(chunks)).toMatchObject({ text: '{"a":1, oops' });
  });

  it('says that the text is in thinking, if the answer is empty', () => {
    expect(failWith([thinking('{"name":"Ada"}'), done()])).toMatchObject({
      message: "The answer is empty, and the model's text is in `thinking`",
      partial: { thinking: '{"name":"Ada"}' },
    });
  });

  it('takes control characters as they are, and integers that a number can not hold as strings', () => {
    const text = '{"a":"b\n\tc","id":2512292042121000001,"ids":[-2512292042121000001]}';
    const pieces = text.match(/[^]{1,3}/g) ?? [];
    expect(read(pieces).at(-1)).toEqual({
      value: { a: 'b\n\tc', id: '2512292042121000001', ids: ['-2512292042121000001'] },
      done: true,
    });
  });

  it.each([
    ['Here it is:\n[]', []],
    ['It is {}.', {}],
  ])('shows an empty value in prose at the end: %j', (text, value) => {
    expect(read(text.split(''))).toEqual([{ value, done: true }]);
  });

  it('emits a value that is an Observable or a promise as it is', () => {
    for (const value of [of(1, 2), Promise.resolve(1)]) {
      const schema = {
        '~standard': { version: 1 as const, vendor: 'none', validate: () => ({ value }) },
      };
      const seen: unknown[] = [];
      of(answer('[]'), done())
        .pipe(partialJson({ schema }))
        .subscribe((partial) => seen.push(partial.value));
      expect(seen[0]).toBe(value);
      expect(seen).toHaveLength(1);
    }
  });

  it('emits at each chunk with an `every` of 0, without a timer', () => {
    const scheduler = new VirtualTimeScheduler();
    const seen: unknown[] = [];
    of(answer('["a'), answer('b'), answer('"]'), done())
      .pipe(partialJson({ every: 0, scheduler }))
      .subscribe((partial) => seen.push(partial.value));
    expect(seen).toEqual([['a'], ['ab'], ['ab']]);
    expect(scheduler.actions).toEqual([]);
  });

  it.each([NaN, -1])('refuses an `every` of %d when it is called', (every) => {
    expect(() => partialJson({ every })).toThrow(RangeError);
  });
});
