import { describeValue } from './describeValue.js';
import { MORE_LETTERS, letters } from './letters.js';
import { READY } from './ready.js';
import { show } from './show.js';

/** Values that are listed at most. */
const MAX_LINES = 30;

/** Letters for the values of marbles, and what they stand for. */
export interface Legend {
  /** The letter of a value, the same for equal ones; `other` sets it apart from one that looks the same. */
  letterOf(value: unknown, other?: boolean): string;
  /** One line per letter, in the order of their first use. */
  lines(): readonly string[];
}

/**
 * The chunks of `marbleChat` have their letters, and a string of one letter stands for itself, as in RxJS.
 * All other values get capital letters.
 */
export function createLegend(): Legend {
  const ready = new Map(Object.entries(READY).map(([letter, chunk]) => [show(chunk), letter]));
  const unused = letters('AZ', ...MORE_LETTERS);
  const letterOfKey = new Map<string, string>();
  const values = new Map<string, unknown>();

  const choose = (value: unknown, key: string): string => {
    const own = typeof value === 'string' && /^\p{L}$/u.test(value) ? value : ready.get(key);
    if (own && !values.has(own)) return own;
    let letter = unused.next().value;
    while (letter && values.has(letter)) letter = unused.next().value;
    return letter ?? '?';
  };

  return {
    letterOf(value, other = false) {
      const key = show(value) + (other ? ' (other)' : '');
      const letter = letterOfKey.get(key) ?? choose(value, key);
      letterOfKey.set(key, letter);
      values.set(letter, value);
      return letter;
    },
    lines() {
      const entries = [...values];
      if (entries.every(([letter, value]) => letter === value)) return [];
      const described = entries.map(([, value]) => describeValue(value));
      const lines = entries.map(([letter, value], n) => {
        const description = described[n] ?? '';
        const isUnique = described.indexOf(description) === described.lastIndexOf(description);
        return `${letter}  ${isUnique ? description : show(value)}`;
      });
      const more = lines.length - MAX_LINES;
      if (more <= 0) return lines;
      return [...lines.slice(0, MAX_LINES), `and ${String(more)} more values`];
    },
  };
}
