import {
  EMPTY,
  NEVER,
  ReplaySubject,
  asyncScheduler,
  catchError,
  defer,
  from,
  of,
  race,
  switchMap,
  tap,
  throwError,
  throwIfEmpty,
  timer,
  type Observable,
  type ObservableInput,
  type SchedulerLike,
} from 'rxjs';
import type { ChatChunk } from '../types/index.js';

/** How {@link raceChat} goes about it. */
export interface RaceChatOptions {
  /**
   * How long a source may be silent before the next one starts too, in ms.
   * @defaultValue none: all start at once
   */
  readonly after?: number;
  /** Where the time of `after` comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike;
}

/**
 * Asks several sources, and goes on with the one whose first chunk comes first.
 *
 * _It's like `race`, but it can hold the others back, and a failure doesn't win._
 *
 * ```none
 *  first:   ---------a-(d|)    a: 'Hel'  d: done
 *           ^-----!
 *  second:      --b--(d|)      b: 'lo'
 *           raceChat([first, second], { after: 4 })
 *  result:  ------b--(d|)
 * ```
 *
 * A source starts when the one before it has been silent for `after` ms, or has failed. The first chunk
 * decides: in the frame in which it comes the others are cancelled, and those that have not started
 * never do. From then on the result is the winner's, its errors too.
 *
 * A source that fails before its first chunk is out, and so is one that completes without any (as
 * RxJS's `EmptyError`); when all are out, the error of the last one to go is the result's. Without
 * sources it completes.
 *
 * - **Completes:** with the winner; without sources, at once.
 * - **Errors:** the winner's, unchanged; when all are out before their first chunk, that of the last
 *   one to go.
 * - **Unsubscribes:** from all sources that have started, in the same frame; the others never start.
 * - **Memory:** nothing is kept.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; one timer, while a source is silent, and only
 *   with `after`.
 *
 * ```ts
 * import { answerText, fromOllamaChat, raceChat } from 'rxjs-ollama';
 *
 * const request = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] };
 * const hosts = ['http://near:11434', 'http://far:11434'];
 * raceChat(
 *   hosts.map((host) => fromOllamaChat(request, { host })),
 *   { after: 2_000 },
 * )
 *   .pipe(answerText())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 *
 * @param sources in the order in which they start
 * @see {@link compareChat}, `retryChat`
 */
export function raceChat<C extends ChatChunk>(
  sources: readonly ObservableInput<C>[],
  { after, scheduler = asyncScheduler }: RaceChatOptions = {},
): Observable<C> {
  return defer(() => {
    let running = sources.length;
    let won = false;

    const compete = ([source, ...others]: readonly ObservableInput<C>[]): Observable<C> => {
      if (!source) return EMPTY;
      const out = new ReplaySubject<unknown>(1);
      const contender = from(source).pipe(
        tap(() => (won = true)),
        throwIfEmpty(),
        catchError((error: unknown) => {
          if (won || --running === 0) return throwError(() => error);
          out.next(error);
          out.complete();
          return NEVER;
        }),
      );
      if (!others.length) return contender;
      const start$: Observable<unknown> =
        after === undefined ? of(0) : race(out, timer(after, scheduler));
      return race(contender, start$.pipe(switchMap(() => compete(others))));
    };
    return compete(sources);
  });
}
