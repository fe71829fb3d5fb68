/**
 * Yields every way to cut a text in two, then every way to cut it in three. A test of a parser of streamed
 * text compares the result for the pieces with the result for the whole.
 *
 * _It's like `split('')`, but for every way to cut the text in two or three._
 *
 * No piece is empty. It cuts between code points. So it cuts an emoji of several code points, but never a
 * surrogate pair. For n code points there are n - 1 cuttings in two and (n - 1)(n - 2) / 2 in three. They are
 * made one by one, when they are read.
 *
 * ```ts
 * import assert from 'node:assert/strict';
 * import { from, lastValueFrom } from 'rxjs';
 * import { accumulateMessage, splitThinking } from 'rxjs-ollama';
 * import { chunk, cuttings } from 'rxjs-ollama/testing';
 *
 * for (const pieces of cuttings('<think>Hm</think>Hi')) {
 *   const message = await lastValueFrom(
 *     from(pieces.map(chunk.answer)).pipe(splitThinking(), accumulateMessage()),
 *   );
 *   assert.deepEqual(message, { role: 'assistant', content: 'Hi', thinking: 'Hm' });
 * }
 * ```
 *
 * @param text what is cut
 * @see {@link chunks}: cuts as a model does.
 */
export function* cuttings(text: string): Generator<string[]> {
  // Where each code point but the first begins.
  const places = Array.from(text.matchAll(/(?<=.)./gsu), ({ index }) => index);
  for (const at of places) yield [text.slice(0, at), text.slice(at)];
  for (const [n, first] of places.entries()) {
    for (const second of places.slice(n + 1)) {
      yield [text.slice(0, first), text.slice(first, second), text.slice(second)];
    }
  }
}
