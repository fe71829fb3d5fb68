import { omit } from '../core/omit.js';
import type { SavedMessage } from './messages.js';
import type { WhileBusy } from './actions.js';
import type { ConversationStore } from './store.js';
import { checkTurnOptions, type TurnOptions } from './turn.js';

/** What a conversation needs: fields of the request, of `runTools` and of the client, and these. */
export interface ConversationOptions extends TurnOptions {
  /** The messages to begin with. Messages of a store replace them. */
  readonly history?: readonly SavedMessage[] | undefined;
  /** Where the messages are loaded from when the conversation is made, and saved to after each turn. */
  readonly store?: ConversationStore | undefined;
  /**
   * What happens to a message that is sent during an answer: it waits for its turn, or stops that
   * answer, or is ignored.
   * @defaultValue `'queue'`
   */
  readonly whileBusy?: WhileBusy | undefined;
}

/** The options as they are used: those that stay, and those of each turn. */
export interface ReadOptions {
  readonly history: readonly SavedMessage[];
  readonly store: ConversationStore | undefined;
  readonly whileBusy: WhileBusy;
  /**
   * Reads the options of a turn.
   * @throws RangeError or TypeError for an option that a turn can't work with
   */
  readonly readTurn: () => TurnOptions;
}

/** @throws RangeError or TypeError for options that are an object, and that a turn can't work with */
export function readOptions(
  options: ConversationOptions | (() => ConversationOptions),
): ReadOptions {
  const readNow = (): ConversationOptions =>
    checkObject(typeof options === 'function' ? options() : options);
  const { history = [], store, whileBusy = 'queue', ...turn } = readNow();
  // A function can be called before its options are known. Each turn checks them.
  if (typeof options !== 'function') checkTurnOptions(turn);
  return {
    ...{ history, store, whileBusy },
    readTurn() {
      if (typeof options !== 'function') return turn;
      const current = omit(readNow(), 'history', 'store', 'whileBusy');
      checkTurnOptions(current);
      return current;
    },
  };
}

function checkObject(options: ConversationOptions): ConversationOptions {
  const given: unknown = options;
  if (typeof given === 'object' && given !== null && !('then' in given)) return options;
  throw new TypeError(
    'The options of createConversation are not an object. Pass at least { model }, or a function ' +
      'that returns it, and not a promise of it.',
  );
}
