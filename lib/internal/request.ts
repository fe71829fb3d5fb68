import type { Message } from '../types.js';

/** What of a request a client may write to. */
interface Request {
  readonly stream?: boolean;
  readonly messages?: readonly Message[];
}

/** A copy that a client may write into: the official one sets `stream` and encodes images in place. */
export function copyRequest<R extends Request>(request: R): R {
  return {
    ...request,
    stream: request.stream ?? true,
    ...(request.messages && { messages: request.messages.map((message) => ({ ...message })) }),
  };
}
