import { strict as assert } from 'node:assert';
import type { LogEntry, NewRun, RunStore } from '../../node/runs/runStore.js';
import type { SseFrame } from '../../wire/chatEvents.js';

/** One rule of a contract. */
export interface ContractCheck {
  /** What is checked: the rest of a sentence that begins with the store. */
  readonly name: string;
  /** Rejects with an `AssertionError` if the rule is not kept. */
  readonly run: () => Promise<void>;
}

/** A store that is to be checked. */
export interface RunStoreCandidate {
  /**
   * Opens the store, as each gateway does. Stores that are opened one after the other have the same runs.
   */
  readonly open: () => RunStore | Promise<RunStore>;
}

/** Longer than any check takes. */
const LONG_MS = 600_000;
/** Over before anything else can happen. */
const SHORT_MS = 1;

/** The stores of two gateways, and a run that is held by the first one. */
interface Scene {
  readonly store: RunStore;
  readonly other: RunStore;
  readonly run: NewRun;
  readonly id: string;
}

/**
 * The rules that a `RunStore` keeps, as checks for any test runner. Each check uses runs of its own, so
 * that a store can be shared by all of them, and by others.
 *
 * _It's like a file of specs, but as a list, for any test runner._
 *
 * ```ts
 * import { describe, it } from 'node:test';
 * import { memoryStore } from 'rxjs-ollama/node';
 * import { runStoreContract } from 'rxjs-ollama/testing/node';
 *
 * const store = memoryStore();
 * describe('a store in memory', () => {
 *   for (const { name, run } of runStoreContract({ open: () => store })) it(name, run);
 * });
 * ```
 *
 * @param candidate how the store is opened
 * @see `createRuns`, `memoryStore`, `redisStore`
 */
