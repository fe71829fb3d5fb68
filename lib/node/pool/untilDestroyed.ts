import { defer, map, takeUntil, tap, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { createMessage } from '../../core/message/message.js';
import { OllamaConnectionError } from '../../errors.js';
import type { AssistantMessage, ChatChunk } from '../../types/index.js';

/** Fails when the pool is destroyed, also when it was destroyed before. */
export function untilDestroyed<T>(
  destroyed$: Observable<unknown>,
  partial?: () => AssistantMessage | undefined,
): MonoTypeOperatorFunction<T> {
  return takeUntil(
    destroyed$.pipe(
      map(() => {
        throw new OllamaConnectionError(
          'The pool of Ollama hosts was destroyed. Make a new one by createOllamaPool().',
          { partial: partial?.() },
        );
      }),
    ),
  );
}

/** The same for an answer: the error has the message so far. */
export function chunksUntilDestroyed<C extends ChatChunk>(
  destroyed$: Observable<unknown>,
): MonoTypeOperatorFunction<C> {
  return (source) =>
    defer(() => {
      const message = createMessage();
      let begun = false;
      return source.pipe(
        tap((chunk) => {
          begun = true;
          message.add(chunk);
        }),
        untilDestroyed(destroyed$, () => (begun ? message.snapshot() : undefined)),
      );
    });
}
