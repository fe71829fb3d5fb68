import { OllamaToolError } from '../../errors.js';
import type {
  AssistantMessage,
  AnyChatChunk,
  ChunkMarks,
  IdentifiedToolCall,
  Message,
  ToolCall,
} from '../../types/index.js';
import { describeValue } from '../../wire/excerpt.js';
import { readArguments } from '../../wire/toolArguments.js';
import { createBoundaryReader } from './boundary.js';

/** The call with `arguments` made an object where that can be done; the same call if it is one. */
export function repairArguments(call: ToolCall): ToolCall {
  // A client of the user's own may send anything: `checkCall` refuses it.
  const called = (call as Partial<ToolCall> | null)?.function as ToolCall['function'] | null;
  if (!called) return call;
  const read = readArguments(called.arguments);
  return read && read !== called.arguments
    ? { ...call, function: { ...called, arguments: read } }
    : call;
}

/**
 * A message as the server takes it back: `arguments` of its calls that are a string or missing become
 * an object. It is the same message if there is nothing to repair.
 *
 * @throws OllamaToolError for arguments that can't become an object: the server would refuse the whole
 * request because of them
 */
export function repairCalls<M extends Message>(message: M): M {
  const sent: unknown = message.tool_calls;
  if (!Array.isArray(sent)) return message;
  const calls = (sent as readonly ToolCall[]).map(repairArguments);
  for (const call of calls) {
    if (!readArguments((call as Partial<ToolCall> | null)?.function?.arguments)) {
      throw new OllamaToolError(
        `A tool call in messages has arguments that are not an object: ${describeValue(call)}. ` +
          'Correct the call, or leave it out of the history.',
        call,
      );
    }
  }
  return calls.some((call, place) => call !== sent[place])
    ? { ...message, tool_calls: calls }
    : message;
}

/** Takes in the calls of one message in the order in which they arrive. */
export interface MessageCalls {
  /** The calls that are new, with repaired `arguments`. One whose `id` has come before is not. */
  add(calls: readonly ToolCall[] | null | undefined): readonly ToolCall[];
}

const NONE: readonly never[] = [];

/** Starts the calls of one message. */
export function createMessageCalls(): MessageCalls {
  const ids = new Set<string>();
  const isNew = (call: ToolCall): boolean => {
    const id = readId(call);
    if (id === undefined) return true;
    const { size } = ids;
    return ids.add(id).size > size;
  };
  return {
    add: (calls) => (calls?.length ? calls.filter(isNew).map(repairArguments) : NONE),
  };
}

function readId(call: ToolCall): string | undefined {
  const id: unknown = (call as Partial<ToolCall> | null)?.id;
  return typeof id === 'string' && id ? id : undefined;
}

/** Takes in the chunks of one subscription in order, and gives their calls. */
export interface CallReader {
  /** The calls of this chunk that are new, in their order. The work is that of the chunk. */
  add(chunk: AnyChatChunk & ChunkMarks): readonly IdentifiedToolCall[];
  /** The calls of all messages so far. A message that was requested again has only its new calls. */
  readonly calls: readonly IdentifiedToolCall[];
  /** One of the calls as the server sent it, with repaired `arguments`: it may have no `id`. */
  sent(call: IdentifiedToolCall): ToolCall;
}

/**
 * Starts reading calls, for one subscription. Each call has an object for `arguments`, if it can be
 * made one, and an `id`. `checkCall` refuses what can't be carried out.
 *
 * A missing `id` is `call_N`, where N is the place of the call among all calls. If the message has a
 * call with this `id` already, it is `call_N_1`, or the first number that is free. Calls of a message
 * that is requested again are dropped, so their places are used again.
 *
 * @param place the place of the first call
 */
export function createCallReader(place = 0): CallReader {
  const boundaryOf = createBoundaryReader();
  const sentOf = new Map<IdentifiedToolCall, ToolCall>();
  const calls: IdentifiedToolCall[] = [];
  /** How many of the calls are those of finished messages. */
  let kept = 0;
  let message = createMessageCalls();
  /** The ids of this message. */
  let ids = new Set<string>();

  const begin = (boundary: ReturnType<typeof boundaryOf>): void => {
    if (boundary === 'same') return;
    if (boundary === 'next') kept = calls.length;
    if (boundary === 'restart') kept = 0;
    calls.length = kept;
    message = createMessageCalls();
    ids = new Set();
  };

  const generateId = (): string => {
    const first = `call_${String(place + calls.length)}`;
    let id = first;
    for (let n = 1; ids.has(id); n++) id = `${first}_${String(n)}`;
    ids.add(id);
    return id;
  };

  /** The server's own id, unless it was generated for an earlier call of this message. */
  const reserveId = (sent: ToolCall): string | undefined => {
    const id = readId(sent);
    if (id === undefined || ids.has(id)) return undefined;
    ids.add(id);
    return id;
  };

  return {
    calls,
    add(chunk) {
      begin(boundaryOf(chunk));
      const added = message.add(chunk.message.tool_calls);
      if (!added.length) return NONE;
      // All of the chunk's own ids are known before one is generated.
      const own = added.map(reserveId);
      return added.map((sent, at) => {
        const call = { ...sent, id: own[at] ?? generateId() };
        sentOf.set(call, sent);
        calls.push(call);
        return call;
      });
    },
    sent: (call) => sentOf.get(call) ?? call,
  };
}

/**
 * Refuses a call that can't be carried out.
 *
 * @throws OllamaToolError for a call without a name, or with arguments that are not an object
 */
export function checkCall(call: ToolCall, partial: () => AssistantMessage): void {
  const { name, arguments: read }: Partial<ToolCall['function']> =
    (call as Partial<ToolCall> | null)?.function ?? {};
  if (name && readArguments(read)) return;
  throw new OllamaToolError(
    `A tool call has no name, or arguments that are not an object: ${describeValue(call)}`,
    call,
    { partial: partial() },
  );
}
