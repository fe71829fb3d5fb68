import { catchError, endWith, map, of, type Observable } from 'rxjs';
import {
  answerText,
  fromOllamaChat,
  isOllamaError,
  retryChat,
  splitThinking,
  type OllamaOptions,
} from 'rxjs-ollama';

export interface AnswerEvent {
  readonly type: 'text' | 'end' | 'error';
  readonly data: string;
}

/**
 * What a handler with NestJS's `@Sse()` returns. Elsewhere, write each event to the response, and
 * unsubscribe when the response is closed.
 */
export function answerEvents(question: string, options?: OllamaOptions): Observable<AnswerEvent> {
  const messages = [{ role: 'user', content: question }];
  return fromOllamaChat({ model: 'qwen3', messages }, options).pipe(
    retryChat({ count: 1, delay: 500 }),
    splitThinking(),
    answerText(),
    map((data) => ({ type: 'text' as const, data })),
    endWith({ type: 'end' as const, data: '' }),
    catchError((error: unknown) => {
      const data = isOllamaError(error) ? error.code : 'internal';
      return of({ type: 'error' as const, data });
    }),
  );
}
