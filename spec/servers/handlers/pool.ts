import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { fromOllamaChat } from 'rxjs-ollama';
import { createOllamaPool, pipeToResponse } from 'rxjs-ollama/node';

const hosts = process.env['OLLAMA_HOSTS']?.split(',') ?? ['http://gpu1:11434', 'http://gpu2:11434'];
const client = createOllamaPool({ hosts });

export const server = createServer(async (request, response) => {
  const messages = [{ role: 'user', content: await text(request) }];
  const chat$ = fromOllamaChat({ model: 'qwen3', messages }, { client });
  const { outcome, error } = await pipeToResponse(chat$, response);
  if (outcome === 'failed') console.error(error);
});

// Answers that run end with an error, which has the text so far.
server.on('close', () => {
  client.destroy();
});
