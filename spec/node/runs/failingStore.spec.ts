import { describe, expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import { settle } from '../../support/virtualTime.js';
import { ann, createModel, createScene, read } from './support.js';

const LEASE = 15_000;

describe('a store that can not be reached', () => {
  it('stops no reader of the gateway of the run, and gets all when it is back', async () => {
    const { open, elapse } = createScene();
    const [here, there] = [open(), open()];
    const model = createModel();
    const { id } = await here.start(() => model.chunk$, ann);
    const reading = read(here.follow(id, ann));
    model.say('a');
    await settle();
    here.cut();
    model.say('b', 'c');
    await elapse(LEASE - 1000);
    const late = read(here.follow(id, { ...ann, after: '1-1' }));
    model.say('d');
    await settle();
    expect([reading.text, late.text]).toEqual(['abcd', 'bcd']);
    here.restore();
    await elapse(1000);
    const elsewhere = read(there.follow(id, ann));
    await settle();
    expect(elsewhere.frames).toEqual(reading.frames);
    model.finish();
    await settle();
    expect(elsewhere.names.at(-1)).toBe('1-6 done');
    expect(model.stopped).toBe(0);
  });

  it('may have taken what it did not confirm: nothing is there twice', async () => {
    const { open, elapse, store } = createScene();
    let isLost = false;
    const lossy = {
      ...store,
      append: async (...args: Parameters<typeof store.append>) => {
        const standing = await store.append(...args);
        if (isLost) throw new Error('The answer was lost.');
        return standing;
      },
    };
    const here = open({ store: lossy });
    const model = createModel();
    const { id } = await here.start(() => model.chunk$, ann);
    isLost = true;
    model.say('a');
    await settle();
    model.say('b');
    model.finish();
    await elapse(50);
    isLost = false;
    await elapse(1000);
    const reading = read(open().follow(id, ann));
    await settle();
    expect(reading.text).toBe('ab');
    expect(reading.names.at(-1)).toBe('1-4 done');
  });

  it('sends readers of other gateways away, to come back', async () => {
    const { open } = createScene();
    const [here, there] = [open(), open()];
    const model = createModel();
    const { id } = await here.start(() => model.chunk$, ann);
    const reading = read(there.follow(id, ann));
    model.say('a');
    await settle();
    there.cut();
    await settle();
    const late = read(there.follow(id, ann));
    await settle();
    expect(reading.names).toEqual(['1-1 chunk', 'closing']);
    expect(late.names).toEqual(['closing']);
    expect(late.frames[0]).toEqual({ event: 'closing', data: '{"type":"closing","retry":1000}' });
    expect([reading.isComplete, late.isComplete]).toEqual([true, true]);
    there.restore();
    const back = read(there.follow(id, { ...ann, after: '1-1' }));
    model.say('b');
    await settle();
    expect(back.names).toEqual(['1-2 chunk']);
  });

  it('rejects what needs it, and not what does not', async () => {
    const { open } = createScene();
    const [here, there] = [open(), open()];
    const model = createModel();
    const { id } = await here.start(() => model.chunk$, ann);
    here.cut();
    there.cut();
    const unreachable = 'The store is not reachable.';
    await expect(here.start(() => NEVER, ann)).rejects.toThrow(unreachable);
    await expect(there.find(id, ann)).rejects.toThrow(unreachable);
    await expect(there.stop(id, ann)).rejects.toThrow(unreachable);
    await expect(there.decide(id, 'c', true, ann)).rejects.toThrow(unreachable);
    expect(await here.find(id, ann)).toMatchObject({ id, ended: false });
    expect(await here.decide(id, 'c', true, ann)).toBe(false);
    expect(await here.stop(id, ann)).toBe(true);
    expect(model.stopped).toBe(1);
  });

  it('is not waited for longer than the run would be kept', async () => {
    const { open, elapse, scheduler } = createScene();
    const here = open({ ttl: 1000 });
    const model = createModel();
    const { id } = await here.start(() => model.chunk$, ann);
    here.cut();
    model.finish();
    await elapse(LEASE + 999);
    expect(await here.find(id, ann)).toMatchObject({ id, ended: true });
    await elapse(1);
    await expect(here.find(id, ann)).rejects.toThrow();
    await here.close();
    expect(scheduler.actions).toEqual([]);
  });
});

describe('a store that has lost a run', () => {
  it.each([0, 1e6])('gets it again after %d ms from its gateway, with all of it', async (ms) => {
    const { open, store, elapse } = createScene();
    const [here, there] = [open(), open()];
    const model = createModel();
    const { id } = await here.start(() => model.chunk$, { ...ann, key: 'k' });
    const reading = read(here.follow(id, ann));
    model.say('a', 'b');
    await elapse(ms);
    await store.expire(id, 0);
    model.say('c');
    await settle();
    const elsewhere = read(there.follow(id, ann));
    await settle();
    expect(elsewhere.frames).toEqual(reading.frames);
    expect(await there.start(() => NEVER, { ...ann, key: 'k' })).toEqual({ id });
    model.finish();
    await elapse(1000);
    expect(reading.names.at(-1)).toBe('1-5 done');
    expect(elsewhere.names.at(-1)).toBe('1-5 done');
  });

  it('gets it also if the model says nothing, when its lease is renewed', async () => {
    const { open, store, elapse } = createScene();
    const [here, there] = [open(), open()];
    const model = createModel();
    const { id } = await here.start(() => model.chunk$, ann);
    model.say('a');
    await settle();
    await store.expire(id, 0);
    expect(await there.find(id, ann)).toBeUndefined();
    await elapse(LEASE / 3);
    expect(await there.find(id, ann)).toMatchObject({ id, ended: false });
    const elsewhere = read(there.follow(id, ann));
    await settle();
    expect(elsewhere.text).toBe('a');
  });

  it('sends its readers elsewhere away, for whom it may be back in a moment', async () => {
    const { open, store, elapse } = createScene();
    const [here, there] = [open(), open()];
    const { id } = await here.start(() => NEVER, ann);
    const reading = read(there.follow(id, ann));
    await settle();
    await store.expire(id, 0);
    here.pause();
    await elapse(LEASE);
    expect(reading.names).toEqual(['closing']);
  });
});
