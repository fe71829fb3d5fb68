import { TestScheduler } from 'rxjs/testing';
import type { ChatChunk } from '../types/index.js';

/**
 * A chat as the arguments of every marble helper: `cold(...chat)`, `hot(...chat)`,
 * `expectObservable(chat$).toBe(...chat)`, with RxJS's `TestScheduler` and with rxjs-marbles.
 */
export type MarbleChat<C extends ChatChunk = ChatChunk> = readonly [
  marbles: string,
  values: Readonly<Record<string, C>>,
  error: unknown,
];

/** How much time a character of the marbles stands for. */
export interface MarbleOptions {
  /** How many ms of the recording one character is. @defaultValue `1`, as in run mode */
  readonly frame?: number;
}

export function checkFrame(frame: number): void {
  if (frame > 0 && Number.isFinite(frame)) return;
  throw new RangeError(`frame has to be a number of ms above 0, and is ${String(frame)}.`);
}

/** A letter, `|` or `#`, and the frame that it stands at. */
export interface Marble {
  readonly at: number;
  readonly sign: string;
}

// Outside `run` a character is 10 frames, but a time such as 9ms is 9: only here both are ms.
class RunMode extends TestScheduler {
  static override frameTimeFactor = 1;
}

/** What RxJS makes of the marbles in run mode, whoever calls it. Each letter needs a chunk. */
export function readMarbles(
  marbles: string,
  chunks: Readonly<Record<string, ChatChunk>>,
): readonly Marble[] {
  return RunMode.parseMarbles(marbles, undefined, undefined, false, true).map(
    ({ frame, notification }) => {
      if (notification.kind !== 'N')
        return { at: frame, sign: notification.kind === 'C' ? '|' : '#' };
      const sign = String(notification.value);
      if (!Object.hasOwn(chunks, sign)) throw new RangeError(refuse(sign, Object.keys(chunks)));
      return { at: frame, sign };
    },
  );
}

/** A pause of more frames is written as a time. */
const LONGEST_PAUSE = 10;

const writePause = (frames: number): string =>
  frames > LONGEST_PAUSE ? ` ${String(frames)}ms ` : '-'.repeat(Math.max(0, frames));

/** What comes at one time. */
interface Group {
  readonly start: number;
  signs: string;
}

const writeGroup = ({ signs }: Group): string => (signs.length > 1 ? `(${signs})` : signs);

/** The first frame that the group leaves free. */
const endOf = (group: Group | undefined): number =>
  group ? group.start + writeGroup(group).length : 0;

/** Draws marbles for run mode, and the silence after them up to this length. */
export function writeMarbles(marbles: readonly Marble[], length: number): string {
  const groups: Group[] = [];
  for (const { at, sign } of marbles) {
    const group = groups.at(-1);
    if (group && at <= group.start) group.signs += sign;
    else groups.push({ start: Math.max(at, endOf(group)), signs: sign });
  }
  const drawn = groups.map(
    (group, n) => writePause(group.start - endOf(groups[n - 1])) + writeGroup(group),
  );
  return [...drawn, writePause(length - endOf(groups.at(-1)))].join('').trimStart();
}

function refuse(letter: string, known: readonly string[]): string {
  const advice = /\d/.test(letter)
    ? 'A time needs a space before and after it: "a 9ms b".'
    : 'Give it one in the values.';
  return `The letter "${letter}" stands for no chunk; ${known.join(' ')} do. ${advice}`;
}
