import { createRecorder } from '../core/recording.js';
import { checkFrame, readMarbles, type MarbleChat, type MarbleOptions } from './marbles.js';

/**
 * Makes a recording of marbles, so that `replayChat` can emit a chat that was drawn.
 *
 * _It's like `recordChat`, but its source is a drawing._
 *
 * ```none
 *  marbles:   '-a-b 246ms (c|)'
 *             toRecording(marbleChat(marbles))
 *  recording: {"at":1,"chunk":a}  {"at":3,"chunk":b}  {"at":250,"chunk":c}  {"at":250,"end":"complete"}
 * ```
 *
 * With the same `frame` it is the inverse of {@link toMarbles}. Marbles without an end are a chat that was
 * unsubscribed from after their length. Chunks before `^` came before the subscription, so they are not in the
 * recording.
 *
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { marbleChat, toRecording } from 'rxjs-ollama/testing';
 *
 * // Half a second of thinking, then an answer that breaks off.
 * writeFileSync('broken.ndjson', toRecording(marbleChat('t 500ms u 200ms a-b-#')));
 * ```
 *
 * @param chat what `marbleChat` or `toMarbles` returned
 * @returns the text of the recording
 * @throws RangeError if a letter has no chunk, or `frame` is not a number of ms above 0
 * @see {@link marbleChat}, `replayChat`
 */
export function toRecording(chat: MarbleChat, options: MarbleOptions = {}): string {
  const [marbles, values, error] = chat;
  const { frame = 1 } = options;
  checkFrame(frame);
  const recorder = createRecorder({});
  const lines: string[] = [];
  // The time of the added sign is the length of the marbles.
  const all = readMarbles(`${marbles}|`, values);
  const end = all.findIndex(({ sign }) => sign === '|' || sign === '#');
  for (const [n, marble] of all.slice(0, end + 1).entries()) {
    const at = marble.at * frame;
    const chunk = n < end ? values[marble.sign] : undefined;
    if (chunk) {
      if (at >= 0) for (const line of recorder.chunk(at, chunk)) lines.push(line);
    } else if (marble.sign === '#') lines.push(...recorder.error(at, error));
    else lines.push(...(n < all.length - 1 ? recorder.complete(at) : recorder.left(at)));
  }
  return lines.join('');
}
