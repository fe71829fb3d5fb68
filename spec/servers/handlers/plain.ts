import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { fromOllamaChat, type ChatChunk } from 'rxjs-ollama';
import { pipeToResponse, type DeliverOptions, type NodeResponseLike } from 'rxjs-ollama/node';

/** A POST of `node:http`, or of the same API of `node:http2`. */
export async function handleChat(
  request: AsyncIterable<Buffer>,
  response: NodeResponseLike,
  options?: DeliverOptions<ChatChunk>,
): Promise<void> {
  const messages = [{ role: 'user', content: await text(request) }];
  const chat$ = fromOllamaChat({ model: 'qwen3', messages });
  const { outcome, error } = await pipeToResponse(chat$, response, options);
  if (outcome === 'failed') console.error(error);
}

/** A GET, which an `EventSource` makes, and makes again when the response has ended. */
export async function handleEvents(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.headers['last-event-id'] !== undefined) {
    // This answer can't be continued, and another one would be doubled: the client has to stop.
    response.writeHead(204).end();
    return;
  }
  const { searchParams } = new URL(request.url ?? '', 'http://localhost');
  const messages = [{ role: 'user', content: searchParams.get('question') ?? '' }];
  await pipeToResponse(fromOllamaChat({ model: 'qwen3', messages }), response);
}
