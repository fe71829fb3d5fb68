import fastify from 'fastify';
import { fromOllamaChat } from 'rxjs-ollama';
import { pipeToResponse, toResponse } from 'rxjs-ollama/node';

export const app = fastify({ bodyLimit: 100_000 });

/** Fastify answers 400 to a body that does not fit. It makes an empty text of null. */
const schema = {
  body: {
    type: 'object',
    properties: { question: { type: 'string', minLength: 1 } },
    required: ['question'],
  },
} as const;

interface Question {
  Body: { question: string };
}

app.post<Question>('/chat', { schema }, (request) => {
  const messages = [{ role: 'user', content: request.body.question }];
  return toResponse(fromOllamaChat({ model: 'qwen3', messages }));
});

// With the outcome of the response, for a log or a bill.
app.post<Question>('/raw', { schema }, async (request, reply) => {
  const messages = [{ role: 'user', content: request.body.question }];
  reply.hijack();
  const { outcome } = await pipeToResponse(fromOllamaChat({ model: 'qwen3', messages }), reply.raw);
  request.log.info({ outcome });
});
