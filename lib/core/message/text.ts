/** A text that grows by small pieces. Plain data, since it takes memory while a stream is open. */
export interface Text {
  head: string;
  tail: string;
  pieces: number;
  mark: number;
}

const PIECES = 256;

/**
 * Adds a piece to a text, or to nothing. The cost doesn't depend on the length of the text. V8 keeps a
 * concatenated string as a tree of its pieces. Every 256 pieces the latest are copied together, so that
 * the garbage collector doesn't have to visit each of them.
 */
export function addText(text: Text | undefined, piece: string): Text {
  text ??= { head: '', tail: '', pieces: 0, mark: 0 };
  text.tail += piece;
  if (++text.pieces % PIECES === 0) {
    // Reading a character makes V8 do the copy. It is kept so that V8 doesn't drop the reading.
    text.mark = text.tail.charCodeAt(0);
    text.head += text.tail;
    text.tail = '';
  }
  return text;
}

/** The whole text; empty if nothing was added. */
export function readText(text: Text | undefined): string {
  return text ? text.head + text.tail : '';
}