export function runStoreContract(candidate: RunStoreCandidate): readonly ContractCheck[] {
  const check = (name: string, act: (scene: Scene) => Promise<void>): ContractCheck => ({
    name,
    async run() {
      const store = await candidate.open();
      const other = await candidate.open();
      const run = newRun();
      assert.equal(await store.create(run), run.id);
      const isShared = (await other.get(run.id)) !== undefined;
      assert.ok(isShared, 'open() gave another store: each call has to open the same runs');
      await act({ store, other, run, id: run.id });
      await store.expire(run.id, 0);
    },
  });

  return [
    check('has a run from its creation on, at each gateway', async ({ store, other, run, id }) => {
      for (const each of [store, other]) {
        const { leaseMs = 0, ...record } = (await each.get(id)) ?? {};
        assert.ok(leaseMs > 0 && leaseMs <= LONG_MS, `the lease is ${String(leaseMs)} ms`);
        const { owner, key, input, attempt } = run;
        assertRecord(record, { owner, key, input, attempt, last: undefined, ended: false });
      }
    }),

    check('knows no other run', async ({ store }) => {
      const id = newId();
      assert.equal(await store.get(id), undefined);
      assert.equal(await store.claim(id, 'b', LONG_MS), undefined);
      assert.equal(await store.renew(id, 1, LONG_MS), 'gone');
      assert.equal(await store.append(id, 1, 1, frames('a')), 'gone');
      assert.equal(await store.isPresent(id), false);
      await store.expire(id, 0);
    }),

    check('creates one run per owner and key', async ({ store, other, run, id }) => {
      for (const each of [other, store]) {
        assert.equal(await each.create({ ...newRun(), owner: run.owner, key: run.key }), id);
      }
      const another = newRun();
      assert.equal(await other.create({ ...another, key: run.key }), another.id);
      const keyless = newRun();
      assert.equal(await other.create({ ...keyless, key: undefined }), keyless.id);
      const again = newRun();
      assert.equal(await other.create({ ...again, key: undefined }), again.id);
    }),

    check('creates one run of many that are created at once', async ({ store, other }) => {
      const runs = Array.from({ length: 20 }, () => ({ ...newRun(), key: 'once', owner: newId() }));
      const [first] = runs;
      const ids = await Promise.all(
        runs.map((run, at) =>
          (at % 2 ? store : other).create({ ...run, owner: first?.owner ?? '' }),
        ),
      );
      assert.equal(new Set(ids).size, 1);
    }),

    check('tells owners and keys apart, whatever is in them', async ({ store }) => {
      const pairs = [
        ['a', 'b:c'],
        ['a:b', 'c'],
        ['a","b', 'c'],
        ['a', 'b","c'],
        ['\u0000\n"', 'é😀'],
        ['\u0000\n', '"é😀'],
      ] as const;
      const tag = newId();
      const ids = await Promise.all(
        pairs.map(([owner, key]) => store.create({ ...newRun(), owner: tag + owner, key })),
      );
      assert.equal(new Set(ids).size, pairs.length);
      const record = await store.get(ids[4] ?? '');
      assert.deepEqual([record?.owner, record?.key], [tag + pairs[4][0], pairs[4][1]]);
    }),

    check('leaves a run as it is that is created again', async ({ store, other, run, id }) => {
      await store.append(id, 1, 1, frames('a'));
      assert.equal(await other.create({ ...run, attempt: 3 }), id);
      const record = await store.get(id);
      assert.deepEqual([record?.attempt, record?.last], [1, '1-1']);
    }),

    check('reads what was appended, at each gateway', async ({ store, other, id }) => {
      await store.append(id, 1, 1, frames('a', 'b'));
      await store.append(id, 1, 3, frames('c'));
      for (const each of [store, other]) {
        assert.deepEqual(await take(each, id, undefined, 3), [
          entry('1-1', 'a'),
          entry('1-2', 'b'),
          entry('1-3', 'c'),
        ]);
        assert.deepEqual(await take(each, id, '1-2', 1), [entry('1-3', 'c')]);
        assert.equal((await each.get(id))?.last, '1-3');
      }
    }),

    check('keeps a frame as it is, whatever its text', async ({ store, other, id }) => {
      const data = JSON.stringify({ text: 'é😀\u2028\u0000"\\\n', long: 'x'.repeat(100_000) });
      await store.append(id, 1, 1, [{ event: 'tool-result', data }]);
      const [read] = await take(other, id, undefined, 1);
      assert.deepEqual(read?.frame, { event: 'tool-result', data });
    }),

    check('reads what comes, at each gateway', async ({ store, other, id }) => {
      const readers = [store, other].map((each) => take(each, id, undefined, 3));
      for (const [at, text] of ['a', 'b', 'c'].entries()) {
        await store.append(id, 1, at + 1, frames(text));
      }
      for (const read of await Promise.all(readers)) {
        assert.deepEqual(read, [entry('1-1', 'a'), entry('1-2', 'b'), entry('1-3', 'c')]);
      }
    }),

    check('reads many frames and many readers, in order', async ({ store, other, id }) => {
      const count = 1500;
      const texts = Array.from({ length: count }, (_, at) => `text ${String(at + 1)}`);
      const expected = texts.map((text, at) => entry(`1-${String(at + 1)}`, text));
      const readers = [0, 700, 0].map((after, at) =>
        take(at % 2 ? store : other, id, after ? `1-${String(after)}` : undefined, count - after),
      );
      for (let at = 0; at < count; at += 125) {
        await store.append(id, 1, at + 1, frames(...texts.slice(at, at + 125)));
      }
      const [one, late, two] = await Promise.all(readers);
      assert.deepEqual(one, expected);
      assert.deepEqual(late, expected.slice(700));
      assert.deepEqual(two, expected);
    }),

    check('ends a reading when its signal aborts', async ({ store, other, id }) => {
      await store.append(id, 1, 1, frames('a'));
      for (const each of [store, other]) {
        const stop = new AbortController();
        const read: string[] = [];
        for await (const { id: at } of each.read(id, undefined, stop.signal)) {
          read.push(at);
          setImmediate(() => {
            stop.abort();
          });
        }
        assert.deepEqual(read, ['1-1']);
      }
    }),

    check('adds nothing twice', async ({ store, id }) => {
      await store.append(id, 1, 1, frames('a', 'b'));
      assert.equal(await store.append(id, 1, 1, frames('a', 'b')), 'held');
      assert.equal(await store.append(id, 1, 2, frames('b', 'c')), 'held');
      assert.deepEqual(await take(store, id, undefined, 3), [
        entry('1-1', 'a'),
        entry('1-2', 'b'),
        entry('1-3', 'c'),
      ]);
    }),

    check('refuses frames after a hole, and takes what is missing', async (scene) => {
      const { store, other, id } = scene;
      await store.append(id, 1, 1, frames('a'));
      assert.equal(await store.append(id, 1, 3, frames('c')), 'behind');
      assert.equal((await other.get(id))?.last, '1-1');
      assert.equal(await store.append(id, 1, 2, frames('b', 'c')), 'held');
      // The gateway no longer has what is in between.
      assert.equal(await store.append(id, 1, 7, frames('g'), false, 3), 'held');
      assert.deepEqual(await take(other, id, '1-2', 2), [entry('1-3', 'c'), entry('1-7', 'g')]);
    }),

    check('gives a run to one of those that claim it, when its lease ran out', async (scene) => {
      const { store, other, id } = scene;
      assert.equal(await other.claim(id, 'b', LONG_MS), undefined);
      await store.renew(id, 1, 0);
      const claims = await Promise.all(
        Array.from({ length: 10 }, (_, at) => (at % 2 ? store : other).claim(id, 'b', LONG_MS)),
      );
      assert.deepEqual(
        claims.filter((attempt) => attempt !== undefined),
        [2],
      );
      const record = await store.get(id);
      assert.equal(record?.attempt, 2);
      assert.ok(record.leaseMs > 0);
    }),

    check('lets a lease run out by itself', async ({ store, other, id }) => {
      await store.renew(id, 1, SHORT_MS);
      assert.equal(await until(() => other.claim(id, 'b', SHORT_MS)), 2);
      assert.equal(await until(() => store.claim(id, 'c', LONG_MS)), 3);
    }),

    check('renews a lease with each frame, also one that ran out', async ({ store, other, id }) => {
      await store.renew(id, 1, 0);
      assert.equal((await other.get(id))?.leaseMs, 0);
      assert.equal(await store.append(id, 1, 1, frames('a')), 'held');
      assert.ok(((await other.get(id))?.leaseMs ?? 0) > 0);
      assert.equal(await other.claim(id, 'b', LONG_MS), undefined);
    }),

    check('refuses an attempt that is not the last', async ({ store, other, id }) => {
      await store.append(id, 1, 1, frames('a'));
      await store.renew(id, 1, 0);
      await other.claim(id, 'b', LONG_MS);
      // Before the new attempt has any frame, and after.
      assert.equal(await store.append(id, 1, 2, frames('late')), 'lost');
      assert.equal(await other.append(id, 2, 1, frames('b', 'c')), 'held');
      assert.equal(await store.append(id, 1, 2, frames('late')), 'lost');
      assert.equal(await store.renew(id, 1, LONG_MS), 'lost');
      assert.deepEqual(await take(store, id, undefined, 3), [
        entry('1-1', 'a'),
        { ...entry('2-1', 'b'), previous: '1-1' },
        entry('2-2', 'c'),
      ]);
    }),

    check('names no frame before the first one', async ({ store, other, id }) => {
      await store.renew(id, 1, 0);
      await other.claim(id, 'b', LONG_MS);
      await other.append(id, 2, 1, frames('a'));
      assert.deepEqual(await take(store, id, undefined, 1), [entry('2-1', 'a')]);
    }),

    check('takes nothing after the last frame', async ({ store, other, id }) => {
      const last: SseFrame = { event: 'done', data: '{"type":"done"}' };
      assert.equal(await store.append(id, 1, 1, [...frames('a'), last], true), 'held');
      assert.equal((await other.get(id))?.ended, true);
      assert.equal(await store.append(id, 1, 3, frames('late')), 'lost');
      assert.equal(await store.renew(id, 1, 0), 'lost');
      await store.expire(id, LONG_MS);
      assert.equal(await other.claim(id, 'b', LONG_MS), undefined);
      // The answer to the last call was lost.
      assert.equal(await store.append(id, 1, 1, [...frames('a'), last], true), 'held');
      assert.equal((await take(other, id, undefined, 2)).at(-1)?.frame.event, 'done');
    }),

    check('keeps the last frames, with their ids', async ({ store, other }) => {
      const run = { ...newRun(), maxChunks: 10 };
      const count = 2000;
      await store.create(run);
      for (let at = 0; at < count; at += 100) {
        const texts = Array.from({ length: 100 }, (_, nth) => String(at + nth + 1));
        await store.append(run.id, 1, at + 1, frames(...texts));
      }
      assert.deepEqual(
        await take(other, run.id, `1-${String(count - 10)}`, 10),
        Array.from({ length: 10 }, (_, nth) => {
          const seq = String(count - 9 + nth);
          return entry(`1-${seq}`, seq);
        }),
      );
      const [first] = await take(other, run.id, '1-5', 1);
      assert.ok(Number(first?.id.slice(2)) > 6, `after 1-5 comes ${String(first?.id)}`);
    }),

    check('sends messages to each gateway', async ({ store, other, id }) => {
      const stop = new AbortController();
      const heard = [store, other].map((each) => hear(each, id, 2, stop.signal));
      await store.signal(id, 'é "1"');
      await other.signal(id, '2');
      for (const messages of await Promise.all(heard)) assert.deepEqual(messages, ['é "1"', '2']);
      stop.abort();
    }),

    check('ends the messages when their signal aborts', async ({ store }) => {
      const stop = new AbortController();
      const all = hear(store, newId(), 1, stop.signal);
      stop.abort();
      assert.deepEqual(await all, []);
    }),

    check('knows whether a run has readers', async ({ store, other, id }) => {
      assert.equal(await store.isPresent(id), false);
      await other.present(id, LONG_MS);
      assert.equal(await store.isPresent(id), true);
      await other.present(id, SHORT_MS);
      await until(async () => !(await store.isPresent(id)));
    }),

    check('forgets a run and its key', async ({ store, other, run, id }) => {
      await store.append(id, 1, 1, frames('a'));
      await store.expire(id, SHORT_MS);
      await until(async () => !(await other.get(id)));
      assert.equal(await store.append(id, 1, 2, frames('b')), 'gone');
      const next = newRun();
      assert.equal(await other.create({ ...next, key: run.key, owner: run.owner }), next.id);
      assert.equal((await store.get(next.id))?.last, undefined);
    }),

    check('forgets a run that is not renewed', async ({ store, other }) => {
      const run = { ...newRun(), leaseMs: SHORT_MS, keepMs: SHORT_MS };
      await store.create(run);
      await until(async () => !(await other.get(run.id)));
    }),

    check(
      'creates a run again that was lost, as a later attempt',
      async ({ store, other, run }) => {
        await store.append(run.id, 1, 1, frames('a'));
        await store.expire(run.id, 0);
        await until(async () => !(await store.get(run.id)));
        assert.equal(await store.create({ ...run, attempt: 2 }), run.id);
        assert.equal(await store.append(run.id, 1, 2, frames('late')), 'lost');
        assert.equal(await store.append(run.id, 2, 1, frames('b')), 'held');
        assert.deepEqual(await take(other, run.id, undefined, 1), [entry('2-1', 'b')]);
      },
    ),
  ];
}

