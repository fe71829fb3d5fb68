import { readRecording, toJson, type Recording } from '../core/recording.js';
import type { ChatChunk } from '../types/index.js';
import { MORE_LETTERS, letters } from './letters.js';
import {
  checkFrame,
  writeMarbles,
  type Marble,
  type MarbleChat,
  type MarbleOptions,
} from './marbles.js';

/**
 * Draws a recording of `recordChat` as marbles, to read a real chat, and to emit it in virtual time.
 *
 * _It's like `replayChat`, but it returns a drawing._
 *
 * ```none
 *  recorded:  {"at":1,"chunk":…}  {"at":3,"chunk":…}  {"at":250,"chunk":…}  {"at":250,"end":"complete"}
 *             toMarbles(recording)
 *  marbles:   '-a-b 246ms (c|)'
 * ```
 *
 * Each chunk has a letter of its own, and equal chunks share one. Chunks of one frame are a group. A pause of
 * more than ten frames is written as a time. An error is `#`. A chat that was unsubscribed from
 * has no end, and is as long as it lasted.
 *
 * Times are rounded to frames. A group takes two characters more than it has letters. A chunk within that time
 * is drawn right after the group. A smaller `frame` moves fewer chunks.
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
 * @param recording the text of a recording, its bytes, or its lines
 * @returns the arguments of `cold`, `hot` and `toBe`: marbles for run mode, their chunks, and the error
 * @throws OllamaProtocolError if it is not a recording, or not a whole one
 * @throws RangeError if `frame` is not a number of ms above 0
 * @see {@link toRecording}, `recordChat`
 */
export function toMarbles(recording: Recording, options: MarbleOptions = {}): MarbleChat {
  const { frame = 1 } = options;
  checkFrame(frame);
  const values: Record<string, ChatChunk> = {};
  const known = new Map<string, string>();
  const unused = letters('az', 'AZ', ...MORE_LETTERS);

  const letterOf = (chunk: ChatChunk): string => {
    const key = toJson(chunk);
    const letter = known.get(key) ?? unused.next().value;
    if (!letter) {
      throw new RangeError('The recording has more different chunks than there are letters.');
    }
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
