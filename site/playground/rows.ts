import type { Line } from './engine/played.js';
import type { Letters } from './letters.js';

/** A marble of a row, without what it stands for. */
export interface Marble {
  /** In ms. */
  readonly at: number;
  /** A letter, `|` or `#`. */
  readonly sign: string;
}

/** A line of marbles. Several lines of one name are what each subscription to that input gets. */
export interface Row {
  readonly name: string;
  readonly marbles: readonly Marble[];
}

/** The name of rows that have none. */
export const SOURCE = 'source$';
/** A longer pause is written as a time. */
const LONGEST_PAUSE = 12;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/**
 * Reads marbles in which a character is so many ms, and ` 9ms ` is nine: as RxJS does, which is too large for a page
 * before it runs anything.
 *
 * @throws SyntaxError if they are marbles of something else than an input
 */
export function readMarbles(text: string, frame: number): Marble[] {
  const marbles: Marble[] = [];
  let at = 0;
  let group: number | undefined;
  for (let i = 0; i < text.length; i++) {
    const sign = String.fromCodePoint(text.codePointAt(i) ?? 0);
    const [pause, count, unit = ''] =
      /^(\d+(?:\.\d+)?)(ms|s|m)(?:\s|$)/.exec(text.slice(i, i + 20)) ?? [];
    if (/\s/.test(sign)) continue;
    if (pause && /^\s?$/.test(text.charAt(i - 1))) {
      at += Number(count) * (UNITS[unit] ?? 1);
      i += pause.length - 1;
      continue;
    }
    if (sign === '^' || sign === '!') {
      throw new SyntaxError(`An input has no "${sign}". The button Unsubscribe is for that.`);
    }
    if (sign === '(' || sign === ')') {
      if ((sign === '(') !== (group === undefined)) throw new SyntaxError(UNPAIRED);
      group = sign === '(' ? at : undefined;
    } else if (sign !== '-') {
      const ended = marbles.at(-1);
      if (ended && isEnd(ended.sign)) {
        throw new SyntaxError(`Nothing comes after "${ended.sign}", but there is "${sign}".`);
      }
      marbles.push({ at: round(group ?? at), sign });
    }
    at += frame;
    i += sign.length - 1;
  }
  if (group !== undefined) throw new SyntaxError(UNPAIRED);
  return marbles;
}

const UNPAIRED = 'A group of one time begins with "(", ends with ")", and has no group in it.';

/** No digits of binary fractions. */
const round = (ms: number): number => Number(ms.toFixed(3));

/** Draws marbles in which a character is so many ms. What marbles can't say so close comes as soon as they can. */
export function writeMarbles(marbles: readonly Marble[], frame: number): string {
  const sorted = [...marbles].sort((a, b) => a.at - b.at || rank(a) - rank(b));
  let text = '';
  let time = 0;
  for (let i = 0; i < sorted.length;) {
    const { at = 0 } = sorted[i] ?? {};
    const signs: string[] = [];
    // What is due while a group is drawn belongs to it.
    for (; i < sorted.length && (sorted[i]?.at ?? 0) <= Math.max(at, time); i++) {
      signs.push(sorted[i]?.sign ?? '');
    }
    const group = signs.length > 1 ? ['(', ...signs, ')'] : signs;
    text += writePause(round(at - time), frame) + group.join('');
    // A sign of two UTF-16 units is one character.
    time = round(Math.max(at, time) + group.length * frame);
  }
  return text.trim();
}

const rank = ({ sign }: Marble): number => (isEnd(sign) ? 1 : 0);

const isEnd = (sign: string): boolean => sign === '|' || sign === '#';

function writePause(ms: number, frame: number): string {
  if (ms <= 0) return '';
  const count = ms / frame;
  return Number.isInteger(count) && count <= LONGEST_PAUSE
    ? '-'.repeat(count)
    : ` ${String(ms)}ms `;
}

