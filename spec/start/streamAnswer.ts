import type { ServerResponse } from 'node:http';
import { fromOllamaChat, type OllamaOptions } from 'rxjs-ollama';
import { pipeToResponse } from 'rxjs-ollama/node';

/** Writes the answer to the response while it streams. A client that disconnects stops the model. */
export async function streamAnswer(
  question: string,
  response: ServerResponse,
  options?: OllamaOptions,
): Promise<void> {
  const messages = [{ role: 'user', content: question }];
  const chat$ = fromOllamaChat({ model: 'qwen3', messages }, options);
  const { outcome, error } = await pipeToResponse(chat$, response);
  if (outcome === 'failed') console.error(error);
}
