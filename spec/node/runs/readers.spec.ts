import { describe, expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import { createRuns } from '../../../lib/node/index.js';
import { settle } from '../../support/virtualTime.js';
import { ann, createModel, createScene, read } from './support.js';

const GRACE = 30_000;

async function startRun(options = {}) {
  const scene = createScene();
  const [here, there] = [scene.open(options), scene.open(options)];
  const model = createModel();
  const { id } = await here.start(() => model.chunk$, ann);
  model.say('a');
  await settle();
  return { ...scene, here, there, model, id };
}

describe('a reader that leaves', () => {
  it('is one that no longer reads from the store', async () => {
    const { scheduler, store } = createScene();
    const signals: AbortSignal[] = [];
    const runs = createRuns({
      scheduler,
      store: {
        ...store,
        read(id, after, signal) {
          signals.push(signal);
          return store.read(id, after, signal);
        },
      },
    });
    const { id } = await createRuns({ scheduler, store }).start(() => NEVER, ann);
    const reading = read(runs.follow(id, ann));
    await settle();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    reading.leave();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('a run without a reader', () => {
  it('is stopped after grace, and a late reader sees that', async () => {
    const { here, there, model, id, elapse } = await startRun();
    await elapse(GRACE - 1);
    expect(model.stopped).toBe(0);
    await elapse(1);
    expect(model.stopped).toBe(1);
    for (const runs of [here, there]) {
      const late = read(runs.follow(id, ann));
      await settle();
      expect(late.names).toEqual(['1-1 chunk', '1-2 abandoned']);
    }
  });

  it('goes on if a reader comes back in time, at its gateway', async () => {
    const { here, model, id, elapse } = await startRun();
    for (let times = 0; times < 4; times++) {
      await elapse(GRACE - 1);
      const reading = read(here.follow(id, ann));
      await settle();
      await elapse(10 * GRACE);
      reading.leave();
      await settle();
    }
    expect(model.stopped).toBe(0);
    await elapse(GRACE);
    expect(model.stopped).toBe(1);
  });

  it('goes on while it has readers elsewhere, and is stopped when they have left', async () => {
    const { there, model, id, elapse } = await startRun();
    await elapse(GRACE - 1);
    const readings = [read(there.follow(id, ann)), read(there.follow(id, ann))];
    await elapse(10 * GRACE);
    readings[0]?.leave();
    await elapse(10 * GRACE);
    expect(model.stopped).toBe(0);
    readings[1]?.leave();
    await elapse(GRACE - 1);
    expect(model.stopped).toBe(0);
    await elapse(GRACE / 3 + 1);
    expect(model.stopped).toBe(1);
  });

  it('is kept while it is not known whether it has readers elsewhere', async () => {
    const { here, model, elapse } = await startRun();
    here.cut();
    await elapse(4 * GRACE);
    expect(model.stopped).toBe(0);
    here.restore();
    // It may have lost who reads: they get the time of grace to come again.
    await elapse(GRACE - 1);
    expect(model.stopped).toBe(0);
    await elapse(GRACE);
    expect(model.stopped).toBe(1);
  });

  it('is stopped at once with a grace of 0', async () => {
    const { model, elapse } = await startRun({ grace: 0 });
    await elapse(0);
    expect(model.stopped).toBe(1);
  });

  it('is never stopped with a grace of Infinity', async () => {
    const { model, elapse } = await startRun({ grace: Infinity });
    await elapse(1e6);
    expect(model.stopped).toBe(0);
  });

  it('leaves nothing behind when it is over: no timer, no subscription', async () => {
    const { here, there, model, id, elapse, scheduler } = await startRun();
    read(here.follow(id, ann)).leave();
    read(there.follow(id, ann));
    await elapse(1000);
    model.finish();
    await settle();
    await elapse(0);
    await Promise.all([here.close(), there.close()]);
    expect(scheduler.actions).toEqual([]);
  });
});
