import { catchError, map, of, startWith, takeUntil, type Observable } from 'rxjs';
import {
  accumulateResponse,
  bufferForUi,
  fromOllamaChat,
  isOllamaError,
  splitThinking,
  timeoutChat,
  type ChatRequest,
  type OllamaOptions,
} from 'rxjs-ollama';

/** All that a component shows of an answer. */
export interface AnswerView {
  readonly state: 'waiting' | 'thinking' | 'answering' | 'done' | 'failed';
  readonly text: string;
}

export function answerView(
  request: ChatRequest,
  stop$: Observable<unknown>,
  options: OllamaOptions = {},
): Observable<AnswerView> {
  return fromOllamaChat(request, options).pipe(
    timeoutChat({ firstChunk: 60_000, idle: 10_000 }),
    splitThinking(),
    bufferForUi({ every: 50 }),
    accumulateResponse(),
    map(({ done, message: { content: text } }): AnswerView => {
      const state = text ? 'answering' : 'thinking';
      return { state: done ? 'done' : state, text };
    }),
    startWith({ state: 'waiting' as const, text: '' }),
    catchError((error: unknown) => {
      const text = (isOllamaError(error) && error.partial?.content) || '';
      return of({ state: 'failed' as const, text });
    }),
    takeUntil(stop$),
  );
}
