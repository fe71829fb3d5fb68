import { describe, expect, it } from '@jest/globals';
import { isSettled, readDecision } from '../../lib/conversation/activity.js';
import type { CallActivity } from '../../lib/conversation/state.js';

describe('isSettled', () => {
  it.each<[CallActivity['status'], boolean]>([
    ['waiting', false],
    ['approval', false],
    ['running', false],
    ['done', true],
    ['failed', true],
    ['denied', true],
  ])('says of a call that is %s: %s', (status, expected) => {
    const call = { id: 'a', function: { name: 'f', arguments: {} } };
    expect(isSettled({ call, messageId: 'message_0', status })).toBe(expected);
  });
});

describe('readDecision', () => {
  it('lets a call go on waiting, with the reason of a denial', () => {
    expect(readDecision({ approved: true })).toEqual({ status: 'waiting' });
    const reason = 'Not today.';
    expect(readDecision({ approved: false, reason })).toEqual({ status: 'waiting', reason });
  });

  it('changes nothing of a call that is suspended', () => {
    expect(readDecision('suspend')).toEqual({});
  });
});
