import { OllamaProtocolError } from '../errors.js';
import type { AssistantMessage } from '../types/index.js';
import { excerpt } from './excerpt.js';
import { Utf8Decoder } from './utf8.js';

const NEWLINE = 10;
const SPACE = 32;

/**
 * Cuts a stream of bytes into lines. Linear in the length of the stream, however it is cut: a line that
 * spans many reads is a rope of decoded pieces, and only new text is searched for the newline.
 *
 * It is a class, since closures would take twice the memory while a stream is open.
 */
export class LineDecoder {
  readonly #decoder = new Utf8Decoder();
  readonly #maxLineBytes: number;
  readonly #partial: () => AssistantMessage | undefined;
  readonly #limit: string;
  #held = '';
  #heldBytes = 0;

  /** @param limit the name of the option that sets `maxLineBytes` */
  constructor(
    maxLineBytes: number,
    partial: () => AssistantMessage | undefined,
    limit = 'maxLineBytes',
  ) {
    this.#maxLineBytes = maxLineBytes;
    this.#partial = partial;
    this.#limit = limit;
  }

  /**
   * Takes the bytes of one network read, and calls `onLine` with each line that ends in it, until it
   * returns false. Blank lines are skipped.
   */
  push(bytes: Uint8Array, onLine: (line: string) => boolean): void {
    const overlong =
      this.#heldBytes + bytes.length > this.#maxLineBytes
        ? findOverlong(bytes, this.#heldBytes, this.#maxLineBytes)
        : -1;
    const sound = overlong < 0 ? bytes : bytes.subarray(0, overlong);
    if (!this.#emit(this.#decoder.decode(sound), onLine)) return;
    if (overlong >= 0) {
      const [rest = ''] = this.#decoder
        .decode(bytes.subarray(overlong, overlong + 4000))
        .split('\n', 1);
      throw new OllamaProtocolError(
        `A line of the response is longer than ${String(this.#maxLineBytes)} bytes. ` +
          `If that is meant to be, raise ${this.#limit}.`,
        excerpt(this.#held + rest),
        { partial: this.#partial() },
      );
    }
    const last = bytes.lastIndexOf(NEWLINE);
    this.#heldBytes = last < 0 ? this.#heldBytes + bytes.length : bytes.length - last - 1;
  }

  /** Ends the stream, and returns the text after the last newline. */
  end(): string {
    return this.#held + this.#decoder.end();
  }

  #emit(text: string, onLine: (line: string) => boolean): boolean {
    let start = 0;
    for (let end: number; (end = text.indexOf('\n', start)) >= 0; start = end + 1) {
      const line = this.#held + text.slice(start, end);
      this.#held = '';
      if ((line.charCodeAt(0) > SPACE || line.trim()) && !onLine(line)) return false;
    }
    this.#held += text.slice(start);
    return true;
  }
}

/** The place of the first line that is too long, or -1. */
function findOverlong(bytes: Uint8Array, heldBytes: number, maxLineBytes: number): number {
  let start = 0;
  let before = heldBytes;
  for (;;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    if (before + end - start > maxLineBytes) return start;
    if (newline < 0) return -1;
    start = newline + 1;
    before = 0;
  }
}
