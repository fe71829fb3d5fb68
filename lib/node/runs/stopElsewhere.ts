import { isTerminalFrame, terminalFrame } from '../terminalFrame.js';
import type { Gateway } from './gateway.js';
import { abortAfter } from './abortAfter.js';
import { writeCommand } from './runCommand.js';
import type { RunRecord } from './runStore.js';

/** How soon a run is looked at again that another gateway has just claimed, in ms. */
const AGAIN_MS = 250;

/**
 * Stops a run of another gateway, also if that one is lost. Resolves when the run has ended: to whether it was
 * stopped.
 *
 * @param first what the store has of the run, which has not ended
 */
export async function stopElsewhere(
  { store, scheduler, isClosing, abortAtClose, endOrphan }: Gateway,
  id: string,
  first: RunRecord,
): Promise<boolean> {
  let last = first.last;
  /** Which attempt was asked to stop. */
  let asked = 0;
  let record: RunRecord | undefined = first;
  while (record && !isClosing()) {
    const { attempt, leaseMs, ended } = record;
    if (!leaseMs && !ended && (await endOrphan(id, terminalFrame({ type: 'stopped' }))))
      return true;
    if (leaseMs && attempt !== asked) {
      asked = attempt;
      await store.signal(id, writeCommand({ type: 'stop' }));
    }
    const reading = abortAfter(leaseMs || AGAIN_MS, scheduler);
    const settle = abortAtClose(reading.controller);
    try {
      for await (const entry of store.read(id, last, reading.controller.signal)) {
        last = entry.id;
        if (isTerminalFrame(entry.frame)) return entry.frame.event === 'stopped';
      }
    } finally {
      settle();
      reading.end();
    }
    record = await store.get(id);
  }
  return false;
}
