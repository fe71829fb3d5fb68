import { Subject, defer, finalize, take, type Observable } from 'rxjs';
import type { Approval } from '../../tools/approval.js';
import type { IdentifiedToolCall } from '../../types/index.js';

/** The calls of a run that wait for a decision. */
export interface Approvals {
  /** Emits the decision on a call, when there is one. */
  approve(call: IdentifiedToolCall): Observable<Approval>;
  /** Whether the call waited for it, or has had it before. `decisionId` is the same for a decision that is repeated. */
  decide(callId: string, approval: Approval, decisionId?: string): boolean;
}

export function createApprovals(): Approvals {
  const waiting = new Map<string, Subject<Approval>>();
  /** Which decision a call has had. */
  const decided = new Map<string, string | undefined>();
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
    decide(callId, approval, decisionId) {
      const decision$ = waiting.get(callId);
      if (!decision$) return decisionId !== undefined && decided.get(callId) === decisionId;
      waiting.delete(callId);
      decided.set(callId, decisionId);
      decision$.next(approval);
      return true;
    },
  };
}
