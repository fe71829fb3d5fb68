import { describe, expect, it } from '@jest/globals';
import { changeCall, isSettled, readDecision } from '../../lib/conversation/activity.js';
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

describe('changeCall', () => {
  it('gives the same activity for a call that is not in it', () => {
    const [one, other] = ['a', 'b'].map((id) => ({ id, function: { name: 'f', arguments: {} } }));
    const activity = [{ call: one, messageId: 'message_0', status: 'waiting' }] as CallActivity[];
    expect(changeCall(activity, other as CallActivity['call'], { status: 'done' })).toBe(activity);
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
