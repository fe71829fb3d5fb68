import { createRecorder } from '../core/recording.js';
import { checkFrame, readMarbles, type MarbleChat, type MarbleOptions } from './marbles.js';

/**
 * A recording that was never recorded: draw the chat, and play it with `replayChat`.
 *
 * _It's like `recordChat`, but the chat is a picture of one._
 *
 * ```none
 *  marbles:   '-a-b 246ms (c|)'
 *             fromMarbles(marbleChat(marbles))
 *  recording: {"at":1,"chunk":a}  {"at":3,"chunk":b}  {"at":250,"chunk":c}  {"at":250,"end":"complete"}
 * ```
 *
 * It is the way back from {@link toMarbles} with the same `frame`. Marbles without an end are a chat
 * that was left, as long as they are. What stands before `^` came before the subscription, so it is not
 * in the recording.
 *
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { fromMarbles, marbleChat } from 'rxjs-ollama/testing';
 *
 * // Half a second of thinking, then an answer that stops in the middle.
 * writeFileSync('broken.ndjson', fromMarbles(marbleChat('t 500ms u 200ms a-b-#')));
 * ```
 *
 * @param chat what `marbleChat` or `toMarbles` gave
 * @returns the text of the recording
 * @throws RangeError if a letter has no chunk, or `frame` is no number of ms above 0
 * @see {@link marbleChat}, `replayChat`
 */
export function fromMarbles(
  [marbles, values, error]: MarbleChat,
  { frame = 1 }: MarbleOptions = {},
): string {
  checkFrame(frame);
  const recorder = createRecorder({});
  const lines: string[] = [];
  // The sign at the end is only there to tell how long the marbles are.
  const all = readMarbles(`${marbles}|`, values);
  const end = all.findIndex(({ sign }) => sign === '|' || sign === '#');
  for (const [n, marble] of all.slice(0, end + 1).entries()) {
    const at = marble.at * frame;
    const chunk = n < end ? values[marble.sign] : undefined;
    if (chunk) {
      if (at >= 0) lines.push(...recorder.chunk(at, chunk));
    } else if (marble.sign === '#') lines.push(...recorder.error(at, error));
    else lines.push(...(n < all.length - 1 ? recorder.complete(at) : recorder.left(at)));
  }
  return lines.join('');
}
