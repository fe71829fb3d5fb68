import type { Approval } from '../../tools/approval.js';
import type { Gateway } from './gateway.js';
import { newId } from './newId.js';
import { pause } from './pause.js';
import { unsure } from './readRun.js';
import { writeCommand } from './runCommand.js';
import type { RunRecord } from './runStore.js';

/**
 * Decides on a call of a run of another gateway. Resolves to whether the call waited for it: to `false` if that
 * gateway is lost, and its call with it.
 *
 * @param first what the store has of the run
 * @throws RunError if the store has lost the run for a moment: whether the call was made is not known
 */
export async function decideElsewhere(
  { store, scheduler, isClosing, isUnsure, abortAtClose, awaitDecided }: Gateway,
  id: string,
  first: RunRecord,
  callId: string,
  approval: Approval,
): Promise<boolean> {
  const { attempt } = first;
  const decisionId = newId();
  const command = writeCommand({ type: 'decide', attempt, callId, approval, decisionId });
  let record: RunRecord | undefined = first;
  // A command is sent again with each lease, since a store may lose it.
  while (record?.leaseMs && record.attempt === attempt && !record.ended && !isClosing()) {
    const waiting = new AbortController();
    const settle = abortAtClose(waiting);
    let accepted: boolean | undefined;
    const forget = awaitDecided(decisionId, (answer) => {
      accepted = answer;
      waiting.abort();
    });
    try {
      await store.signal(id, command);
      await pause(record.leaseMs, scheduler, waiting.signal);
    } finally {
      forget();
      settle();
    }
    if (accepted !== undefined) return accepted;
    record = await store.get(id);
    if (!record && isUnsure()) throw unsure();
  }
  return false;
}
