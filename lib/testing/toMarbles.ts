import { readRecording, type Recording } from '../core/recording.js';
import type { ChatChunk } from '../types/index.js';
import {
  checkFrame,
  writeMarbles,
  type Marble,
  type MarbleChat,
  type MarbleOptions,
} from './marbles.js';

/** Latin, Latin with accents, Greek and Cyrillic, Chinese: letters that are neither digits nor marks. */
const ALPHABETS = ['az', 'AZ', 'Àԯ', '一鿋'];

/**
 * A recording of `recordChat` as marbles: a real chat to look at, and to play to your pipeline in
 * virtual time.
 *
 * _It's like `replayChat`, but you can see it._
 *
 * ```none
 *  recorded:  {"at":1,"chunk":…}  {"at":3,"chunk":…}  {"at":250,"chunk":…}  {"at":250,"end":"complete"}
 *             toMarbles(recording)
 *  marbles:   '-a-b 246ms (c|)'
 * ```
 *
 * Each chunk has a letter of its own, and equal ones share it. What comes in one frame stands in a group.
 * A pause of more than ten frames is written as a time. An error is `#`; a chat that was left has no end,
 * but lasts as long as it did.
 *
 * Times are rounded to frames. A group takes two characters more than it has letters: what comes while
 * it is written, comes right after it. The smaller the `frame`, the less of that there is.
 *
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { TestScheduler } from 'rxjs/testing';
 * import { collectToolCalls } from 'rxjs-ollama';
 * import { toMarbles } from 'rxjs-ollama/testing';
 *
 * declare const scheduler: TestScheduler;
 * const recorded = toMarbles(readFileSync('chat.ndjson', 'utf8'), { frame: 10 });
 * scheduler.run(({ cold, expectObservable }) => {
 *   expectObservable(cold(...recorded).pipe(collectToolCalls())).toBe('57ms (a|)', { a: [] });
 * });
 * ```
 *
 * @returns the arguments of `cold`, `hot` and `toBe`: marbles for run mode, their chunks, and the error
 * @throws OllamaProtocolError if it is no recording, or not a whole one
 * @throws RangeError if `frame` is no number of ms above 0
 * @see {@link fromMarbles}, `recordChat`
 */
export function toMarbles(recording: Recording, { frame = 1 }: MarbleOptions = {}): MarbleChat {
  checkFrame(frame);
  const values: Record<string, ChatChunk> = {};
  const known = new Map<string, string>();
  const unused = letters();

  const letterOf = (chunk: ChatChunk): string => {
    const key = JSON.stringify(chunk);
    const letter = known.get(key) ?? unused.next().value;
    known.set(key, letter);
    values[letter] = chunk;
    return letter;
  };
  const toFrame = (at: number): number => Math.round(at / frame);

  const marbles: Marble[] = [];
  const entries = readRecording(recording);
  let next = entries.next();
  for (; !next.done; next = entries.next()) {
    const { at, chunk } = next.value;
    marbles.push({ at: toFrame(at), sign: letterOf(chunk) });
  }
  const end = next.value;
  const length = toFrame(end.at);
  if (end.end !== 'left') marbles.push({ at: length, sign: end.end === 'error' ? '#' : '|' });
  return [writeMarbles(marbles, length), values, end.end === 'error' ? end.error : undefined];
}

function* letters(): Generator<string, never> {
  for (const alphabet of ALPHABETS) {
    const [first = 0, last = 0] = Array.from(alphabet, (letter) => letter.charCodeAt(0));
    for (let code = first; code <= last; code++) {
      const letter = String.fromCharCode(code);
      if (/\p{L}/u.test(letter)) yield letter;
    }
  }
  throw new RangeError('The recording has more different chunks than there are letters.');
}
