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
  type Observable,
  type ObservableInput,
  type SchedulerLike,
} from 'rxjs';
import { checkDuration, checkScheduler, wait } from '../time.js';
import type { AnyChatChunk } from '../types/index.js';

/** Options of {@link raceChat}. */
export interface RaceChatOptions {
  /**
   * How long a source may emit nothing before the next one starts too, in ms. With `Infinity` the next one
   * starts only when the one before fails.
   * @defaultValue none: all start at once
   */
  readonly after?: number | undefined;
  /** Where the time of `after` comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Subscribes to several sources, and continues with the one whose first chunk comes first.
 *
 * _It's like `race`, but the sources can start one after another, and a source that fails doesn't win._
 *
 * ```none
 *  first:   ---------a-(d|)    a: 'Hel'  d: done
 *           ^-----!
 *  second:      --b--(d|)      b: 'lo'
 *           raceChat([first, second], { after: 40 })  -: 10 ms
 *  result:  ------b--(d|)
 * ```
 *
 * A source starts when the one before it has emitted nothing for `after` ms, or has failed. The first chunk
 * decides: before it is emitted, the other sources are unsubscribed from, and those that have not started never
 * start. From then on the result is that of the winner, its errors included.
 *
 * A source that fails before its first chunk loses, and so does one that completes without a chunk (with
 * RxJS's `EmptyError`). When all have lost, the result fails with the error of the one that lost last.
 * Without sources it completes.
 *
 * - **Completes:** with the winner; without sources, synchronously.
 * - **Errors:** those of the winner, unchanged; when all sources lost, the error of the last one.
 * - **Unsubscribes:** from all sources that have started, synchronously; the others never start.
 * - **Memory:** nothing is kept.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; one timer, while a source has emitted nothing, and
 *   only with `after`.
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
 * @throws RangeError if `after` is NaN or negative
 * @throws TypeError if `scheduler` is not a scheduler
 * @see `retryChat`
 */
export function raceChat<C extends AnyChatChunk>(
  sources: readonly ObservableInput<C>[],
  options: RaceChatOptions = {},
): Observable<C> {
  const { after, scheduler = asyncScheduler } = options;
  checkDuration('after', after);
  checkScheduler(scheduler);
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
        after === undefined ? of(0) : race(out, wait(after, scheduler));
      return race(contender, start$.pipe(switchMap(() => compete(others))));
    };
    return compete(sources);
  });
}
