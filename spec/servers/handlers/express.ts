import express from 'express';
import { fromOllamaChat } from 'rxjs-ollama';
import { pipeToResponse } from 'rxjs-ollama/node';

export const app = express();
app.use(express.json({ limit: '100kb' }));

app.post('/chat', async (request, response) => {
  const { question } = (request.body ?? {}) as { question?: unknown };
  if (typeof question !== 'string') {
    response.status(400).json({ error: 'The body has no question.' });
    return;
  }
  const messages = [{ role: 'user', content: question }];
  const { outcome, error } = await pipeToResponse(
    fromOllamaChat({ model: 'qwen3', messages }),
    response,
  );
  if (outcome === 'failed') console.error(error);
});
