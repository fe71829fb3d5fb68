import { switchMap, takeUntil, type Observable } from 'rxjs';
import {
  accumulateMessage,
  bufferForUi,
  fromOllamaChat,
  splitThinking,
  type AssistantMessage,
  type OllamaOptions,
} from 'rxjs-ollama';

/** The answer to the latest question, until the user stops it. */
export function answerUntilStopped(
  question$: Observable<string>,
  stop$: Observable<unknown>,
  options?: OllamaOptions,
): Observable<AssistantMessage> {
  return question$.pipe(
    switchMap((content) =>
      fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content }] }, options).pipe(
        splitThinking(),
        bufferForUi(),
        accumulateMessage(),
        takeUntil(stop$),
      ),
    ),
  );
}
