import { defaultIfEmpty, defer, map, of, take, type Observable, type ObservableInput } from 'rxjs';
import { fromReply } from '../transport/fromReply.js';
import type { IdentifiedToolCall } from '../types/index.js';

/** Whether a call may be made. The reason is sent to the model. */
export type Approval =
  | boolean
  | {
      /** Whether the call may be made. */
      readonly approved: boolean;
      /** Why not; absent where there is nothing to add. */
      readonly reason?: string | undefined;
    };

/** An approval, or `'suspend'`: the run ends, and a later run takes the decision. */
export type ApprovalAnswer = Approval | 'suspend';

/** Asks whether a call may be made. Of several values the first one counts. */
export type Approve = (
  call: IdentifiedToolCall,
) => ApprovalAnswer | ObservableInput<ApprovalAnswer>;

/** What `approve` answered. */
export type Decision =
  'suspend' | { readonly approved: true } | { readonly approved: false; readonly reason?: string };

/** Asks, and emits one decision. */
export function askApproval(call: IdentifiedToolCall, approve: Approve): Observable<Decision> {
  return defer(() => toObservable(approve(call))).pipe(
    take(1),
    defaultIfEmpty(undefined),
    map(readApproval),
  );
}

/** Everything but `true`, `{ approved: true }` and `'suspend'` means no. */
export function readApproval(answer: unknown): Decision {
  if (answer === 'suspend') return answer;
  const { approved, reason } = Object(answer) as { approved?: unknown; reason?: unknown };
  if (answer === true || approved === true) return { approved: true };
  return { approved: false, ...(reason && typeof reason === 'string' ? { reason } : {}) };
}

/** An answer that is not a stream, whatever it is, is a value: `from` would throw, or read a string. */
function toObservable(answer: unknown): Observable<unknown> {
  if (typeof answer === 'string') return of(answer);
  try {
    return fromReply(answer as ObservableInput<unknown>);
  } catch {
    return of(answer);
  }
}
