import type {
  AssistantMessage,
  ChatChunk,
  ChunkMarks,
  IdentifiedToolCall,
  Message,
  ToolCall,
} from '../types/index.js';
import { createMessage } from '../core/message/message.js';
import { readArguments, repairArguments } from '../core/message/toolCalls.js';

/** What the model says in one step of a run, and what comes of its calls. */
export interface Step {
  /** Takes in a chunk, and gives the calls in it. */
  add(chunk: ChatChunk & ChunkMarks): readonly IdentifiedToolCall[];
  /** Takes in what the model is told of a call. */
  tell(call: IdentifiedToolCall, text: string): void;
  /** The assistant's message so far, as the server takes it back. */
  message(): AssistantMessage;
  /** One `tool` message for each call of which the model is told something, in the order of the calls. */
  results(): readonly Message[];
  /** Whether a chunk has come. */
  readonly begun: boolean;
}

/** @param place the number of the step's first call in the run, from which come ids that are missing */
export function createStep(place: number): Step {
  const message = createMessage();
  const texts = new Map<IdentifiedToolCall, string>();
  /** Each call, and the `id` that the server gave it. */
  let calls: { readonly call: IdentifiedToolCall; readonly id: string | undefined }[] = [];
  let begun = false;

  return {
    get begun() {
      return begun;
    },
    add(chunk) {
      begun = true;
      message.add(chunk);
      if (chunk.reset) calls = [];
      const added = (chunk.message.tool_calls ?? []).map((given, i) => ({
        call: identify(given, place + calls.length + i),
        id: given.id,
      }));
      calls.push(...added);
      return added.map(({ call }) => call);
    },
    tell(call, text) {
      texts.set(call, text);
    },
    message: () => toSendable(message.snapshot()),
    results: () =>
      calls.flatMap(({ call, id }) => {
        const content = texts.get(call);
        if (content === undefined) return [];
        const { name } = call.function;
        return [{ role: 'tool', content, tool_name: name, ...(id && { tool_call_id: id }) }];
      }),
  };
}

/** The call with an `id` and with what a server may have left out. */
function identify(given: ToolCall, place: number): IdentifiedToolCall {
  const call = repairArguments(given);
  const { name } = call.function;
  return {
    ...call,
    id: call.id || `call_${String(place)}`,
    function: { ...call.function, name: name || '' },
  };
}

/** The server refuses a message with arguments that are no object, and with it the whole request. */
function toSendable(message: AssistantMessage): AssistantMessage {
  const { tool_calls } = message;
  if (!tool_calls) return message;
  return {
    ...message,
    tool_calls: tool_calls.map((call) =>
      readArguments(call.function.arguments)
        ? call
        : { ...call, function: { ...call.function, arguments: {} } },
    ),
  };
}
