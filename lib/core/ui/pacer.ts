import { createArrivals } from './arrivals.js';

/** Says how much text is due, so that it appears evenly, as if it were typed. */
export interface Pacer {
  /** More text has come since `at`, up to the position `end`. */
  add(at: number, end: number): void;
  /**
   * Up to which position text is due at this emission. Positions count the characters of all text that
   * ever came; a fraction is a part of a character.
   *
   * @param shown the position up to which text was emitted
   * @param step the time until the next emission
   */
  advance(shown: number, now: number, step: number): number;
  /** The text after this position is void. */
  rewind(position: number): void;
}

/**
 * Each character is due at most `maxLag` ms after it came. Text that came together is spread over the
 * emissions that remain until then. Where later text needs a higher rate, that rate counts.
 *
 * An example: `maxLag` is 50, there is an emission every 10 ms, 'abcdefgh' came at 0, and 'ijklmnop'
 * came at 20.
 *
 * ```none
 *  now   for 'h', which is late at 50     for 'p', which is late at 70      due
 *   10   8 in 4 emissions: 2                                                ab
 *   20   6 in 3 emissions: 2                                                abcd
 *   30   4 in 2 emissions: 2              12 in 4 emissions: 3              abcdefg
 *   40   1 in 1 emission: 1               9 in 3 emissions: 3               abcdefghij
 * ```
 *
 * A `maxLag` of 0 makes all text due at once. With `Infinity` one character is due per emission.
 */
export function createPacer(maxLag: number): Pacer {
  const arrivals = createArrivals();
  let due = 0;

  return {
    add(at, end) {
      arrivals.add(at, end);
    },
    advance(shown, now, step) {
      if (maxLag === Infinity) return shown + 1;
      let most = 0;
      for (const { at, end } of arrivals.list()) {
        const emissions = Math.max(1, (at + maxLag - now) / step);
        most = Math.max(most, (end - due) / emissions);
      }
      due += most;
      arrivals.forget(due);
      return due;
    },
    rewind(position) {
      due = Math.min(due, position);
      arrivals.rewind(position);
    },
  };
}
