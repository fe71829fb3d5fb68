import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SseFrame } from '../../../lib/node/index.js';
import { createFrameLog } from '../../../lib/node/runs/frameLog.js';
import { settle } from '../../support/virtualTime.js';

const frame: SseFrame = { event: 'chunk', data: '{}' };
const frames = (count: number) => Array.from({ length: count }, () => frame);
const toIds = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => `1-${String(from + at)}`);

/** A reader that takes as many entries as it is told. */
function startReader(log: ReturnType<typeof createFrameLog>, after?: string) {
  const controller = new AbortController();
  const entries = log.read(after, controller.signal);
  const ids: string[] = [];
  return {
    ids,
    leave: () => {
      controller.abort();
    },
    async take(count: number) {
      for (let taken = 0; taken < count; taken++) {
        const { done, value } = await entries.next();
        if (done) return;
        ids.push(value.id);
      }
    },
  };
}

describe('the frames that a gateway keeps of a run', () => {
  it('are the latest ones, at least as many as it says and less than twice as many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(7)), (most, counts) => {
        const log = createFrameLog(most);
        let last = 0;
        for (const count of counts) {
          log.append(1, last + 1, frames(count));
          last += count;
        }
        const kept = log.slice(1, 1, Infinity).map(({ id }) => id);
        expect(kept).toEqual(toIds(last - kept.length + 1, last));
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(most, last));
        expect(kept.length).toBeLessThan(2 * most);
      }),
    );
  });

  it('are those from a number on, and no more than are asked for', () => {
    const log = createFrameLog(10);
    log.append(1, 1, frames(8));
    expect(log.slice(1, 3, 2).map(({ id }) => id)).toEqual(['1-3', '1-4']);
    expect(log.slice(1, 7, 5).map(({ id }) => id)).toEqual(['1-7', '1-8']);
    expect(log.slice(1, 9, 5)).toEqual([]);
  });

  it('come in their order, also to a reader that is too slow for some of them', async () => {
    const anyStep = fc.record({ add: fc.nat(6), take: fc.nat(6) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(anyStep), async (most, steps) => {
        const log = createFrameLog(most);
        const slow = startReader(log);
        const quick = startReader(log);
        let last = 0;
        let untaken = 0;
        for (const { add, take } of steps) {
          // One at a time, so that the quick reader misses none.
          for (let n = 0; n < add; n++) {
            log.append(1, ++last, [frame]);
            await quick.take(1);
          }
          untaken = Math.min(untaken + add, last - Number(slow.ids.at(-1)?.slice(2) ?? 0));
          await slow.take(Math.min(take, untaken, most));
        }
        expect(quick.ids).toEqual(toIds(1, last));
        const numbers = slow.ids.map((id) => Number(id.slice(2)));
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      }),
    );
  });

  it('go on after an id, and end when there will be no more', async () => {
    const log = createFrameLog(10);
    log.append(1, 1, frames(3));
    const reader = startReader(log, '1-2');
    const ahead = startReader(log, '1-4');
    const all = [reader.take(Infinity), ahead.take(Infinity)];
    await settle();
    log.append(1, 4, frames(2));
    log.close();
    await Promise.all(all);
    expect(reader.ids).toEqual(['1-3', '1-4', '1-5']);
    expect(ahead.ids).toEqual(['1-5']);
  });
});
