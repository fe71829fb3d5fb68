/** A text that grows by small pieces. */
export interface Text {
  add(piece: string): void;
  /** Takes the text out, and starts over. */
  take(): string;
  readonly read: () => string;
}

const PIECES = 256;

/**
 * Adding costs the same however long the text is. V8 keeps a sum of strings as a tree of its pieces;
 * now and then the youngest are copied together, so that they don't keep the garbage collector busy.
 */
export function createText(): Text {
  let text = '';
  let tail = '';
  let pieces = 0;

  const read = () => text + tail;
  return {
    add(piece) {
      tail += piece;
      if (++pieces % PIECES) return;
      // Reading a character makes V8 do the copy.
      tail.charCodeAt(0);
      text += tail;
      tail = '';
    },
    take() {
      const all = read();
      text = tail = '';
      return all;
    },
    read,
  };
}
