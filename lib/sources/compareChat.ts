import {
  from,
  map,
  merge,
  type Observable,
  type ObservableInput,
  type ObservedValueOf,
} from 'rxjs';
import type { ChatChunk } from '../types.js';

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
 *  one:     --a---b-|
 *  two:     ---c---------d-|
 *           compareChat({ one, two })
 *  result:  --wx--y------z-|      w: { source: 'one', chunk: a }, x: { source: 'two', chunk: c }, …
 * ```
 *
 * Completes when all have; an error of one is the error of the result, and the others are cancelled:
 * catch it in the source if they are to go on. Leaving cancels them all. `groupBy` on `source` gives
 * each answer to the operators of this library.
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
 * @see {@link raceChat}
 */
export function compareChat<S extends Sources>(sources: S): Observable<ComparedChunk<S>> {
  const tagged = Object.entries(sources).map(([source, chat]) =>
    from(chat).pipe(map((chunk) => ({ source, chunk }))),
  );
  return merge(...tagged) as Observable<ComparedChunk<S>>;
}
