import type {
  AssistantMessage,
  ChatChunk,
  ChatStatistics,
  ChunkMarks,
  IdentifiedToolCall,
  Message,
  ToolCall,
} from '../types/index.js';
import { createMessage } from '../core/message/message.js';
import { sumStatistics } from '../core/message/statistics.js';
import { createCallReader } from '../core/message/toolCalls.js';
import { readArguments } from '../wire/toolArguments.js';
import type { StepFinishEvent } from './events.js';

/** What the model says in one step of a run, and what its calls are answered with. */
export interface Step {
  /** Takes in a chunk, and gives the calls in it. */
  add(chunk: ChatChunk & ChunkMarks): readonly IdentifiedToolCall[];
  /** Takes in the text that answers the call with this `id`. */
  answer(id: string, text: string): void;
  /** The assistant's message so far: the same object until a chunk adds something. */
  snapshot(): AssistantMessage;
  /** The message as the server accepts it. */
  message(): AssistantMessage;
  /** One `tool` message for each answered call, in the order of the calls. */
  results(): readonly Message[];
  /** The calls without an answer. */
  pending(): readonly IdentifiedToolCall[];
  /** The message with all calls, and the results. Calls have an `id`, so that a decision can name them. */
  suspended(): readonly [AssistantMessage, ...Message[]];
  /**
   * What the next request can carry if the step is cut off now: the message with its answered calls, and
   * their results; nothing if that is empty. A call without a result would make the history invalid.
   */
  kept(): readonly Message[];
  /** What the event of the step's end says. */
  end(): Omit<StepFinishEvent, 'type' | 'step'>;
}

/** A call as it is carried out, and as the server sent it. */
interface StepCall {
  readonly call: IdentifiedToolCall;
  readonly sent: ToolCall;
}

/** @param place how many calls the run had before, from which missing ids are made */
export function createStep(place: number): Step {
  const message = createMessage();
  const reader = createCallReader(place);
  /** The calls of this message. */
  let calls: StepCall[] = [];
  let texts = new Map<string, string>();
  let reason: string | undefined;
  /** Of all final chunks that count: a client of the user's own may make several requests for one step. */
  let statistics: ChatStatistics = {};

  const answered = (): StepCall[] => calls.filter(({ call }) => texts.has(call.id));
  const toResults = (pick: (entry: StepCall) => ToolCall): Message[] =>
    answered().map((entry) => toResult(pick(entry), texts.get(entry.call.id) ?? ''));

  const pending = (): IdentifiedToolCall[] =>
    calls.map(({ call }) => call).filter(({ id }) => !texts.has(id));
  const suspended = (): readonly [AssistantMessage, ...Message[]] => [
    toSendable({ ...message.snapshot(), tool_calls: calls.map(({ call }) => call) }),
    ...toResults(({ call }) => call),
  ];

  const sendable = (): AssistantMessage => toSendable(message.snapshot());
  const results = (): Message[] => toResults(({ sent }) => sent);

  return {
    pending,
    suspended,
    message: sendable,
    results,
    add(chunk) {
      const boundary = message.add(chunk);
      if (boundary !== 'same') {
        calls = [];
        texts = new Map();
        reason = undefined;
      }
      if (boundary === 'restart') statistics = {};
      if (chunk.done) {
        reason = chunk.done_reason;
        statistics = sumStatistics(statistics, chunk);
      }
      return reader.add(chunk).map((read) => {
        const call = withName(read);
        calls.push({ call, sent: reader.sent(read) });
        return call;
      });
    },
    answer(id, text) {
      texts.set(id, text);
    },
    snapshot: () => message.snapshot(),
    kept() {
      const { tool_calls: _, ...said } = message.snapshot();
      const sent = answered().map((entry) => entry.sent);
      const kept = sent.length ? toSendable({ ...said, tool_calls: sent }) : said;
      return isSendable(kept) ? [kept, ...toResults((entry) => entry.sent)] : [];
    },
    end() {
      const waiting = pending();
      const [said, ...answers] = waiting.length ? suspended() : [sendable(), ...results()];
      return {
        reason: reason || 'stop',
        message: said,
        results: answers,
        ...(waiting.length && { pending: waiting }),
        statistics,
      };
    },
  };
}

/** Whether a message belongs in a history: it has text or calls. Thinking alone is not sent back. */
export function isSendable({ content, tool_calls }: AssistantMessage): boolean {
  return Boolean(tool_calls?.length) || /\S/.test(content);
}

/** The `tool` message that answers a call, with the `id` if the call has one. */
export function toResult({ id, function: called }: Partial<ToolCall>, content: string): Message {
  const name: unknown = called?.name;
  return {
    role: 'tool',
    content,
    tool_name: typeof name === 'string' ? name : '',
    ...(id && typeof id === 'string' && { tool_call_id: id }),
  };
}

/** Other servers may leave out the function, or send a name that is not a string. */
function withName(call: IdentifiedToolCall): IdentifiedToolCall {
  const { function: called } = call as Partial<ToolCall>;
  return called && typeof called.name === 'string'
    ? call
    : { ...call, function: { arguments: {}, ...called, name: '' } };
}

/** The server refuses a whole request because of one call without an object for arguments. */
function toSendable(message: AssistantMessage): AssistantMessage {
  const { tool_calls } = message;
  return tool_calls ? { ...message, tool_calls: tool_calls.map(toSendableCall) } : message;
}

function toSendableCall(call: ToolCall): ToolCall {
  // A client of the user's own may send anything.
  const called = (call as Partial<ToolCall> | null)?.function;
  return called && isWritable(called.arguments)
    ? call
    : { ...call, function: { ...called, arguments: {} } as ToolCall['function'] };
}

/** Whether arguments are an object that can be written as JSON. A very deep one can't. */
function isWritable(args: unknown): boolean {
  if (typeof args !== 'object' || !readArguments(args)) return false;
  try {
    JSON.stringify(args);
    return true;
  } catch {
    return false;
  }
}
