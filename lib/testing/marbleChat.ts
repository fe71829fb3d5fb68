import type { ChatChunk } from '../types/index.js';
import { chunk } from './chunk.js';
import { readMarbles, type MarbleChat } from './marbles.js';
import { READY } from './ready.js';

/**
 * Returns the arguments of `cold`, `hot`, `toBe` and `toBeObservable` for a chat that is drawn in marbles.
 * They are for RxJS's `TestScheduler` and for rxjs-marbles, in run mode.
 *
 * _It's like marbles and values of your own, but the letters have chunks already._
 *
 * | letter | the chunk                                                                       |
 * | ------ | ------------------------------------------------------------------------------- |
 * | `a`    | the answer `'Hel'`                                                              |
 * | `b`    | the answer `'lo'`                                                               |
 * | `c`    | the answer `'!'`                                                                |
 * | `d`    | done: the final chunk, with all statistics                                      |
 * | `e`    | an empty chunk                                                                  |
 * | `l`    | the final chunk of an answer that the length limit cut                          |
 * | `m`    | a mixture: the thinking of `u`, the answer of `a` and the call of `x`           |
 * | `o`    | the answer `'<thi'`: with `p`, `q` and `r`, thinking in tags that are cut       |
 * | `p`    | the answer `'nk>Let me '`                                                       |
 * | `q`    | the answer `'see.</th'`                                                         |
 * | `r`    | the answer `'ink>'`                                                             |
 * | `t`    | the thinking `'Let me '`                                                        |
 * | `u`    | the thinking `'see.'`                                                           |
 * | `x`    | a call of the tool `multiply` with `{ a: 17, b: 23 }`, of the id `call_x`       |
 * | `y`    | a call of the tool `add` with `{ a: 391, b: 9 }`, of the id `call_y`            |
 * | `z`    | the final chunk with the call of `x` on it                                      |
 * | `#`    | the error of a server that fails in mid-stream, an `OllamaStreamError`          |
 *
 * So `tuabcd` and `opqrabcd` both think `'Let me see.'` and answer `'Hello!'`.
 *
 * ```ts
 * import { TestScheduler } from 'rxjs/testing';
 * import { answerText } from 'rxjs-ollama';
 * import { marbleChat } from 'rxjs-ollama/testing';
 *
 * declare const scheduler: TestScheduler;
 * scheduler.run(({ cold, expectObservable }) => {
 *   const chat$ = cold(...marbleChat('            -t-a-v-(d|)', { v: 'p!' }));
 *   expectObservable(chat$.pipe(answerText())).toBe('---x-y-|', { x: 'Hel', y: 'p!' });
 * });
 * ```
 *
 * @param marbles with the letters above and those of `values`
 * @param values more letters, or other chunks for those above. A string is a piece of the answer
 * @param error the error of `#`
 * @throws RangeError with the known letters, if `marbles` has another one
 * @see {@link toMarbles}, {@link scriptedClient}
 */
export function marbleChat<C extends ChatChunk = ChatChunk>(
  marbles: string,
  values: Readonly<Record<string, string | C>> = {},
  error: unknown = chunk.error('model runner has unexpectedly stopped'),
): MarbleChat<ChatChunk | C> {
  const own = Object.entries(values).map(
    ([letter, value]) => [letter, typeof value === 'string' ? chunk.answer(value) : value] as const,
  );
  const chunks = { ...READY, ...Object.fromEntries(own) };
  readMarbles(marbles, chunks);
  return [marbles, chunks, error];
}
