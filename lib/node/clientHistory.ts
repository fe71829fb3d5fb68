import { OllamaValidationError } from '../errors.js';
import type { Approval } from '../tools/approval.js';
import { findSuspended } from '../tools/decisions.js';
import type { IdentifiedToolCall, Message } from '../types/index.js';
import { sameJson } from './sameJson.js';

/** What a run needs of a client's request. */
export interface ClientRun {
  /** For the request of the run. */
  readonly messages: Message[];
  /** For its `decisions`: by the ids of calls that the server stored. */
  readonly decisions: Record<string, Approval>;
}

/** What a client says. Nothing of it is trusted. */
export interface ClientClaim {
  readonly messages: readonly Message[];
  /** Its decisions, each with the call as the client knows it. */
  readonly decisions: readonly ClientDecision[];
}

export interface ClientDecision {
  readonly id: string;
  readonly call: IdentifiedToolCall | undefined;
  readonly approval: Approval;
  /** Where it stands in the request. */
  readonly path: readonly PropertyKey[];
}

/**
 * Makes a run of what a client says. With a stored history, only the client's own messages are taken from it,
 * and decisions on calls of that history.
 *
 * @throws OllamaValidationError for a decision on another call than the server stored
 */
export function toClientRun(
  { messages, decisions }: ClientClaim,
  stored: readonly Message[] | undefined,
): ClientRun {
  const history = stored ? joinHistory(messages, stored) : [...messages];
  return {
    // Unanswered calls stay only where they are decided upon.
    messages: decisions.length ? history : withoutUnanswered(history),
    decisions: readDecisions(decisions, history, Boolean(stored)),
  };
}

/**
 * The stored history with the messages of the user that are new. A history that ends with the n-th message of
 * the user replaces the stored one from there: the user has edited the message, or asks for another answer.
 */
function joinHistory(messages: readonly Message[], stored: readonly Message[]): Message[] {
  if (messages.at(-1)?.role !== 'user') return [...stored];
  const own = messages.filter(({ role }) => role === 'user');
  const known = stored.flatMap(({ role }, place) => (role === 'user' ? place : []));
  const kept = Math.min(own.length - 1, known.length);
  return [...stored.slice(0, known[kept] ?? stored.length), ...own.slice(kept)];
}

function withoutUnanswered(messages: readonly Message[]): Message[] {
  const answered = new Set(messages.map(({ tool_call_id: id }) => id));
  return messages.flatMap((message) => {
    const { tool_calls: calls, ...rest } = message;
    if (!calls?.length) return message;
    const kept = calls.filter(({ id }) => id === undefined || answered.has(id));
    if (kept.length) return { ...message, tool_calls: kept };
    return rest.content ? rest : [];
  });
}

function readDecisions(
  decisions: readonly ClientDecision[],
  history: readonly Message[],
  isStored: boolean,
): Record<string, Approval> {
  const suspended = isStored ? findSuspended(history) : undefined;
  const pending = new Map(
    suspended?.calls.filter(({ result }) => !result).map(({ call }) => [call.id, call]),
  );
  for (const { id, call, path } of decisions) {
    const waiting = pending.get(id);
    if (!waiting) {
      throw refuseClient(
        path,
        isStored
          ? 'The call is not one that waits for a decision.'
          : 'The call is not stored. Pass the messages that the server stored as the second argument.',
      );
    }
    // Of two decisions on a call, the second one is refused.
    pending.delete(id);
    const { name, arguments: args } = waiting.function;
    if (call?.function.name !== name || !sameJson(call.function.arguments, args)) {
      throw refuseClient(
        path,
        'The call is not the one that waits: its name or its input differs.',
      );
    }
  }
  // An id such as "__proto__" is a key like any other.
  return Object.fromEntries(decisions.map(({ id, approval }) => [id, approval]));
}

/** The error for a part of a client's request, which is a mistake of the client. */
export function refuseClient(path: readonly PropertyKey[], message: string): OllamaValidationError {
  const place = path.map(String).join('.');
  return new OllamaValidationError(
    `The request of the client is not valid at "${place}". ${message}`,
    [{ message, path }],
  );
}
