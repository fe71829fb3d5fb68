import { trailingHalf } from '../message/halves.js';
import { createArrivals } from './arrivals.js';
import type { FindEnd } from './segmenter.js';

/** Text that waits, and what is known of it. */
interface WaitingText {
  readonly text: string;
  /** Its last character is half of one. */
  readonly endsInHalf: boolean;
  /** The position at which it starts, counted over all text that ever came. */
  readonly start: number;
  /** More may come to this text, so that its last segment may grow. */
  readonly isOpen: boolean;
  /** How many of its characters are due; `Infinity` without a pace. */
  readonly due: number;
}

/** Says where a text that is still growing may be cut, so that each part is whole segments. */
export interface SegmentHold {
  /** More text has come since `at`, up to the position `end`. */
  add(at: number, end: number): void;
  /** How many characters may be emitted, if the next chance comes at the time `until`. */
  cut(waiting: WaitingText, until: number): number;
  /** When the text at this position will have been held for `maxHold`. */
  deadline(position: number): number;
  /** The text after this position is void. */
  rewind(position: number): void;
}

/** How far to look at first for the end of a segment that is due. */
const REACH = 1_024;
/** From this length on, a text without an end is looked at again only when it is longer by an eighth. */
const LONG = 4_096;

/**
 * An unfinished segment is held back until more text finishes it, and for `maxHold` ms at most. Two
 * things are held without a limit: a segment with a `maxHold` of `Infinity`, and half of a character at
 * the end of the text. Neither is held once the text can't grow any more.
 *
 * An example by word, with a `maxHold` of 250:
 *
 * ```none
 *  text         open   due        cut          why
 *  Hello wor    yes    Infinity   Hello |wor   'wor' may become 'world'
 *  wor          yes    Infinity   |wor         until 250 ms after it came, then wor|
 *  wor          no     Infinity   wor|         a call or the end came: nothing can follow
 *  world and    yes    2          world| and   the end of the segment that the 2nd character is in
 * ```
 *
 * @param findEnd the end of a segment; without it, text may be cut after any character
 */
export function createSegmentHold(findEnd?: FindEnd, maxHold = Infinity): SegmentHold {
  const arrivals = createArrivals();
  let enough = 0;

  const deadline = (position: number): number =>
    (arrivals.list().find(({ end }) => end > position)?.at ?? Infinity) + maxHold;

  /** The end of a segment, at the cost of the segment: the text may be long, and is mostly not looked at. */
  const seek = (find: FindEnd, text: string, due: number): number => {
    if (text.length < enough) return 0;
    let reach = due + REACH;
    let end = find(text.slice(0, reach), due);
    while (end < due && reach < text.length) {
      reach *= 2;
      end = find(text.slice(0, reach), due);
    }
    // A pattern may match half of a character.
    if (trailingHalf(text.slice(0, end))) end++;
    enough = !end && text.length > LONG ? text.length * 1.125 : 0;
    return end;
  };

  return {
    add(at, end) {
      if (findEnd && maxHold < Infinity) arrivals.add(at, end);
    },
    cut({ text, endsInHalf, start, isOpen, due }, until) {
      const whole = isOpen && endsInHalf ? text.length - 1 : text.length;
      if (!findEnd) return whole;
      arrivals.forget(start);
      if (isOpen || whole > due) {
        const end = due > 0 ? Math.min(whole, seek(findEnd, text, due)) : 0;
        const isHeld = isOpen && deadline(start + end) >= until;
        if (end >= due || isHeld) return end;
      }
      enough = 0;
      return whole;
    },
    deadline,
    rewind(position) {
      enough = 0;
      arrivals.rewind(position);
    },
  };
}
