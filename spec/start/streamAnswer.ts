import type { ServerResponse } from 'node:http';
import { answerText, fromOllamaChat, isOllamaError, splitThinking } from 'rxjs-ollama';
import type { OllamaOptions } from 'rxjs-ollama';

/** Writes the answer to the response while it streams. A client that disconnects stops the model. */
export function streamAnswer(
  question: string,
  response: ServerResponse,
  options?: OllamaOptions,
): void {
  const messages = [{ role: 'user', content: question }];
  const subscription = fromOllamaChat({ model: 'qwen3', messages }, options)
    .pipe(splitThinking(), answerText())
    .subscribe({
      next: (text) => {
        if (!response.headersSent) response.setHeader('Content-Type', 'text/plain; charset=utf-8');
        response.write(text);
      },
      error: (error: unknown) => {
        if (response.headersSent) response.destroy();
        else response.writeHead(502).end(isOllamaError(error) ? error.code : 'internal');
      },
      complete: () => response.end(),
    });
  response.on('close', () => {
    subscription.unsubscribe();
  });
}
