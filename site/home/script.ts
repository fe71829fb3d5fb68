import type { ChatChunk } from 'rxjs-ollama';
import { chunk, chunks } from 'rxjs-ollama/testing';

// A model that thinks in tags, as its template has them: neither tag is a chunk of its own.
const THINKING =
  '<think>\nRayleigh scattering. Short waves scatter most: with the fourth power of the frequency. ' +
  'Violet is shorter still, but the sun sends less of it, and eyes see less of it.\n</think>\n\n';
const ANSWER =
  'Sunlight has all colors. Air scatters short waves far more than long ones, so blue light reaches you ' +
  'from every direction. At sunset the light takes a longer way through the air: the blue is gone by then, ' +
  'and red is left.';

/** How many chunks come in one read of the network, and after how many ms the next read comes. */
const READS = [
  [3, 110],
  [5, 170],
  [1, 70],
  [7, 230],
  [2, 90],
  [4, 150],
] as const;
const FIRST = 300;

/** A chunk of the script. */
interface Scripted {
  readonly at: number;
  /** Which one of its read it is: the lines of a read arrive one ms after the other. */
  readonly nth: number;
  readonly value: ChatChunk;
}

/** The answer, chunk by chunk, and when all is over. */
export function createScript(): {
  readonly events: readonly Scripted[];
  readonly end: { at: number };
} {
  const rest: ChatChunk[] = [...chunks(THINKING + ANSWER), chunk.done()];
  const events: Scripted[] = [];
  let at = FIRST;
  for (let read = 0; rest.length > 0; read++) {
    const [count, pause] = READS[read % READS.length] ?? READS[0];
    rest.splice(0, count).forEach((value, nth) => events.push({ at: at + nth, nth, value }));
    at += pause;
  }
  return { events, end: { at } };
}
