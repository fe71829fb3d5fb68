/**
 * Every way to cut a text in two, then every way to cut it in three: for those who write a parser of
 * text that streams, which has to make of the pieces what it makes of the whole.
 *
 * _It's like `split('')`, but for every way to cut the text in two or three._
 *
 * No piece is empty. It cuts between code points: within an emoji of several, but never within a
 * surrogate pair, since a server's JSON is valid Unicode and has no half characters. Of n code points
 * there are n - 1 cuttings in two and (n - 1)(n - 2) / 2 in three. They are made one by one, when they are
 * read.
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
 * @see {@link chunks} for one way that is like a model's
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
