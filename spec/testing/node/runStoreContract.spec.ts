import { describe, expect, it } from '@jest/globals';
import { memoryStore, type RunStore } from '../../../lib/node/index.js';
import { runStoreContract } from '../../../lib/testing/node/index.js';

/** One mistake each, in a store that is right otherwise. */
const MISTAKES: Readonly<Record<string, (right: RunStore) => Partial<RunStore>>> = {
  'gives a key to a second run': (right) => ({
    create: (run) => right.create({ ...run, key: undefined }),
  }),
  'shares keys between owners': (right) => ({
    create: (run) => right.create({ ...run, owner: 'all' }),
  }),
  'knows any run': (right) => {
    let first: string | undefined;
    return {
      create: async (run) => (first = await right.create(run)),
      get: async (id) => (await right.get(id)) ?? right.get(first ?? ''),
    };
  },
  'keeps no input': (right) => ({ create: (run) => right.create({ ...run, input: undefined }) }),
  'lets anybody claim': (right) => ({
    async claim(id, holder, leaseMs) {
      await right.renew(id, 1, 0);
      return right.claim(id, holder, leaseMs);
    },
  }),
  'lets nobody claim': () => ({ claim: () => Promise.resolve(undefined) }),
  'says that a lost lease is held': (right) => ({
    renew: async (...all) => ((await right.renew(...all)) === 'lost' ? 'held' : 'gone'),
  }),
  'takes frames of an earlier attempt': (right) => ({
    async append(id, attempt, ...rest) {
      return right.append(id, (await right.get(id))?.attempt ?? attempt, ...rest);
    },
  }),
  'adds repeated frames again': (right) => ({
    async append(id, attempt, seq, ...rest) {
      const last = (await right.get(id))?.last?.split('-')[1];
      return right.append(id, attempt, last === undefined ? seq : Number(last) + 1, ...rest);
    },
  }),
  'takes frames after a hole': (right) => ({
    append: (id, attempt, seq, sent, ends) => right.append(id, attempt, seq, sent, ends, 0),
  }),
  'never ends': (right) => ({
    append: (id, attempt, seq, frames) => right.append(id, attempt, seq, frames),
  }),
  'reads from the beginning, whatever was asked for': (right) => ({
    read: (id, _, signal) => right.read(id, undefined, signal),
  }),
  'has no reader': () => ({ isPresent: () => Promise.resolve(false) }),
  'has a reader for ever': () => ({ isPresent: () => Promise.resolve(true) }),
  'forgets too early': (right) => ({ expire: (id) => right.expire(id, 0) }),
};

describe('runStoreContract', () => {
  it.each(Object.entries(MISTAKES))('refuses a store that %s', async (_, toMistake) => {
    const right = memoryStore();
    const store = { ...right, ...toMistake(right) };
    const failures: string[] = [];
    for (const { name, run } of runStoreContract({ open: () => store })) {
      await run().catch(() => failures.push(name));
      if (failures.length) break;
    }
    expect(failures).toHaveLength(1);
  });

  it('says so if what it opens are different stores', async () => {
    const [check] = runStoreContract({ open: memoryStore });
    await expect(check?.run()).rejects.toThrow(
      'open() gave another store: each call has to open the same runs',
    );
  });
});
