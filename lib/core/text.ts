/** A text that grows by small pieces. Plain data, since an open stream holds two of them. */
export interface Text {
  head: string;
  tail: string;
  pieces: number;
  mark: number;
}

const PIECES = 256;

export const createText = (): Text => ({ head: '', tail: '', pieces: 0, mark: 0 });

/**
 * Adding costs the same however long the text is. V8 keeps a sum of strings as a tree of its pieces;
 * now and then the youngest are copied together, so that they don't keep the garbage collector busy.
 */
export function addText(text: Text, piece: string): void {
  text.tail += piece;
  if (++text.pieces % PIECES) return;
  // Reading a character makes V8 do the copy, unless it sees that nobody keeps what was read.
  text.mark = text.tail.charCodeAt(0);
  text.head += text.tail;
  text.tail = '';
}

export function readText({ head, tail }: Text): string {
  return head + tail;
}
