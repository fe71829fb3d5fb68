import type { AnyChatChunk, AssistantMessage, ChunkMarks, ToolCall } from '../../types/index.js';
import type { Mutable } from '../../types/mutable.js';
import { createBoundaryReader, type Boundary } from './boundary.js';
import { createSetList } from './list.js';
import { addText, readText, type Text } from './text.js';
import { createMessageCalls, type MessageCalls } from './toolCalls.js';

/** Accumulates chunks to the message that they are deltas of. */
export interface MessageBuilder {
  /** Takes in one chunk, and says what it begins. The work is that of the chunk. */
  add(chunk: AnyChatChunk & ChunkMarks): Boundary;
  /** The message so far: the same object until a chunk adds something. */
  snapshot(): AssistantMessage;
  /** Writes the message so far into an object. */
  writeTo<M extends object>(target: M): M & AssistantMessage;
}

const setCalls = createSetList('tool_calls');

/** Starts a message. */
export function createMessage(): MessageBuilder {
  const boundaryOf = createBoundaryReader();
  let content: Text | undefined;
  let thinking: Text | undefined;
  let calls: ToolCall[] = [];
  let messageCalls: MessageCalls | undefined;
  let snapshot: AssistantMessage | undefined;
  let done = false;

  const writeTo = <M extends object>(target: M): M & AssistantMessage => {
    const message: Partial<Mutable<AssistantMessage>> = target;
    message.role = 'assistant';
    message.content = readText(content);
    const thought = readText(thinking);
    if (thought) message.thinking = thought;
    if (calls.length) setCalls(message, calls, done);
    return target as M & AssistantMessage;
  };

  return {
    writeTo,
    add(chunk) {
      const boundary = boundaryOf(chunk);
      const { message } = chunk;
      if (boundary !== 'same') {
        content = thinking = messageCalls = snapshot = undefined;
        calls = [];
      }
      done = chunk.done;
      if (chunk.reclassify) {
        thinking = addText(thinking, readText(content));
        content = snapshot = undefined;
      }
      if (message.thinking) {
        thinking = addText(thinking, message.thinking);
        snapshot = undefined;
      }
      if (message.content) {
        content = addText(content, message.content);
        snapshot = undefined;
      }
      if (message.tool_calls?.length) {
        messageCalls ??= createMessageCalls();
        for (const call of messageCalls.add(message.tool_calls)) {
          calls.push(call);
          snapshot = undefined;
        }
      }
      return boundary;
    },
    snapshot: () => (snapshot ??= writeTo({})),
  };
}
