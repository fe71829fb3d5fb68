import { ReplaySubject, filter, map, type Observable } from 'rxjs';
import type { Approval } from '../tools/approval.js';
import type { IdentifiedToolCall } from '../types/index.js';

/** What the method `approve()` decides, for the run of one turn. */
export interface Approvals {
  /** Waits for the decision on this call. */
  readonly ask: (call: IdentifiedToolCall) => Observable<Approval>;
  readonly answer: (call: IdentifiedToolCall, approval: Approval) => void;
}

/** Compares calls by identity: an `id` can come again in a later step, and is not approved with it. */
export function createApprovals(): Approvals {
  // A subscriber of a state can decide before the run asks.
  const decisions$ = new ReplaySubject<{
    readonly call: IdentifiedToolCall;
    readonly approval: Approval;
  }>(Infinity);
  return {
    ask: (call) =>
      decisions$.pipe(
        filter((decision) => decision.call === call),
        map(({ approval }) => approval),
      ),
    answer(call, approval) {
      decisions$.next({ call, approval });
    },
  };
}
