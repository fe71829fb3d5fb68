import { deepStrictEqual } from 'node:assert';
import { describe, expect, it } from '@jest/globals';
import { mergeMap } from 'rxjs';
import { configure } from 'rxjs-marbles/jest';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { OllamaTruncatedError } from '../../lib/errors.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { chunk, marbleAssertion, marbleChat } from '../../lib/testing/index.js';

const withJest = marbleAssertion((actual, expected) => {
  expect(actual).toStrictEqual(expected);
});

/** What this throws. */
function catchError(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Nothing was thrown.');
}

const failOf = (test: (helpers: RunHelpers) => void, assertion = withJest): Error =>
  catchError(() => {
    new TestScheduler(assertion).run(test);
  });

type Chat = Parameters<typeof marbleChat>;

/** What is printed where the first chat came, and the second one was expected. */
const printChats = (actual: Chat, expected: Chat): string =>
  failOf(({ cold, expectObservable }) => {
    expectObservable(cold(...marbleChat(...actual))).toBe(...marbleChat(...expected));
  }).message;

describe('marbles that differ', () => {
  it.each<[string, Chat, Chat, string]>([
    [
      'in a value',
      ['-a-c-(d|)'],
      ['-a-b-(d|)'],
      `The marbles differ at 3 ms.

expected  -a-b-(d|)
actual    -a-c-(d|)
             ^

a  answer "Hel"
b  answer "lo"
c  answer "!"
d  done: stop`,
    ],
    [
      'by a value that is missing',
      ['-a---(d|)'],
      ['-a-b-(d|)'],
      `The marbles differ at 3 ms.

expected  -a-b-(d|)
actual    -a---(d|)
             ^

a  answer "Hel"
b  answer "lo"
d  done: stop`,
    ],
    [
      'by a value too many',
      ['-a-b-x-|'],
      ['-a-b---|'],
      `The marbles differ at 5 ms.

expected  -a-b---|
actual    -a-b-x-|
               ^

a  answer "Hel"
b  answer "lo"
x  call multiply({ a: 17, b: 23 })`,
    ],
    [
      'by one ms',
      ['-t--b-(d|)'],
      ['-t-b-(d|)'],
      `The marbles differ at 3 ms.

expected  -t-b-(d|)
actual    -t--b-   (d|)
             ^

t  thinking "Let me "
b  answer "lo"
d  done: stop`,
    ],
    [
      'by an error in place of the completion',
      ['-a-#'],
      ['-a-|'],
      `The marbles differ at 3 ms.

expected  -a-|
actual    -a-#
             ^

a  answer "Hel"
#  OllamaStreamError: model runner has unexpectedly stopped`,
    ],
    [
      'in the error',
      ['-a-#'],
      ['-a-#', {}, new OllamaTruncatedError('cut')],
      `The marbles differ at 3 ms.

expected  -a-#
actual    -a-#
             ^

a  answer "Hel"
#  expected OllamaTruncatedError: cut
#  actual   OllamaStreamError: model runner has unexpectedly stopped`,
    ],
    [
      'in a group',
      ['--(abl|)'],
      ['--(a|)'],
      `The marbles differ at 2 ms.

expected  --(a|)
actual    --(abl|)
            ^

a  answer "Hel"
b  answer "lo"
l  done: length`,
    ],
    [
      'after a long silence, by some ms',
      ['-a 245ms b 1s (d|)'],
      ['-a 250ms b 1s (d|)'],
      `The marbles differ at 247 ms.

expected  -a 245ms -----b 995ms -----(d|)
actual    -a 245ms b----- 995ms (d|)
                   ^

a  answer "Hel"
b  answer "lo"
d  done: stop`,
    ],
    [
      'by a silence that is a minute longer',
      ['a 2m (e|)'],
      ['a 1m (e|)'],
      `The marbles differ at 60001 ms.

expected  a 60000ms (e|)
actual    a 60000ms  60000ms (e|)
                    ^

a  answer "Hel"
e  an empty chunk`,
    ],
    [
      'in that one does not end',
      ['-a-b-'],
      ['-a-b-|'],
      `The marbles differ at 5 ms.

expected  -a-b-|
actual    -a-b-
               ^

a  answer "Hel"
b  answer "lo"`,
    ],
    [
      'in that one ends too early',
      ['-a-|'],
      ['-a---b-|'],
      `The marbles differ at 3 ms.

expected  -a---b-|
actual    -a-|
             ^

a  answer "Hel"
b  answer "lo"`,
    ],
    [
      'in that nothing was expected',
      ['---a'],
      [''],
      `The marbles differ at 3 ms.

expected  ---
actual    ---a
             ^

a  answer "Hel"`,
    ],
    [
      'in marks, statistics and texts of their own',
      ['-v-w|', { v: { ...chunk.answer('Ahoy\n'), ...{ merged: 2 } }, w: chunk.done() }],
      ['-v-w|', { v: 'Ahoy\n', w: chunk.done({ evalCount: 7 }) }],
      `The marbles differ at 1 ms.

expected  -A-C|
actual    -B-d|
           ^

A  answer "Ahoy\\n"
B  answer "Ahoy\\n", merged: 2
C  { created_at: "2026-01-01T00:00:00Z", done: true, done_reason: "stop", eval_count: 7, eval_duration: 2000000000, load_duration: 800000000, message: { content: "", role: "assistant" }, model: "test", prompt_eval_count: 26, prompt_eval_duration: 500000000, total_duration: 3300000000 }
d  { created_at: "2026-01-01T00:00:00Z", done: true, done_reason: "stop", eval_count: 100, eval_duration: 2000000000, load_duration: 800000000, message: { content: "", role: "assistant" }, model: "test", prompt_eval_count: 26, prompt_eval_duration: 500000000, total_duration: 3300000000 }`,
    ],
  ])('%s', (_, actual, expected, printed) => {
    expect(printChats(actual, expected)).toBe(printed);
  });
});

