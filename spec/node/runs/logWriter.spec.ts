import { describe, expect, it } from '@jest/globals';
import { memoryStore, type RunStore, type SseFrame } from '../../../lib/node/index.js';
import { createFrameLog } from '../../../lib/node/runs/frameLog.js';
import { createLogWriter } from '../../../lib/node/runs/logWriter.js';
import { createVirtualTime, settle } from '../../support/virtualTime.js';

const [KEEP, LEASE] = [60_000, 15_000];
const ID = 'a'.repeat(32);
const run = {
  ...{ id: ID, owner: 'ann', key: 'answer', holder: 'here', attempt: 1 },
  ...{ leaseMs: LEASE, keepMs: KEEP, maxChunks: 100 },
};
const frame = (data: string): SseFrame => ({ event: 'chunk', data });

/** A writer of a log that has one frame, and a store that can be replaced by another one. */
async function start() {
  const time = createVirtualTime();
  const { scheduler } = time;
  let current = memoryStore({ scheduler });
  const store = new Proxy(current, {
    get: (_, name: keyof RunStore) => current[name].bind(current),
  });
  await store.create(run);
  const log = createFrameLog(100);
  let isLost = false;
  const stop = new AbortController();
  const writer = createLogWriter({
    ...{ store, run, log, scheduler, signal: stop.signal },
    onWritten: () => undefined,
    onLost() {
      isLost = true;
      stop.abort();
    },
  });
  log.append(1, 1, [frame('one')]);
  writer.write();
  await settle();
  return {
    ...{ ...time, store, log, writer },
    get isLost() {
      return isLost;
    },
    /** A store with nothing in it. */
    forget: () => {
      current = memoryStore({ scheduler });
    },
  };
}

describe('a writer of a log whose run the store has lost', () => {
  it('creates the run again, with all of its log', async () => {
    const { store, forget, writer, ...scene } = await start();
    forget();
    await writer.renew();
    await settle();
    expect(await store.get(ID)).toMatchObject({ last: '1-1', leaseMs: LEASE });
    expect(scene.isLost).toBe(false);
  });

  it('writes all of it when the run was created again by another call', async () => {
    const { store, forget, writer } = await start();
    forget();
    await store.create(run);
    await writer.recover();
    await settle();
    expect(await store.get(ID)).toMatchObject({ last: '1-1' });
  });

  it('gives the run up when others may have ended it meanwhile', async () => {
    const scene = await start();
    await scene.elapse(KEEP);
    scene.forget();
    await scene.writer.renew();
    expect(scene.isLost).toBe(true);
    expect(await scene.store.get(ID)).toBeUndefined();
  });

  it('gives the run up when its key is that of another one', async () => {
    const scene = await start();
    scene.forget();
    await scene.store.create({ ...run, id: 'b'.repeat(32) });
    await scene.writer.renew();
    expect(scene.isLost).toBe(true);
    expect(await scene.store.get(ID)).toBeUndefined();
  });
});
