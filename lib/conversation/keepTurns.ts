import { checkCount } from '../time.js';
import type { Message } from '../types/index.js';

/**
 * Makes a `trim` for {@link createConversation}: the last `turns` turns are sent, and nothing before them.
 *
 * _It's like `takeLast`, but it counts turns instead of messages._
 *
 * A turn begins with a message of the user. It has the answers, calls and results up to the user's next
 * message, so no result is separated from its call. With fewer turns all messages are sent.
 *
 * ```ts
 * import { createConversation, keepTurns } from 'rxjs-ollama';
 *
 * const conversation = createConversation({ model: 'qwen3', trim: keepTurns(10) });
 * ```
 *
 * @param turns a whole number from 1, or `Infinity`
 * @throws RangeError for any other number
 */
export function keepTurns(turns: number): (messages: readonly Message[]) => readonly Message[] {
  checkCount('turns', turns);
  return (messages) => {
    const asked = messages.flatMap(({ role }, place) => (role === 'user' ? [place] : []));
    return messages.slice(asked.at(-turns) ?? 0);
  };
}
