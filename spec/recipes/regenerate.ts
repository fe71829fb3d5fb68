import { startWith, switchMap, type Observable } from 'rxjs';
import {
  accumulateMessage,
  fromOllamaChat,
  type AssistantMessage,
  type ChatRequest,
  type OllamaOptions,
} from 'rxjs-ollama';

/** The answer, and another one each time the user asks for it. */
export function answerAgain(
  request: ChatRequest,
  again$: Observable<unknown>,
  options?: OllamaOptions,
): Observable<AssistantMessage> {
  const answer$ = fromOllamaChat(request, options).pipe(accumulateMessage());
  return again$.pipe(
    startWith(undefined),
    switchMap(() => answer$),
  );
}
