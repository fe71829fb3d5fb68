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

/** Options of {@link toMarbles} and {@link toRecording}. */
export interface MarbleOptions {
  /** How many ms of the recording one character is. @defaultValue `1`, as in run mode */
  readonly frame?: number | undefined;
}

export function checkFrame(frame: number): void {
  if (frame > 0 && Number.isFinite(frame)) return;
  throw new RangeError(`frame is ${String(frame)}. Set it to a number of ms above 0.`);
}

/** A letter, `|` or `#`, and its frame. */
export interface Marble {
  readonly at: number;
  readonly sign: string;
}

// Outside `run`, RxJS takes a character for 10 ms, but 9ms for 9 ms. With this factor both are in ms.
class RunMode extends TestScheduler {
  static override frameTimeFactor = 1;
}

/** Reads marbles as RxJS does in run mode, also outside of it. Each letter needs a chunk. */
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

/** A longer pause is written as a time. */
const LONGEST_PAUSE = 10;

const writePause = (frames: number): string =>
  frames > LONGEST_PAUSE ? ` ${String(frames)}ms ` : '-'.repeat(Math.max(0, frames));

/** The signs of one time. */
interface Group {
  readonly start: number;
  signs: string;
}

const writeGroup = ({ signs }: Group): string => (signs.length > 1 ? `(${signs})` : signs);

/** The first frame after the group. */
const endOf = (group: Group | undefined): number =>
  group ? group.start + writeGroup(group).length : 0;

/** Draws marbles for run mode, and then silence up to this length. */
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
