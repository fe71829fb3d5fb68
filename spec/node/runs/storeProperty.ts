import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { RunStore, SseFrame } from '../../../lib/node/index.js';
import { followsEntry } from '../../../lib/node/runs/followsEntry.js';
import { newId } from '../../../lib/node/runs/newId.js';

const LONG_MS = 600_000;

/** What happens to a run: appends, also repeated and of gateways that have lost it, takeovers and readers. */
const step = fc.oneof(
  fc.record({ type: fc.constant('append' as const), count: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ type: fc.constant('repeat' as const) }),
  fc.record({ type: fc.constant('zombie' as const) }),
  fc.record({ type: fc.constant('takeOver' as const) }),
  fc.record({ type: fc.constant('read' as const), from: fc.nat() }),
);

/**
 * Whatever happens to a run, a reader gets an exact copy of what was accepted after its place, or a first
 * entry that does not follow it: something was trimmed in between.
 */
export async function checkStoreProperty(
  open: () => Promise<RunStore>,
  numRuns: number,
): Promise<void> {
  const [store, other] = [await open(), await open()];
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.constantFrom(3, 20, 100_000),
      async (steps, maxChunks) => {
        const id = newId();
        const limits = { holder: 'a', leaseMs: LONG_MS, keepMs: LONG_MS, maxChunks };
        await store.create({ id, owner: 'ann', attempt: 1, ...limits });
        const accepted: { readonly id: string; readonly data: string }[] = [];
        let attempt = 1;
        let seq = 0;
        let repeat = async (): Promise<unknown> => 'held';

        const makeFrames = (count: number): SseFrame[] =>
          Array.from({ length: count }, () => ({ event: 'chunk', data: newId() }));
        const checkReader = async (after: string | undefined, place: number): Promise<void> => {
          const last = accepted.at(-1)?.id;
          if (place >= accepted.length) return;
          const stop = new AbortController();
          const got: unknown[] = [];
          let previous = after;
          for await (const entry of other.read(id, after, stop.signal)) {
            if (!followsEntry(entry, previous)) {
              expect(maxChunks).toBeLessThan(accepted.length - place);
              stop.abort();
              return;
            }
            previous = entry.id;
            got.push({ id: entry.id, data: entry.frame.data });
            if (entry.id === last) stop.abort();
          }
          expect(got).toEqual(accepted.slice(place));
        };

        for (const each of steps) {
          switch (each.type) {
            case 'append': {
              const frames = makeFrames(each.count);
              const [by, first] = [attempt, seq + 1];
              repeat = () => store.append(id, by, first, frames);
              expect(await repeat()).toBe('held');
              for (const { data } of frames) {
                accepted.push({ id: `${String(attempt)}-${String(++seq)}`, data });
              }
              break;
            }
            case 'repeat':
              await repeat();
              break;
            case 'zombie':
              if (attempt === 1) break;
              expect(await other.append(id, attempt - 1, 1000, makeFrames(2))).toBe('lost');
              break;
            case 'takeOver':
              expect(await other.claim(id, 'b', LONG_MS)).toBeUndefined();
              await store.renew(id, attempt, 0);
              expect(await other.claim(id, 'b', LONG_MS)).toBe(++attempt);
              seq = 0;
              break;
            case 'read': {
              const place = each.from % (accepted.length + 1);
              await checkReader(accepted[place - 1]?.id, place);
            }
          }
        }
        await checkReader(undefined, 0);
        await store.expire(id, 0);
      },
    ),
    { numRuns },
  );
}
