import { describe, expect, it } from '@jest/globals';
import { createApprovals } from '../../../lib/node/runs/approvals.js';

const call = { id: 'a', function: { name: 'pay', arguments: {} } };

describe('a decision on a call', () => {
  it('is not taken when the call no longer waits for one', () => {
    const approvals = createApprovals();
    approvals.approve(call).subscribe().unsubscribe();
    expect(approvals.decide('a', true)).toBe(false);
  });

  it('is taken by a call that waits again', () => {
    const approvals = createApprovals();
    const decisions: unknown[] = [];
    const first = approvals.approve(call).subscribe();
    approvals.approve(call).subscribe((decision) => decisions.push(decision));
    first.unsubscribe();
    expect(approvals.decide('a', false)).toBe(true);
    expect(decisions).toEqual([false]);
  });
});
