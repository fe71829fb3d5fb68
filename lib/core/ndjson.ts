import { OllamaProtocolError } from '../errors.js';
import type { AssistantMessage } from '../types.js';
import { excerpt } from './line.js';

const NEWLINE = 10;
const SPACE = 32;

/** Cuts a stream of bytes into lines. */
export interface LineDecoder {
  /**
   * Takes the bytes of one network read and hands on each line that ends in it, until `onLine`
   * returns false. Blank lines are left out.
   */
  push(bytes: Uint8Array, onLine: (line: string) => boolean): void;
  /** Ends the stream; returns what stood after the last newline. */
  end(): string;
}

/**
 * Linear in the length of the stream, however it is cut: a line that spans many reads is a rope of
 * decoded pieces, and only new text is searched for the newline.
 */
export function createLineDecoder(
  maxLineBytes: number,
  partial: () => AssistantMessage | undefined,
): LineDecoder {
  const decoder = new TextDecoder();
  let held = '';
  let heldBytes = 0;

  const emit = (text: string, onLine: (line: string) => boolean): boolean => {
    let start = 0;
    for (let end: number; (end = text.indexOf('\n', start)) >= 0; start = end + 1) {
      const line = held + text.slice(start, end);
      held = '';
      if ((line.charCodeAt(0) > SPACE || line.trim()) && !onLine(line)) return false;
    }
    held += text.slice(start);
    return true;
  };

  return {
    push(bytes, onLine) {
      const overlong =
        heldBytes + bytes.length > maxLineBytes ? findOverlong(bytes, heldBytes, maxLineBytes) : -1;
      const sound = overlong < 0 ? bytes : bytes.subarray(0, overlong);
      if (!emit(decoder.decode(sound, { stream: true }), onLine)) return;
      if (overlong >= 0) {
        const [rest = ''] = decoder
          .decode(bytes.subarray(overlong, overlong + 4000))
          .split('\n', 1);
        throw new OllamaProtocolError(
          `A line of the response is longer than ${String(maxLineBytes)} bytes. ` +
            'If that is meant to be, raise maxLineBytes.',
          excerpt(held + rest),
          { partial: partial() },
        );
      }
      const last = bytes.lastIndexOf(NEWLINE);
      heldBytes = last < 0 ? heldBytes + bytes.length : bytes.length - last - 1;
    },
    end: () => held + decoder.decode(),
  };
}

/** Where the first line begins that is too long, or -1. */
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
