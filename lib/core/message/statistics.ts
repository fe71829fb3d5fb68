import type { ChatStatistics } from '../../types/index.js';
import type { Mutable } from '../../types/mutable.js';

/** The fields of a final chunk that say how much there was, and how long it took. */
export const STATISTICS = [
  'total_duration',
  'load_duration',
  'prompt_eval_count',
  'prompt_eval_duration',
  'eval_count',
  'eval_duration',
] as const;

const NS_PER_MS = 1e6;

/** A number as a server sent it; `undefined` if it can't be a count or a duration. */
function readNumber(sent: unknown): number | undefined {
  // JSON can say -0, by which a count is divided into minus infinity; with 0 added it is 0.
  return typeof sent === 'number' && sent >= 0 && sent <= Number.MAX_SAFE_INTEGER
    ? sent + 0
    : undefined;
}

/** A count as a server sent it; `undefined` if it can't be one. */
export function readCount(sent: unknown): number | undefined {
  return Number.isInteger(sent) ? readNumber(sent) : undefined;
}

/** A duration in ms, from ns as a server sent them; `undefined` if it can't be one. */
export function readDuration(sent: unknown): number | undefined {
  const ns = readNumber(sent);
  return ns === undefined ? undefined : ns / NS_PER_MS;
}

/**
 * The sum of the statistics of two answers. A field that is zero is absent, as on the wire, and so is
 * one that can't be a count or a duration.
 */
export function sumStatistics(one: ChatStatistics, other: ChatStatistics = {}): ChatStatistics {
  const sum: Mutable<ChatStatistics> = {};
  for (const field of STATISTICS) {
    const value = (readNumber(one[field]) ?? 0) + (readNumber(other[field]) ?? 0);
    if (value) sum[field] = value;
  }
  return sum;
}
