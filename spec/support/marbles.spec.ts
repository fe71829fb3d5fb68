import { describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import { marbles } from './marbles.js';

describe('marbles', () => {
  // prettier-ignore
  it('runs in virtual time', marbles((m) => {
    const source = m.cold('  -a 1s b|', { a: 1, b: 2 });
    const expected = '       -x 1s y|';
    const subs = '           ^- 1s -!';
    m.expect(source.pipe(map((n) => n * 10))).toBeObservable(expected, { x: 10, y: 20 });
    m.expect(source).toHaveSubscriptions(subs);
  }));

  it.each(['-a|', '--a|'])(
    'passes on the arguments of a table: %s',
    marbles((m, diagram: string) => {
      m.expect(m.cold(diagram)).toBeObservable(diagram);
    }),
  );

  it(
    'takes an expectation of jest for one',
    marbles(() => {
      expect(1).toBe(1);
    }),
  );

  it('turns red when the marbles differ, and draws them', () => {
    const test = marbles((m) => {
      m.expect(m.cold('-a|')).toBeObservable('-b|');
    });
    expect(test).toThrow('expected  -b|\nactual    -a|\n');
  });

  it('turns an async test red, even one that would fail after its first await', () => {
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the mistake itself
    const test = marbles(async (m) => {
      m.expect(m.cold('-a|')).toBeObservable('-a|');
      await Promise.resolve();
      expect(1).toBe(2);
    });
    expect(test).toThrow('A marble test is synchronous');
  });

  it('turns a test without an expectation red', () => {
    const test = marbles((m) => {
      m.cold('-a|').subscribe();
    });
    expect(test).toThrow('expects nothing');
  });

  it('turns a test red whose only expectation names no marbles', () => {
    const test = marbles((m) => {
      m.expect(m.cold('-a|'));
    });
    expect(test).toThrow('expects nothing');
  });
});
