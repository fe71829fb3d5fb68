import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { NewRun, RunStore, SseFrame } from '../../../lib/node/index.js';
import { compareIds } from '../../../lib/node/runs/compareIds.js';
import { readEventId } from '../../../lib/wire/chatEvents.js';
import { newId } from '../../../lib/node/runs/newId.js';

/** Longer than any of this takes, and over before anything else can happen. */
const LONG_MS = 600_000;

const RUNS = 2;
const run = fc.nat({ max: RUNS - 1 });
/** How far from the last attempt: mostly it, and sometimes one that has lost the run, or that there never was. */
const attempt = fc.constantFrom(0, 0, 0, 0, -1, 1);
/** How far from the next frame: mostly it, and sometimes repeated frames or a hole. */
const seq = fc.constantFrom(0, 0, 0, 0, -1, -2, 1, 3);
const leaseMs = fc.constantFrom(0, LONG_MS);
/** Whatever users, and those who attack, are called. */
const name = fc.constantFrom('a', 'b', 'é😀', '\u0000\n"\\', '__proto__', '*', ' ', 'a":"b');

const LIMITS = { holder: 'a', leaseMs: LONG_MS, keepMs: LONG_MS, maxChunks: 100_000 };

/** Any call, also one that no gateway makes. */
const call = fc.oneof(
  fc.record({
    type: fc.constant('create' as const),
    ...{ run, owner: name, attempt: fc.integer({ min: 1, max: 3 }) },
    key: fc.option(name, { nil: undefined }),
    input: fc.option(
      name.map((text) => JSON.stringify({ text })),
      { nil: undefined },
    ),
  }),
  fc.record({ type: fc.constant('get' as const), run }),
  fc.record({ type: fc.constant('claim' as const), run }),
  fc.record({ type: fc.constant('renew' as const), run, attempt, leaseMs }),
  fc.record({
    type: fc.constant('append' as const),
    ...{ run, attempt, seq, ends: fc.constantFrom(false, false, false, true) },
    texts: fc.array(name, { minLength: 1, maxLength: 4 }),
    after: fc.constantFrom(undefined, undefined, 0, 2),
  }),
  fc.record({ type: fc.constant('read' as const), run, attempt, place: fc.nat({ max: 6 }) }),
  fc.record({ type: fc.constant('present' as const), run }),
  fc.record({ type: fc.constant('isPresent' as const), run }),
  fc.record({
    type: fc.constant('expire' as const),
    run,
    ms: fc.constantFrom(LONG_MS, LONG_MS, LONG_MS, 0),
  }),
);

type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

/** Whatever is asked of two stores in the same order, they answer the same. */
export async function checkStoresAgree(
  open: () => Promise<readonly [RunStore, RunStore]>,
  numRuns: number,
): Promise<void> {
  const stores = await open();
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 60, size: 'max' }), async (calls) => {
      const ids = Array.from({ length: RUNS }, newId);
      const tag = newId();
      for (const store of stores) {
        for (const id of ids) await store.create({ id, owner: tag, attempt: 1, ...LIMITS });
      }
      for (const each of calls) {
        const id = ids[each.run] ?? '';
        const [one, other] = await Promise.all(stores.map((store) => ask(store, id, tag, each)));
        expect([each, other]).toEqual([each, one]);
      }
      await Promise.all(stores.flatMap((store) => ids.map((id) => store.expire(id, 0))));
    }),
    { numRuns },
  );
}

/** What a store answers, without the time that passes. */
async function ask(store: RunStore, id: string, tag: string, each: Call): Promise<unknown> {
  const record = await store.get(id);
  const last = readEventId(record?.last ?? '');
  const by = (record?.attempt ?? 1) + ('attempt' in each ? each.attempt : 0);
  switch (each.type) {
    case 'create': {
      const { owner, key, input, attempt: first } = each;
      const created: NewRun = { id, owner: tag + owner, key, input, attempt: first, ...LIMITS };
      return store.create(created);
    }
    case 'get':
      return record && { ...record, leaseMs: record.leaseMs > 0 };
    case 'claim':
      return store.claim(id, 'b', LONG_MS);
    case 'renew':
      return store.renew(id, by, each.leaseMs);
    case 'append': {
      const { seq, texts, ends, after } = each;
      const next = last?.attempt === by ? last.seq + 1 : 1;
      const frames = texts.map((text): SseFrame => ({
        event: 'chunk',
        data: JSON.stringify({ text }),
      }));
      return store.append(id, by, Math.max(1, next + seq), frames, ends, after);
    }
    case 'read': {
      const after = each.place ? `${String(Math.max(1, by))}-${String(each.place)}` : undefined;
      return record?.last === undefined ? [] : readTo(store, id, after, record.last);
    }
    case 'present':
      return store.present(id, LONG_MS);
    case 'isPresent':
      return store.isPresent(id);
    case 'expire':
      return store.expire(id, each.ms);
  }
}

/** The entries after an id, up to the last of the log. */
async function readTo(
  store: RunStore,
  id: string,
  after: string | undefined,
  last: string,
): Promise<unknown[]> {
  if (after !== undefined && compareIds(after, last) >= 0) return [];
  const stop = new AbortController();
  const entries: unknown[] = [];
  for await (const entry of store.read(id, after, stop.signal)) {
    entries.push(entry);
    if (entry.id === last) stop.abort();
  }
  return entries;
}
