import { toMarbles } from '../../lib/testing/toMarbles.js';
import { readMarbles, writeMarbles } from './rows.js';
import { writeValue } from './letters.js';

/** Chunks of a recording at most: each different one has a letter. */
const MAX_CHUNKS = 5000;

/**
 * A recording of `recordChat` as marbles, and what their letters are. A character is a ms.
 *
 * @throws OllamaProtocolError if it is not a recording, RangeError if it is too long
 */
export function fromRecording(text: string): {
  readonly marbles: string;
  readonly letters: string;
} {
  const [drawn, values, error] = toMarbles(text);
  const marbles = readMarbles(drawn, 1);
  if (marbles.length > MAX_CHUNKS) {
    throw new RangeError(`The recording has more than ${String(MAX_CHUNKS)} chunks.`);
  }
  const lines = Object.entries(values).map(([letter, value]) => `${letter}: ${writeValue(value)}`);
  if (error instanceof Error) {
    const { code } = error as { code?: unknown };
    lines.push(
      `#: ${JSON.stringify({ ...(code ? { code } : {}), name: error.name, message: error.message })}`,
    );
  }
  return { marbles: writeMarbles(marbles, 1), letters: lines.join('\n') };
}
