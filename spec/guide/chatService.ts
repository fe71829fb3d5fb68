import { Subject, distinctUntilChanged, map, switchMap, takeUntil, type Observable } from 'rxjs';
import { accumulateMessage, fromOllamaChat, splitThinking, type OllamaOptions } from 'rxjs-ollama';

export class ChatService {
  private readonly question$ = new Subject<string>();
  private readonly stop$ = new Subject<void>();

  /** The answer so far to the latest question; a component binds `toSignal(service.answer$)`. */
  readonly answer$: Observable<string> = this.question$.pipe(
    switchMap((content) =>
      fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content }] }, this.options).pipe(
        splitThinking(),
        accumulateMessage(),
        map((message) => message.content),
        distinctUntilChanged(),
        takeUntil(this.stop$),
      ),
    ),
  );

  // In Angular: `private readonly options = inject(OLLAMA_OPTIONS)`.
  constructor(private readonly options: OllamaOptions = {}) {}

  ask(question: string): void {
    this.question$.next(question);
  }

  stop(): void {
    this.stop$.next();
  }
}
