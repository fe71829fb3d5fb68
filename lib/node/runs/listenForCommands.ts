import type { SchedulerLike } from 'rxjs';
import { pause } from './pause.js';
import { readCommand, type RunCommand } from './runCommand.js';
import type { RunStore } from './runStore.js';

/** A store that could not be reached is asked again after so many ms. */
const AGAIN_MS = 500;

/**
 * Hears what other gateways ask of this one, until the signal aborts.
 *
 * @param onFailed the store could not be reached, or is asked again after that
 */
export async function listenForCommands(
  store: RunStore,
  scheduler: SchedulerLike,
  signal: AbortSignal,
  obey: (id: string, command: RunCommand) => void,
  onFailed: () => void,
): Promise<void> {
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      for await (const { id, message } of store.signals(signal)) {
        const command = readCommand(message);
        if (command) obey(id, command);
      }
    } catch {
      // The store can't be reached: runs of this gateway continue, and can be stopped here.
    }
    if (isOver()) return;
    onFailed();
    await pause(AGAIN_MS, scheduler, signal);
    if (!isOver()) onFailed();
  }
}
