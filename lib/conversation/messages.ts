import { findSuspended, type SuspendedCall } from '../tools/decisions.js';
import { isSendable, toResult } from '../tools/step.js';
import type { AssistantMessage, Message } from '../types/index.js';
import { copyMessage } from './images.js';
import type { CallActivity, ConversationMessage } from './state.js';

/** A message of a store or a history: plain, or as a state has it. */
export type SavedMessage = Message | ConversationMessage;

/** A message with what is beside it, frozen. */
export function toEntry(
  message: Message,
  id: string,
  fields: Partial<ConversationMessage> = {},
): ConversationMessage {
  return Object.freeze({ streaming: false, ...fields, id, message: Object.freeze(message) });
}

/** The id with this number. */
export const toId = (n: number): string => `message_${String(n)}`;

/** What a request or a store gets of a history. */
export const toMessages = (history: readonly ConversationMessage[]): readonly Message[] =>
  history.map(({ message }) => message);

/** A message that may have no id yet. */
export type LoadedMessage = Partial<ConversationMessage> & Pick<ConversationMessage, 'message'>;

/**
 * Copies what a store or the caller has.
 *
 * @throws TypeError if these are no messages
 */
export function copySaved(saved: readonly SavedMessage[]): readonly LoadedMessage[] {
  return saved.map((one) => {
    if (!('message' in one)) return { message: copyMessage(one) };
    const { id, message, ...fields } = one;
    // JSON of another program may have any id.
    return { ...fields, message: copyMessage(message), ...(typeof id === 'string' && { id }) };
  });
}

/**
 * Gives an id to each message that has none, or one that another message has.
 *
 * @param shown the messages that have ids already
 * @param nextId the number of the next id
 */
export function identify(
  loaded: readonly LoadedMessage[],
  shown: readonly ConversationMessage[],
  nextId: number,
): { readonly entries: readonly ConversationMessage[]; readonly nextId: number } {
  const ids = new Set(shown.map(({ id }) => id));
  let next = loaded.reduce((least, { id }) => Math.max(least, readNumber(id) + 1), nextId);
  const entries = loaded.map(({ id, message, ...fields }) => {
    const own = id === undefined || ids.has(id) ? toId(next++) : id;
    ids.add(own);
    return toEntry(message, own, { ...fields, streaming: false });
  });
  return { entries, nextId: next };
}

/** The number of an id that `toId` made, otherwise -1. */
function readNumber(id = ''): number {
  return Number(/^message_(\d{1,15})$/.exec(id)?.[1] ?? -1);
}

/** A history that ends with calls of which not all have a result. */
interface SuspendedHistory {
  readonly before: readonly ConversationMessage[];
  /** The message with the calls. */
  readonly entry: ConversationMessage;
  readonly results: readonly ConversationMessage[];
  readonly calls: readonly SuspendedCall[];
}

function readSuspended(history: readonly ConversationMessage[]): SuspendedHistory | undefined {
  const turn = findSuspended(toMessages(history));
  const [entry, ...results] = turn ? history.slice(turn.before.length - 1) : [];
  return (
    turn &&
    entry && { before: history.slice(0, turn.before.length - 1), entry, results, calls: turn.calls }
  );
}

/** The calls at the end of a history that wait for a decision. */
export function findPending(history: readonly ConversationMessage[]): readonly CallActivity[] {
  const { calls, entry } = readSuspended(history) ?? {};
  if (!calls || !entry) return [];
  return calls
    .filter(({ result }) => !result)
    .map(({ call }) => Object.freeze({ call, messageId: entry.id, status: 'approval' }));
}

/** A history without calls that have no result: a model can't continue from them. */
export function dropPending(
  history: readonly ConversationMessage[],
): readonly ConversationMessage[] {
  const suspended = readSuspended(history);
  if (!suspended) return history;
  const { before, entry, results, calls } = suspended;
  const { tool_calls: _, ...said } = entry.message;
  const answered = calls.filter(({ result }) => result).map(({ sent }) => sent);
  const message: AssistantMessage = {
    ...said,
    role: 'assistant',
    ...(answered.length && { tool_calls: answered }),
  };
  return isSendable(message)
    ? [...before, toEntry(message, entry.id, entry), ...results]
    : [...before, ...results];
}

/** A history with the result of one of the calls at its end. Results are in the order of the calls. */
export function addResult(
  history: readonly ConversationMessage[],
  callId: string,
  text: string,
  id: string,
): readonly ConversationMessage[] {
  const suspended = readSuspended(history);
  if (!suspended) return history;
  const { before, entry, results, calls } = suspended;
  const ordered = calls.map(({ call, sent, result }) => {
    if (result) return results.find(({ message }) => message === result);
    return call.id === callId ? toEntry(toResult(sent, text), id) : undefined;
  });
  return [...before, entry, ...ordered.filter((each) => each !== undefined)];
}
