import { concatMap, defer, type MonoTypeOperatorFunction } from 'rxjs';
import {
  fromOllamaChat,
  type ChatChunk,
  type OllamaClient,
  type OllamaOptions,
  type ToolCall,
} from 'rxjs-ollama';

/** A client for `runTools` that finds calls in the text of an answer. */
export function createRecoveringClient(options: OllamaOptions): OllamaClient {
  return {
    chat: (request) => {
      const names = request.tools?.map((tool) => tool.function.name) ?? [];
      return fromOllamaChat(request, options).pipe(recoverCalls(names));
    },
  };
}

/** Holds an answer that may be a call until its end, and makes a call of it if it is one. */
function recoverCalls(names: readonly (string | undefined)[]): MonoTypeOperatorFunction<ChatChunk> {
  return (chunk$) =>
    defer(() => {
      let text = '';
      let isAnswer = false;
      return chunk$.pipe(
        concatMap((chunk) => {
          if (isAnswer) return [chunk];
          const { message, done } = chunk;
          text += message.content;
          const calls = done ? findCalls(text, names) : [];
          // A call begins with a brace, a tag or a fence. Any other text is an answer.
          isAnswer = calls.length === 0 && (done || !/^\s*(?:[{<`]|$)/.test(text));
          const content = isAnswer ? text : '';
          const found = calls.length > 0 && { tool_calls: calls };
          return [{ ...chunk, message: { ...message, content, ...found } }];
        }),
      );
    });
}

/** `{ "name": …, "arguments": … }` as the whole text, in a fence, or in tags, several times. */
function findCalls(text: string, names: readonly (string | undefined)[]): ToolCall[] {
  const [before = '', ...tagged] = text.split('<tool_call>');
  const parts = tagged.length > 0 ? tagged : [before.replaceAll(/`{3}(?:json)?/g, '')];
  return parts.flatMap((part) => {
    try {
      const call = JSON.parse(part.split('</tool_call>')[0] ?? '') as Record<string, unknown>;
      const { name, parameters, arguments: args = parameters ?? {} } = call;
      if (typeof name !== 'string' || !names.includes(name)) return [];
      return [{ function: { name, arguments: args as Record<string, unknown> } }];
    } catch {
      return [];
    }
  });
}
