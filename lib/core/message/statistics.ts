import type { ChatStatistics } from '../../types/index.js';
import type { Mutable } from '../../types/mutable.js';

/** The figures of a final chunk. */
export const STATISTICS = [
  'total_duration',
  'load_duration',
  'prompt_eval_count',
  'prompt_eval_duration',
  'eval_count',
  'eval_duration',
] as const;

/** The sum of two answers' figures; what neither has, the sum has not. */
export function sumStatistics(one: ChatStatistics, other: ChatStatistics = {}): ChatStatistics {
  const sum: Mutable<ChatStatistics> = {};
  for (const field of STATISTICS) {
    const value = (one[field] ?? 0) + (other[field] ?? 0);
    if (value) sum[field] = value;
  }
  return sum;
}
