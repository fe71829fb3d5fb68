import { describe, expect, it } from '@jest/globals';
import type { SseFrame } from '../../../lib/node/index.js';
import { compareIds } from '../../../lib/node/runs/compareIds.js';
import { followsEntry } from '../../../lib/node/runs/followsEntry.js';

const frame: SseFrame = { event: 'chunk', data: '{}' };

describe('followsEntry', () => {
  it.each<[string | undefined, string, string | undefined, boolean]>([
    [undefined, '1-1', undefined, true],
    [undefined, '1-2', undefined, false],
    ['1-2', '1-3', undefined, true],
    ['1-2', '1-4', undefined, false],
    ['1-2', '1-2', undefined, false],
    ['1-5', '2-1', '1-5', true],
    // The last one of the attempt is missing.
    ['1-4', '2-1', '1-5', false],
    [undefined, '2-1', '1-5', false],
    // What its gateway had delivered, and not written.
    ['1-6', '2-1', '1-5', true],
    ['1-5', '2-2', undefined, false],
    // Nothing was written before.
    ['1-5', '2-1', undefined, true],
    [undefined, '2-1', undefined, true],
    [undefined, 'x', undefined, false],
  ])('after %s, %s, which names %s: %j', (after, id, previous, follows) => {
    const entry = { id, frame, ...(previous !== undefined && { previous }) };
    expect(followsEntry(entry, after)).toBe(follows);
  });
});

describe('compareIds', () => {
  it('orders ids by attempt and number, after what is no id', () => {
    const ids = ['x', '1-1', '1-2', '1-10', '2-1', '10-1'];
    expect([...ids].reverse().sort(compareIds)).toEqual(ids);
    expect(compareIds('x', '')).toBe(0);
    expect(compareIds('2-3', '2-3')).toBe(0);
  });
});
