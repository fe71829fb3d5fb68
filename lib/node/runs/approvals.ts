import { Subject, defer, finalize, take, type Observable } from 'rxjs';
import type { Approval } from '../../tools/approval.js';
import type { IdentifiedToolCall } from '../../types/index.js';

/** The calls of a run that wait for a decision. */
export interface Approvals {
  /** Emits the decision on a call, when there is one. */
  approve(call: IdentifiedToolCall): Observable<Approval>;
  /** Whether the call waited for it. */
  decide(callId: string, approval: Approval): boolean;
}

export function createApprovals(): Approvals {
  const waiting = new Map<string, Subject<Approval>>();
  return {
    approve: ({ id }) =>
      defer(() => {
        const decision$ = new Subject<Approval>();
        waiting.set(id, decision$);
        return decision$.pipe(
          take(1),
          finalize(() => {
            if (waiting.get(id) === decision$) waiting.delete(id);
          }),
        );
      }),
    decide(callId, approval) {
      const decision$ = waiting.get(callId);
      waiting.delete(callId);
      decision$?.next(approval);
      return decision$ !== undefined;
    },
  };
}
