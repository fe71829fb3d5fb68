import { readEventId } from '../../wire/chatEvents.js';

/** Below 0 if the first id comes before the other one in a log, 0 if it is the same. */
export function compareIds(one: string, other: string): number {
  const first = readEventId(one);
  const second = readEventId(other);
  if (!first || !second) return Number(!!first) - Number(!!second);
  return first.attempt - second.attempt || first.seq - second.seq;
}