const newId = (): string => crypto.randomUUID().replaceAll('-', '');

const newRun = (): NewRun => ({
  id: newId(),
  owner: newId(),
  key: 'k',
  input: '{"question":"why?"}',
  holder: 'a',
  attempt: 1,
  leaseMs: LONG_MS,
  keepMs: LONG_MS,
  maxChunks: 100_000,
});

const frames = (...texts: readonly string[]): SseFrame[] =>
  texts.map((text) => ({ event: 'chunk', data: JSON.stringify({ text }) }));

function entry(id: string, text: string): LogEntry {
  const [frame] = frames(text);
  return { id, frame: frame ?? { event: 'done', data: '' } };
}

/** The next so many entries. Waits for them. */
async function take(
  store: RunStore,
  id: string,
  after: string | undefined,
  count: number,
): Promise<LogEntry[]> {
  const stop = new AbortController();
  const entries: LogEntry[] = [];
  for await (const each of store.read(id, after, stop.signal)) {
    entries.push(each);
    if (entries.length === count) stop.abort();
  }
  return entries;
}

/** The next so many messages about a run. */
async function hear(
  store: RunStore,
  id: string,
  count: number,
  signal: AbortSignal,
): Promise<string[]> {
  const messages: string[] = [];
  for await (const each of store.signals(signal)) {
    if (each.id === id) messages.push(each.message);
    if (messages.length === count) break;
  }
  return messages;
}

/** Asks until there is an answer. */
async function until<T>(ask: () => Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise(setImmediate);
  }
}

function assertRecord(actual: object, expected: Readonly<Record<string, unknown>>): void {
  // A field may be absent that has no value.
  assert.deepEqual({ ...expected, ...actual }, expected);
  for (const [name, value] of Object.entries(expected)) {
    if (value !== undefined) assert.ok(name in actual, `there is no ${name}`);
  }
}
