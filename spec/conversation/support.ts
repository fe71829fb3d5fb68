import type { Observable } from 'rxjs';
import { map } from 'rxjs';
import type { Context } from 'rxjs-marbles/jest';
import {
  createConversation,
  type Conversation,
} from '../../lib/conversation/createConversation.js';
import type { ConversationOptions } from '../../lib/conversation/options.js';
import type { ConversationMessage, ConversationState } from '../../lib/conversation/state.js';
import { chunk, scriptedClient, type ScriptedClient } from '../../lib/testing/index.js';
import type { ChatChunk, Message } from '../../lib/types/index.js';

const { answer, done, thinking, toolCall } = chunk;

export const chunks: Readonly<Record<string, ChatChunk>> = {
  t: thinking('Hm'),
  a: answer('Hel'),
  b: answer('lo'),
  c: answer('Bye'),
  x: toolCall('x', {}, 'id_x'),
  d: done(),
};

export const failure = new Error('broken');

export const HISTORY: readonly Message[] = [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello' },
];

/** A model that answers at once: first `Answer 1`, then `Answer 2` and so on. */
export const counting = () => scriptedClient((_, i) => [answer(`Answer ${String(i + 1)}`), done()]);

const toText = ({ content, thinking: thought, tool_calls }: Message): string =>
  [thought && `(${thought})`, content, tool_calls && '[x]'].filter(Boolean).join('');

const isThinkingAlone = ({ content, thinking: thought, tool_calls }: Message): boolean =>
  Boolean(thought) && !content && !tool_calls;

/** The messages of a state at rest, as requests carry them. */
export const toMessages = ({ messages }: ConversationState): readonly Message[] =>
  messages.map(({ message }) => message).filter((message) => !isThinkingAlone(message));

/** A message of a state; `…` behind an answer that is not part of the history. */
const toShown = ({ message, ending }: ConversationMessage, isBusy: boolean): string => {
  const isOpen = message.role === 'assistant' && isBusy && !ending;
  return `${toText(message)}${isOpen || isThinkingAlone(message) ? '…' : ''}`;
};

/** What a state shows, in a line: `status > message > message > message that is coming …`. */
export function toLabel(state: ConversationState): string {
  const { status, messages, queued, activity = [], ending, error } = state;
  const isBusy = status !== 'idle' && status !== 'error';
  const open = activity.filter((call) => !['done', 'failed', 'denied'].includes(call.status));
  const shown = messages.map((entry, i) => toShown(entry, isBusy && i === messages.length - 1));
  return [
    [status, ...shown].join(' > '),
    ...(open.length ? [`runs ${open.map(({ call }) => call.function.name).join()}`] : []),
    ...(queued ? [`queued ${queued.map(({ message }) => toText(message)).join()}`] : []),
    ...(ending === 'stopped' ? ['stopped'] : []),
    ...(error instanceof Error ? [`error ${error.message}`] : []),
  ].join(', ');
}

export const toLabels = ({ state$ }: Conversation): Observable<string> => state$.pipe(map(toLabel));

/** A conversation with a state for each chunk, and with a model that gives one answer after the other. */
export function talk(
  answers: readonly Observable<ChatChunk>[],
  options: Partial<ConversationOptions> = {},
): { readonly conversation: Conversation; readonly client: ScriptedClient } {
  const client = scriptedClient((_, i) => {
    const next = answers[i];
    if (!next) throw new Error(`The model was asked ${String(i + 1)} times.`);
    return next;
  });
  return { client, conversation: createConversation({ model: 'm', client, every: 0, ...options }) };
}

/** Does things at the times of the marbles. */
export function act(
  m: Context,
  marbles: string,
  actions: Readonly<Record<string, () => void>>,
): void {
  m.cold<string>(marbles).subscribe((letter) => actions[letter]?.());
}

/** What the requests of a client carried, a line each. */
export const toAsked = ({ requests }: ScriptedClient): string[] =>
  requests.map(({ messages = [] }) => messages.map(toText).join(' > '));
