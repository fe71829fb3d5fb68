import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { calculate, formatNumber } from '../../../examples/terminal/calculate.js';

/** An expression as it is typed, and as JavaScript writes it. */
interface Sample {
  readonly typed: string;
  readonly js: string;
}

type Sign = readonly [typed: string, js: string];

const number = fc
  .oneof(
    fc.integer({ min: 0, max: 999 }),
    fc.integer({ min: 1, max: 9999 }).map((n) => n / 100),
  )
  .map((value) => ({ typed: String(value), js: String(value) }));
const divisor = fc.integer({ min: 1, max: 99 }).map(String);
const exponents: readonly Sign[] = [
  ['0', '0'],
  ['2', '2'],
  ['+2', '2'],
  ['1^9', '1 ** 9'],
  ['2^0', '2 ** 0'],
];

function joined(signs: readonly Sign[], part: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  const gap = fc.constantFrom('', ' ');
  return fc
    .tuple(part, fc.array(fc.tuple(fc.constantFrom(...signs), part, gap), { maxLength: 2 }))
    .map(([first, more]) =>
      more.reduce(
        (left, [[typed, js], right, space]) => ({
          typed: left.typed + space + typed + space + right.typed,
          js: `${left.js} ${js} ${right.js}`,
        }),
        first,
      ),
    );
}

/**
 * Precedence and order are left to JavaScript; only for signs before powers, which it refuses, it is
 * given parentheses. Divisors are not zero and exponents small, so that there always is a result.
 */
function sum(depth: number): fc.Arbitrary<Sample> {
  const operand = depth
    ? fc.oneof(
        number,
        sum(depth - 1).map(({ typed, js }) => ({ typed: `(${typed})`, js: `(${js})` })),
      )
    : number;
  const power = fc.oneof(
    operand,
    fc.tuple(operand, fc.constantFrom(...exponents)).map(([base, [typed, js]]) => ({
      typed: `${base.typed}^${typed}`,
      js: `(${base.js} ** ${js})`,
    })),
  );
  const signed = fc.oneof(
    power,
    power.map(({ typed, js }) => ({ typed: `-${typed}`, js: `(-${js})` })),
  );
  const quotient = fc.tuple(signed, divisor).map(([{ typed, js }, by]) => ({
    typed: `${typed} ÷ ${by}`,
    js: `${js} / ${by}`,
  }));
  const times: readonly Sign[] = [
    ['*', '*'],
    ['×', '*'],
  ];
  const plus: readonly Sign[] = [
    ['+', '+'],
    ['-', '-'],
    ['−', '-'],
  ];
  return joined(plus, joined(times, fc.oneof(signed, quotient)));
}

describe('calculate', () => {
  it.each([
    ['17 × 23', 391],
    ['2 + 3 * 4', 14],
    ['(2 + 3) * 4', 20],
    ['10 - 4 - 3', 3],
    ['100 / 10 / 5', 2],
    ['2^3^2', 512],
    ['2 ** 3 ** 2', 512],
    ['-2^2', -4],
    ['(-2)^2', 4],
    ['2^-2', 0.25],
    ['--5', 5],
    ['3 - -4', 7],
    ['+7', 7],
    ['.5 + 1.', 1.5],
    ['1.5e3 + 1E-1', 1500.1],
    ['12 ÷ 4 − 1', 2],
    ['6 · 7', 42],
    ['5² + 12²', 169],
    ['2¹⁰', 1024],
  ])('works out %s', (expression, value) => {
    expect(calculate(expression)).toBe(value);
  });

  it('agrees with JavaScript on every expression', () => {
    fc.assert(
      fc.property(sum(1), ({ typed, js }) => {
        expect(calculate(typed)).toBe(runInNewContext(js));
      }),
    );
  });

  it.each([
    ['1 / 0', 'division by zero'],
    ['5 ÷ (3 - 3)', 'division by zero'],
    ['0^-1', 'division by zero'],
    ['(-8)^0.5', 'the result is not a real number'],
    ['10^1000', 'the result is too large'],
    ['', 'a number is missing at the end'],
    ['5 +', 'a number is missing at the end'],
    ['5 + * 2', 'a number is missing in place of "*"'],
    ['(2 + 3', '")" is missing at the end'],
    ['(2 3)', '")" is missing in place of "3"'],
    ['2 (3 + 4)', 'an operator is missing in place of "("'],
    ['2 + 3)', 'an operator is missing in place of ")"'],
    ['process.exit(1)', 'a number is missing in place of "p"'],
    ['1.2.3', 'an operator is missing in place of ".3"'],
  ])('says what is wrong with %j', (expression, reason) => {
    expect(() => calculate(expression)).toThrow(new Error(reason));
  });

  it('refuses what would exhaust the stack', () => {
    const expression = '('.repeat(1_000_000);
    expect(() => calculate(expression)).toThrow(new Error('the expression is too long'));
  });
});

describe('formatNumber', () => {
  it.each([
    [0.1 + 0.2, '0.3'],
    [1 / 3, '0.333333333333333'],
    [-4, '-4'],
    [-0, '0'],
    [1e21, '1e+21'],
  ])('shows %d without what floating point has added', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});
