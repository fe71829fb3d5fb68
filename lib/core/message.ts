import type { AssistantMessage, ChatChunk, ChunkMarks, ToolCall } from '../types.js';
import { createText } from './text.js';
import { repairArguments } from './toolCalls.js';

/** Puts chunks together to the message they are deltas of. */
export interface MessageBuilder {
  /** Takes in one chunk. The work is that of the chunk, however long the message is. */
  add(chunk: ChatChunk & ChunkMarks): void;
  /** The message so far; the same object as long as nothing comes to it. */
  snapshot(): AssistantMessage;
}

/** Starts a message. */
export function createMessage(): MessageBuilder {
  const content = createText();
  const thinking = createText();
  let calls: readonly ToolCall[] | undefined;
  let snapshot: AssistantMessage | undefined;

  return {
    add(chunk) {
      const { message } = chunk;
      if (chunk.reset) {
        content.take();
        thinking.take();
        calls = snapshot = undefined;
      }
      if (chunk.reclassify) {
        thinking.add(content.take());
        snapshot = undefined;
      }
      if (message.thinking) {
        thinking.add(message.thinking);
        snapshot = undefined;
      }
      if (message.content) {
        content.add(message.content);
        snapshot = undefined;
      }
      if (message.tool_calls?.length) {
        calls = [...(calls ?? []), ...message.tool_calls.map(repairArguments)];
        snapshot = undefined;
      }
    },
    snapshot() {
      if (snapshot) return snapshot;
      const thought = thinking.read();
      return (snapshot = {
        role: 'assistant',
        content: content.read(),
        ...(thought && { thinking: thought }),
        ...(calls && { tool_calls: calls }),
      });
    },
  };
}
