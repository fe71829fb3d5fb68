import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { z } from 'zod';
import { isOllamaError } from '../../lib/errors.js';
import { parseJson } from '../../lib/operators/parseJson.js';
import { chunk } from '../../lib/testing/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';

const { answer, done } = chunk;

const schema = z.object({ n: z.number() });

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
});