describe('values that are not chunks', () => {
  it('stand for themselves where they are letters, and have capitals otherwise', () => {
    const { message } = failOf(({ cold, expectObservable }) => {
      expectObservable(cold('a-b-c|', { a: 'a', b: { z: [1n], y: undefined }, c: -0 })).toBe(
        'a-b-c|',
        { a: 'a', b: { y: undefined, z: [1n] }, c: new Map([['k', new Date(5)]]) },
      );
    });
    expect(message).toBe(`The marbles differ at 4 ms.

expected  a-A-B|
actual    a-A-C|
              ^

a  "a"
A  { y: undefined, z: [1n] }
B  Map [["k", Date 5]]
C  -0`);
  });

  it('need no legend where all are letters', () => {
    const { message } = failOf(({ cold, expectObservable }) => {
      expectObservable(cold('a-b|')).toBe('a-c|');
    });
    expect(message).toBe(`The marbles differ at 2 ms.

expected  a-c|
actual    a-b|
            ^`);
  });

  it('are told apart from chunks, as where `toBe` lacks the values', () => {
    const { message } = failOf(({ cold, expectObservable }) => {
      expectObservable(cold(...marbleChat('ab|'))).toBe('ab|');
    });
    expect(message).toBe(`The marbles differ at 0 ms.

expected  ab|
actual    AB|
          ^

a  "a"
A  answer "Hel"
b  "b"
B  answer "lo"`);
  });

  it('are cut in the middle where they are long, and in full where that hides the difference', () => {
    const long = (letter: string) => `${'x'.repeat(80)}${letter}${'y'.repeat(80)}`;
    const print = (expected: string) =>
      failOf(({ cold, expectObservable }) => {
        expectObservable(cold('a|', { a: long('a') })).toBe('a|', { a: expected });
      }).message.split('\n\n')[2];
    const cut = `"${'x'.repeat(49)} … ${'y'.repeat(49)}"`;
    expect(print('Hi')).toBe(`A  "Hi"\nB  ${cut}`);
    expect(print(long('b'))).toBe(`A  "${long('b')}"\nB  "${long('a')}"`);
  });

  it('are listed up to thirty', () => {
    const marbles = Array.from({ length: 35 }, (_, n) => String.fromCharCode(0x430 + n)).join('');
    const values = Object.fromEntries(Array.from(marbles, (letter, n) => [letter, n]));
    const { message } = failOf(({ cold, expectObservable }) => {
      expectObservable(cold(marbles, values)).toBe('');
    });
    expect(message.split('\n').slice(-2)).toEqual(['Ã  29', 'and 5 more values']);
  });

  it('may be cyclic or very deep', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const { message } = failOf(({ cold, expectObservable }) => {
      expectObservable(cold('a|', { a: cycle })).toBe('-|');
    });
    expect(message).toMatch(/^A {2}\{ self: .{90,}$/m);
  });

  it('have different letters where they differ but look the same', () => {
    const { message } = failOf(({ cold, expectObservable }) => {
      const marked = { [Symbol('mark')]: 1 };
      expectObservable(cold('a-b|', { a: {}, b: marked })).toBe('a-a|', { a: {} });
    }, marbleAssertion(deepStrictEqual));
    expect(message).toBe(`The marbles differ at 2 ms.

expected  A-A|
actual    A-B|
            ^

A  {}
B  {}`);
  });
});

