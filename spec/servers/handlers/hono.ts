import { Hono } from 'hono';
import { fromOllamaChat } from 'rxjs-ollama';
import { toResponse } from 'rxjs-ollama/node';

export const app = new Hono();

app.post('/chat', async (context) => {
  const body: unknown = await context.req.json().catch(() => undefined);
  const { question } = Object(body) as { question?: unknown };
  if (typeof question !== 'string') {
    return context.json({ error: 'The body has no question.' }, 400);
  }
  const messages = [{ role: 'user', content: question }];
  return toResponse(fromOllamaChat({ model: 'qwen3', messages }));
});
