import type { ChatRequest } from '../types.js';

/** A copy that a client may write into: the official one sets `stream` and encodes images in place. */
export function copyRequest(request: ChatRequest): ChatRequest {
  return {
    ...request,
    stream: request.stream ?? true,
    ...(request.messages && { messages: request.messages.map((message) => ({ ...message })) }),
  };
}