describe('marbles of an operator', () => {
  // prettier-ignore
  it('are drawn with what the operator merged and marked', () => {
    const { message } = failOf(({ cold, expectObservable }) => {
      const source = cold(...marbleChat('ab--------(d|)'));
      const expected = '                 9ms h(d|)';
      const result = source.pipe(bufferForUi({ every: 10 }));
      expectObservable(result).toBe(...marbleChat(expected, { h: 'Hello' }));
    });
    expect(message).toBe(`The marbles differ at 9 ms.

expected  ---------A(d|)
actual    ----------(Bd|)
                   ^

A  answer "Hello"
d  done: stop
B  answer "Hello", merged: 2`);
  });

  it('stand in columns also where a group has more characters than it has time', () => {
    const { message } = failOf(({ cold, expectObservable }) => {
      const source = cold('a-b---c|').pipe(mergeMap((letter) => [letter, letter, letter]));
      expectObservable(source).toBe('a-b---c|');
    });
    expect(message).toBe(`The marbles differ at 0 ms.

expected  a-   b--- c    |
actual    (aaa)(bbb)(ccc)|
          ^`);
  });

  it('may have times that are fractions of a ms', () => {
    const { message } = failOf(({ cold, expectObservable }) => {
      expectObservable(cold('a 16.67ms b|')).toBe('a 16.7ms b|');
    });
    expect(message).toBe(`The marbles differ at 17.67 ms.

expected  a 16.67ms  b |
actual    a 16.67ms b |
                    ^`);
  });
});

describe('subscriptions that differ', () => {
  it.each<[string, readonly string[], string | string[], string]>([
    [
      'by one ms',
      ['--^-!'],
      '--^--!',
      `The subscriptions differ at 4 ms.

expected  --^--!
actual    --^-!
              ^`,
    ],
    [
      'in that one was never left',
      ['--^'],
      '--^ 20s !',
      `The subscriptions differ at 9 ms.

expected  --^------ 19994ms !
actual    --^------!
                   ^`,
    ],
    [
      'in that one was left at once',
      ['-(^!)'],
      '-^----!',
      `The subscriptions differ at 1 ms.

expected  -^----!
actual    -(^!)
           ^`,
    ],
    [
      'by one that is missing',
      ['--^-!'],
      ['--^-!', '------^!'],
      `The subscriptions differ at 6 ms.

expected 1  --^-!
actual 1    --^-!
expected 2  ------^!
actual 2    (none)
                  ^`,
    ],
    [
      'in the first of two',
      ['--^-!', '-^------!'],
      ['-^------!', '-^------!'],
      `The subscriptions differ at 1 ms.

expected 1  -^------!
actual 1    -^------!
expected 2  -^------!
actual 2    --^-!
             ^`,
    ],
    [
      'in that none was expected',
      ['^-!'],
      [],
      `The subscriptions differ at 0 ms.

expected  (none)
actual    ^-!
          ^`,
    ],
  ])('%s', (_, actual, expected, printed) => {
    const { message } = failOf(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-c-|');
      for (const subscription of actual) expectObservable(source, subscription);
      expectSubscriptions(source.subscriptions).toBe(expected);
    });
    expect(message).toBe(printed);
  });
});

