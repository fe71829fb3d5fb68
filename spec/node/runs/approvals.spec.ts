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

  it('may be repeated by the one who has made it, whose answer was lost', () => {
    const approvals = createApprovals();
    approvals.approve(call).subscribe();
    expect(approvals.decide('a', true, 'one')).toBe(true);
    expect(approvals.decide('a', true, 'one')).toBe(true);
    expect(approvals.decide('a', true, 'other')).toBe(false);
    expect(approvals.decide('a', true)).toBe(false);
  });
});
