import type { Line } from './engine/played.js';
import { readLetters } from './letters.js';
import { readRows, toInputs, type Row } from './rows.js';

/** All that the playground plays. Links have it. */
export interface Script {
  /** JavaScript that ends with an Observable. */
  readonly code: string;
  /** A line of marbles per row. */
  readonly marbles: string;
  /** What letters stand for, one per line. */
  readonly letters: string;
  /** How many ms a character of the marbles is. */
  readonly frame: number;
  /** When the consumer unsubscribes, in ms. */
  readonly stopAt?: number | undefined;
}

/** What of a script the engine plays. */
export interface Parsed {
  readonly rows: readonly Row[];
  readonly inputs: Readonly<Record<string, readonly Line[]>>;
}

/** @throws SyntaxError, RangeError, or what RxJS throws, with words for the user */
export function parseScript({ marbles, letters, frame }: Omit<Script, 'code'>): Parsed {
  const rows = readRows(marbles, frame);
  return { rows, inputs: toInputs(rows, readLetters(letters)) };
}
