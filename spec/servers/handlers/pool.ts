import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { fromOllamaChat } from 'rxjs-ollama';
import { createOllamaPool, pipeToResponse } from 'rxjs-ollama/node';

const hosts = process.env['OLLAMA_HOSTS']?.split(',') ?? ['http://gpu1:11434', 'http://gpu2:11434'];
const client = createOllamaPool({ hosts });

async function handleChat(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const messages = [{ role: 'user', content: await text(request) }];
  const chat$ = fromOllamaChat({ model: 'qwen3', messages }, { client });
  const { outcome, error } = await pipeToResponse(chat$, response);
  if (outcome === 'failed') console.error(error);
}

export const server = createServer((request, response) => {
  void handleChat(request, response);
});

// Answers that run end with an error, which has the text so far.
server.on('close', () => {
  client.destroy();
});
