/** A text that grows by small pieces. Plain data, since it costs memory for as long as a stream is open. */
export interface Text {
  head: string;
  tail: string;
  pieces: number;
  mark: number;
}

const PIECES = 256;

/**
 * Adds a piece, to nothing at first. The cost is the same however long the text is. V8 keeps a sum of
 * strings as a tree of its pieces; now and then the youngest are copied together, so that they don't
 * keep the garbage collector busy.
 */
export function addText(text: Text | undefined, piece: string): Text {
  text ??= { head: '', tail: '', pieces: 0, mark: 0 };
  text.tail += piece;
  if (++text.pieces % PIECES === 0) {
    // Reading a character makes V8 do the copy, unless it sees that nobody keeps what was read.
    text.mark = text.tail.charCodeAt(0);
    text.head += text.tail;
    text.tail = '';
  }
  return text;
}

export function readText(text: Text | undefined): string {
  return text ? text.head + text.tail : '';
}
