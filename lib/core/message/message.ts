import type { AssistantMessage, ChatChunk, ChunkMarks, ToolCall } from '../../types/index.js';
import { addText, readText, type Text } from './text.js';
import { repairArguments } from './toolCalls.js';
import type { Mutable } from '../../types/mutable.js';

/** Puts chunks together to the message they are deltas of. */
export interface MessageBuilder {
  /** Takes in one chunk. The work is that of the chunk, however long the message is. */
  add(chunk: ChatChunk & ChunkMarks): void;
  /** The message so far; the same object as long as nothing comes to it. */
  snapshot(): AssistantMessage;
}

/** Starts a message. */
export function createMessage(): MessageBuilder {
  let content: Text | undefined;
  let thinking: Text | undefined;
  let calls: readonly ToolCall[] | undefined;
  let snapshot: AssistantMessage | undefined;
  let complete = false;

  return {
    add(chunk) {
      const { message } = chunk;
      // In a run of tools, what follows a final chunk is the next message.
      if (chunk.reset || complete) {
        content = thinking = calls = snapshot = undefined;
      }
      complete = chunk.done;
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
        calls = [...(calls ?? []), ...message.tool_calls.map(repairArguments)];
        snapshot = undefined;
      }
    },
    snapshot() {
      if (snapshot) return snapshot;
      const message: Mutable<AssistantMessage> = { role: 'assistant', content: readText(content) };
      const thought = readText(thinking);
      // Conditional spreads would take several times as long, and this runs for every chunk.
      if (thought) message.thinking = thought;
      if (calls) message.tool_calls = calls;
      return (snapshot = message);
    },
  };
}