/** Reads `-a-b|`, or `name$: -a-b|`, one row per line. */
export function readRows(text: string, frame: number): Row[] {
  return text
    .split('\n')
    .filter((line) => line.trim())
    .map((line) => {
      const [, name = SOURCE, marbles = ''] =
        /^\s*(?:([A-Za-z_$][\w$]*)\s*:)?(.*)$/.exec(line) ?? [];
      return { name, marbles: readMarbles(marbles, frame) };
    });
}

export function writeRows(rows: readonly Row[], frame: number): string {
  return rows
    .map(({ name, marbles }) => {
      const text = writeMarbles(marbles, frame);
      return name === SOURCE ? text : `${name}: ${text}`;
    })
    .join('\n');
}

/** A row in which one marble has been moved, and where in the row it is now. */
interface Moved {
  readonly row: Row;
  readonly n: number;
}

/** How many steps further a marble may go to find a place. */
const MAX_STEPS = 40;

/** Moves a marble to another time. The end of a row stays behind everything else of it. */
function place({ name, marbles }: Row, n: number, to: number): Moved {
  const moved = marbles[n];
  if (!moved) return { row: { name, marbles }, n };
  const others = marbles.filter((each) => each !== moved);
  const last = marbles.at(-1);
  const end = last && isEnd(last.sign) ? last : undefined;
  const [least, most] =
    moved === end ? [others.at(-1)?.at ?? 0, Infinity] : [0, end?.at ?? Infinity];
  const placed = { ...moved, at: round(Math.min(Math.max(to, least), most)) };
  // Among marbles of one time it stays on the side from which it came.
  const isAhead = ({ at, sign }: Marble): boolean =>
    at > placed.at || (at === placed.at && (isEnd(sign) || placed.at > moved.at));
  const found = moved === end ? -1 : others.findIndex(isAhead);
  const index = found < 0 ? others.length : found;
  return {
    row: { name, marbles: [...others.slice(0, index), placed, ...others.slice(index)] },
    n: index,
  };
}

/** Whether marbles of so many ms can say when all of this happens. */
export function isWritable(marbles: readonly Marble[], frame: number): boolean {
  const read = readMarbles(writeMarbles(marbles, frame), frame);
  return (
    read.length === marbles.length &&
    marbles.every(({ at, sign }, i) => read[i]?.at === at && read[i].sign === sign)
  );
}

/**
 * Moves a marble to another time, or as little further as marbles can write it. Nothing else of the row is moved: a
 * group takes more characters than it has marbles, and would push what follows.
 */
export function moveMarble(row: Row, n: number, to: number, frame: number): Moved {
  const { at = 0 } = row.marbles[n] ?? {};
  const step = to < at ? -frame : frame;
  for (let i = 0; i < MAX_STEPS; i++) {
    const moved = place(row, n, to + i * step);
    if (isWritable(moved.row.marbles, frame)) return moved;
  }
  return { row, n };
}

/**
 * What the engine plays: the lines of each input.
 *
 * @throws RangeError if a letter stands for nothing
 */
export function toInputs(rows: readonly Row[], letters: Letters): Record<string, Line[]> {
  const inputs: Record<string, Line[]> = { [SOURCE]: [] };
  for (const { name, marbles } of rows) (inputs[name] ??= []).push(toLine(name, marbles, letters));
  return inputs;
}

function toLine(name: string, marbles: readonly Marble[], { values, error }: Letters): Line {
  const last = marbles.at(-1);
  const events = marbles
    .filter(({ sign }) => !isEnd(sign))
    .map(({ at, sign }) => {
      // Another input may emit anything.
      if (name === SOURCE && !values.has(sign)) throw new RangeError(refuse(sign));
      return { at, value: values.get(sign) ?? sign };
    });
  if (last?.sign === '|') return { events, end: { at: last.at } };
  return last?.sign === '#' ? { events, end: { at: last.at, error } } : { events };
}

function refuse(letter: string): string {
  const advice = /\d/.test(letter)
    ? 'A time needs a space before and after it: "a 20ms b".'
    : `Give it one under Letters: "${letter}: text".`;
  return `The letter "${letter}" stands for no chunk. ${advice}`;
}
