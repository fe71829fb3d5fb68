import type { Approval } from '../../tools/approval.js';

/** What one gateway asks of the one that has the run. */
export type RunCommand =
  | { readonly type: 'stop' }
  | {
      readonly type: 'decide';
      /** Another attempt may give the same id to another call. */
      readonly attempt: number;
      readonly callId: string;
      readonly approval: Approval;
    };

export function writeCommand(command: RunCommand): string {
  return JSON.stringify(command);
}

/** `undefined` for what is not a command: gateways of another version may send more. */
export function readCommand(message: string): RunCommand | undefined {
  try {
    const command = JSON.parse(message) as RunCommand | null;
    return command?.type === 'stop' || command?.type === 'decide' ? command : undefined;
  } catch {
    return undefined;
  }
}
