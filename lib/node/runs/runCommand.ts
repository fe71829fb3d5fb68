import type { Approval } from '../../tools/approval.js';

/** What one gateway asks of the one that has the run, and what that one answers. */
export type RunCommand =
  | { readonly type: 'stop' }
  | {
      readonly type: 'decide';
      /** Another attempt may give the same id to another call. */
      readonly attempt: number;
      readonly callId: string;
      readonly approval: Approval;
      /** The decision, for its answer. It is the same if the decision is sent again. */
      readonly decisionId: string;
    }
  | {
      /** The answer to a decision. */
      readonly type: 'decided';
      readonly decisionId: string;
      /** Whether the call waited for it. */
      readonly accepted: boolean;
    };

const TYPES: ReadonlySet<unknown> = new Set<RunCommand['type']>(['stop', 'decide', 'decided']);

export function writeCommand(command: RunCommand): string {
  return JSON.stringify(command);
}

/** `undefined` for what is not a command: gateways of another version may send more. */
export function readCommand(message: string): RunCommand | undefined {
  try {
    const command = JSON.parse(message) as RunCommand | null;
    return command && TYPES.has(command.type) ? command : undefined;
  } catch {
    return undefined;
  }
}