describe('marbleAssertion', () => {
  it('passes where the assertion passes, with matchers of the test runner too', () => {
    new TestScheduler(withJest).run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(...marbleChat('-a-(d|)'));
      expectObservable(source).toBe('-a-(d|)', { a: chunk.answer('Hel'), d: expect.anything() });
      expectSubscriptions(source.subscriptions).toBe('^--!');
      expectObservable(cold('')).toBe('');
    });
  });

  it('gives the two values that differ first as the cause, compared by the test runner', () => {
    const { cause } = failOf(({ cold, expectObservable }) => {
      expectObservable(cold('a-b-c|')).toBe('a-x-y|');
    });
    expect(cause).toMatchObject({ message: expect.stringMatching(/"x"[^]*"b"/) as unknown });
    expect(cause).toMatchObject({ message: expect.not.stringContaining('frame') as unknown });
  });

  it.each(['a-b|', '-|'])('has no cause where %s has no value to compare', (expected) => {
    const error = failOf(({ cold, expectObservable }) => {
      expectObservable(cold('a-|')).toBe(expected);
    });
    expect(error).not.toHaveProperty('cause');
  });

  it('compares by node:assert, and by what returns false', () => {
    const isEqual = (actual: unknown, expected: unknown) =>
      JSON.stringify(actual) === JSON.stringify(expected);
    for (const assertEqual of [deepStrictEqual, isEqual]) {
      const { message } = failOf(({ cold, expectObservable }) => {
        expectObservable(cold('a|')).toBe('b|');
      }, marbleAssertion(assertEqual));
      expect(message).toContain('expected  b|\nactual    a|\n');
    }
  });

  it('draws for rxjs-marbles, which compares errors by name and message', () => {
    const { marbles } = configure({ assertDeepEqual: withJest, frameworkMatcher: true });
    const test = marbles((m) => {
      const source = m.cold('-a-#', undefined, new RangeError('far'));
      m.expect(source).toBeObservable('-a-#', undefined, new TypeError('wrong'));
    });
    const { message } = catchError(() => {
      test();
    });
    expect(message).toBe(`The marbles differ at 3 ms.

expected  -a-#
actual    -a-#
             ^

#  expected TypeError: wrong
#  actual   RangeError: far`);
  });

  it('describes errors in full where name and message are the same', () => {
    const partial = { role: 'assistant', content: 'Hel' } as const;
    const { message } = failOf(({ cold, expectObservable }) => {
      const expected = new OllamaTruncatedError('cut', { partial });
      expectObservable(cold('#', {}, new OllamaTruncatedError('cut'))).toBe('#', {}, expected);
    }, marbleAssertion(deepStrictEqual));
    expect(message).toMatch(/^# {2}expected OllamaTruncatedError: cut \{ .*Hel/m);
  });

  it('passes on the failure of an assertion on anything else', () => {
    for (const [actual, expected] of [
      [1, 2],
      [[1], [2]],
      [[], 1],
      [[null], [undefined]],
    ]) {
      expect(
        catchError(() => {
          withJest(actual, expected);
        }).message,
      ).toContain('toStrictEqual');
    }
    expect(() => {
      marbleAssertion(() => false)(1, 1);
    }).toThrow('The values differ.');
  });

  it('passes on the failure where it finds no difference', () => {
    const whole = marbleAssertion((actual) => {
      if (Array.isArray(actual)) throw new Error('as a whole');
    });
    expect(
      failOf(({ cold, expectObservable }) => {
        expectObservable(cold('a|')).toBe('a|');
      }, whole).message,
    ).toBe('as a whole');
  });
});
