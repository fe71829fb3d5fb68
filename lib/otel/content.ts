import type { Message } from '../types/index.js';

/** Messages as the conventions have them: a JSON text, since a span has no structured attributes. */
export function writeMessages(messages: readonly Message[]): string {
  return JSON.stringify(
    messages.map((message) => ({ role: message.role, parts: toParts(message) })),
  );
}

/** A part per kind of content. Of images only that there are some: their bytes would be most of a trace. */
function toParts(message: Message): object[] {
  const { role, content, thinking, images, tool_calls, tool_call_id } = message;
  if (role === 'tool') return [{ type: 'tool_call_response', id: tool_call_id, response: content }];
  return [
    ...(thinking ? [{ type: 'reasoning', content: thinking }] : []),
    ...(content ? [{ type: 'text', content }] : []),
    ...(images ?? []).map(() => ({ type: 'image' })),
    ...(tool_calls ?? []).map(({ id, function: { name, arguments: sent } }) => ({
      type: 'tool_call',
      id,
      name,
      arguments: sent,
    })),
  ];
}
