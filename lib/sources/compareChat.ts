import {
  from,
  map,
  merge,
  type Observable,
  type ObservableInput,
  type ObservedValueOf,
} from 'rxjs';
import type { ChatChunk } from '../types/index.js';

/** Named sources of chunks. */
type Sources = Readonly<Record<string, ObservableInput<ChatChunk>>>;

/** A chunk, and the name of the source that it comes from. */
export type ComparedChunk<S extends Sources> = {
  [K in keyof S & string]: { readonly source: K; readonly chunk: ObservedValueOf<S[K]> };
}[keyof S & string];

/**
 * Asks several sources at once, and says of each chunk which one it comes from.
 *
 * _It's like `merge`, but with names._
 *
 * ```none
 *  one:     --a---b-|           a: 'Hel'  b: 'lo'
 *  two:     ---c---------d-|    c: 'Hi'  d: done
 *           compareChat({ one, two })
 *  result:  --wx--y------z-|    w: one: 'Hel'  x: two: 'Hi'  y: one: 'lo'  z: two: done
 * ```
 *
 * If the others are to go on when one fails, catch its error in the source. `groupBy` on `source`
 * gives each answer to the operators of this library.
 *
 * - **Completes:** when all sources have; without any, at once.
 * - **Errors:** the first error of any source, unchanged; the others are cancelled.
 * - **Unsubscribes:** from all sources, in the same frame.
 * - **Memory:** nothing is kept.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { groupBy, map, mergeMap } from 'rxjs';
 * import { accumulateMessage, compareChat, fromOllamaChat } from 'rxjs-ollama';
 *
 * const messages = [{ role: 'user', content: 'Why is the sky blue?' }];
 * compareChat({
 *   small: fromOllamaChat({ model: 'qwen3:4b', messages }),
 *   large: fromOllamaChat({ model: 'qwen3:32b', messages }),
 * })
 *   .pipe(
 *     groupBy(({ source }) => source, { element: ({ chunk }) => chunk }),
 *     mergeMap((chat$) =>
 *       chat$.pipe(
 *         accumulateMessage(),
 *         map(({ content }) => ({ source: chat$.key, content })),
 *       ),
 *     ),
 *   )
 *   .subscribe(({ source, content }) => console.log(source, content));
 * ```
 *
 * @param sources by their names
 * @see {@link raceChat}
 */
export function compareChat<S extends Sources>(sources: S): Observable<ComparedChunk<S>> {
  const tagged = Object.entries(sources).map(([source, chat]) =>
    from(chat).pipe(map((chunk) => ({ source, chunk }))),
  );
  return merge(...tagged) as Observable<ComparedChunk<S>>;
}
