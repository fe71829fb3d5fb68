import { FIRST_ATTEMPT, readEventId } from '../../wire/chatEvents.js';
import { compareIds } from './compareIds.js';
import type { LogEntry } from './runStore.js';

/**
 * Whether nothing is missing between an id, or the beginning, and an entry. `seq` has no holes, and the first
 * entry of a later attempt names the one before it. A reader may have more than that one: what a lost gateway
 * had delivered, but not written.
 */
export function followsEntry({ id, previous }: LogEntry, after: string | undefined): boolean {
  const { attempt, seq } = readEventId(id) ?? { attempt: 0, seq: 0 };
  const last = (after === undefined ? undefined : readEventId(after)) ?? {
    attempt: FIRST_ATTEMPT,
    seq: 0,
  };
  if (attempt === last.attempt) return seq === last.seq + 1;
  if (seq !== 1) return false;
  return previous === undefined || (after !== undefined && compareIds(previous, after) <= 0);
}
