import type { ChatStatistics } from '../../types/index.js';

/** How long loading a model takes, beside how long an answer takes. */
export interface Pace {
  /** Takes in the figures of a final chunk. */
  add(statistics: ChatStatistics, hasLoaded: boolean): void;
  /** How long a load takes, in mean durations of an answer; 0 if that is not known. */
  readonly loadCost: number;
}

/** How much the latest answer counts in a mean. */
const WEIGHT = 1 / 5;

/** Servers of Ollama state both durations; where they are missing, nothing is known. */
export function createPace(): Pace {
  let load: number | undefined;
  let answer: number | undefined;
  const mix = (mean: number | undefined, value: number): number =>
    mean === undefined ? value : mean + (value - mean) * WEIGHT;
  return {
    add({ total_duration = 0, load_duration = 0 }, hasLoaded) {
      const rest = total_duration - load_duration;
      // A server may send anything.
      if (!(Number.isFinite(rest) && rest > 0 && load_duration >= 0)) return;
      answer = mix(answer, rest);
      if (hasLoaded) load = mix(load, load_duration);
    },
    get loadCost() {
      return answer === undefined ? 0 : (load ?? 0) / answer;
    },
  };
}
