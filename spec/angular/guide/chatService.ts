import { Injectable, signal } from '@angular/core';
import { takeUntilDestroyed, toSignal } from '@angular/core/rxjs-interop';
import { EMPTY, Subject, catchError, switchMap, takeUntil } from 'rxjs';
import { accumulateMessage, bufferForUi, fromOllamaChat, splitThinking } from 'rxjs-ollama';

@Injectable({ providedIn: 'root' })
export class ChatService {
  private readonly question$ = new Subject<string>();
  private readonly stop$ = new Subject<void>();
  private readonly failure = signal<unknown>(undefined);

  readonly error = this.failure.asReadonly();
  /** The message so far. */
  readonly message = toSignal(
    this.question$.pipe(
      // A new question stops the answer to the one before it.
      switchMap((content) =>
        fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content }] }).pipe(
          splitThinking(),
          bufferForUi(),
          accumulateMessage(),
          // Inside of switchMap: an error ends one answer, and not the service.
          catchError((error: unknown) => {
            this.failure.set(error);
            return EMPTY;
          }),
          takeUntil(this.stop$),
        ),
      ),
      takeUntilDestroyed(),
    ),
  );

  ask(question: string): void {
    this.failure.set(undefined);
    this.question$.next(question);
  }

  stop(): void {
    this.stop$.next();
  }
}
