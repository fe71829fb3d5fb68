import { describe, expect, it } from '@jest/globals';
import { map, merge } from 'rxjs';
import {
  RunError,
  memoryStore,
  type RunStore,
  type RunsOptions,
  type SseFrame,
} from '../../../lib/node/index.js';
import { chunk } from '../../../lib/testing/index.js';
import { settle } from '../../support/virtualTime.js';
import { ann, createModel, createScene, read } from './support.js';

const LEASE = 15_000;
const GRACE = 30_000;

/** A gateway with a run, and another one, at a store that can lose what it has, as one does that fails over. */
async function start(options: RunsOptions = {}) {
  let current = memoryStore();
  const scene = createScene((time) => {
    current = memoryStore(time);
    const call = (name: keyof RunStore) => (current[name] as () => unknown).bind(current);
    return new Proxy(current, {
      get:
        (_, name: keyof RunStore) =>
        (...args: []) =>
          call(name)(...args),
    });
  });
  const { open, scheduler } = scene;
  const [here, there] = [open(options), open(options)];
  const model = createModel();
  const { id } = await here.start(() => model.chunk$, ann);
  /** Both gateways lose their store for a moment. Then it has so many frames of the run, or with 0 no such run. */
  const lose = async (kept: number): Promise<void> => {
    const frames: SseFrame[] = [];
    const stop = new AbortController();
    for await (const { frame } of current.read(id, undefined, stop.signal)) {
      frames.push(frame);
      if (frames.length >= kept) stop.abort();
    }
    here.cut();
    there.cut();
    await settle();
    current = memoryStore({ scheduler });
    if (kept) {
      const { maxChunks = 100_000 } = options;
      const limits = { holder: 'a', attempt: 1, leaseMs: LEASE, keepMs: 300_000, maxChunks };
      await current.create({ id, ...ann, ...limits });
      await current.append(id, 1, 1, frames);
    }
    here.restore();
    there.restore();
  };
  return { ...scene, here, there, model, id, lose };
}

describe('a store that has lost the end of a log', () => {
  it('gets it again with the next frame, and no reader gets anything twice', async () => {
    const { here, there, model, id, lose } = await start();
    const reading = read(here.follow(id, ann));
    const elsewhere = read(there.follow(id, ann));
    model.say('a', 'b', 'c', 'd');
    await settle();
    await lose(2);
    await settle();
    expect(elsewhere.names).toEqual([
      '1-1 chunk',
      '1-2 chunk',
      '1-3 chunk',
      '1-4 chunk',
      'closing',
    ]);
    const back = read(there.follow(id, { ...ann, after: '1-4' }));
    const late = read(there.follow(id, ann));
    model.say('e');
    model.finish();
    await settle();
    expect(back.names).toEqual(['1-5 chunk', '1-6 chunk', '1-7 done']);
    expect(late.frames).toEqual(reading.frames);
    expect(late.text).toBe('abcde');
  });

  it('gets it again from a model that is silent', async () => {
    const { here, there, model, id, lose, elapse } = await start();
    read(here.follow(id, ann));
    model.say('a', 'b', 'c', 'd');
    await settle();
    await lose(1);
    const late = read(there.follow(id, ann));
    await elapse(1000);
    expect(late.text).toBe('abcd');
  });

  it('is a gap where its gateway no longer has what is missing', async () => {
    const { here, there, model, id, lose } = await start({ maxChunks: 2 });
    const reading = read(here.follow(id, ann));
    for (const text of 'abcdefgh') {
      model.say(text);
      await settle();
    }
    await lose(1);
    model.say('i');
    await settle();
    const late = read(there.follow(id, ann));
    await settle();
    expect(late.names.at(-1)).toBe('gap');
    expect(reading.text).toBe('abcdefghi');
  });
});

describe('a store that has lost a run that is alive', () => {
  it('does not make it a run that there never was: gateways are unsure for a lease', async () => {
    const { here, there, model, id, lose, elapse } = await start();
    model.say('a');
    await settle();
    expect(await there.find(id, ann)).toMatchObject({ id });
    await lose(0);
    // It does not come back.
    here.cut();
    const unsure = { code: 'unsure', statusCode: 503 };
    const error: unknown = await there.find(id, ann).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RunError);
    expect(error).toMatchObject(unsure);
    await expect(there.stop(id, ann)).rejects.toMatchObject(unsure);
    await expect(there.decide(id, 'c', true, ann)).rejects.toMatchObject(unsure);
    const reading = read(there.follow(id, ann));
    await settle();
    expect(reading.names).toEqual(['closing']);
    await elapse(LEASE + 1000);
    expect(await there.find(id, ann)).toBeUndefined();
    const late = read(there.follow(id, ann));
    await settle();
    expect(late.error).toMatchObject({ code: 'not-found' });
  });

  it('has it again within a second, though the model is silent', async () => {
    const { there, model, id, lose, elapse } = await start();
    model.say('a');
    await settle();
    await lose(0);
    await elapse(1000);
    expect(await there.find(id, ann)).toMatchObject({ id, ended: false, last: '1-1' });
  });

  it('does not make it a run without readers: they get the time of grace to come back', async () => {
    const { there, model, id, lose, elapse } = await start();
    const elsewhere = read(there.follow(id, ann));
    model.say('a');
    // The gateway of the run is about to look.
    await elapse(GRACE + GRACE / 3 - 100);
    await lose(0);
    await settle();
    expect(elsewhere.names.at(-1)).toBe('closing');
    await elapse(2000);
    expect(model.stopped).toBe(0);
    read(there.follow(id, ann));
    await elapse(10 * GRACE);
    expect(model.stopped).toBe(0);
  });
});

describe('a decision at the gateway of a call', () => {
  it('is taken while its store is away for less than a lease, and refused later', async () => {
    const { open, elapse } = createScene();
    const runs = open();
    const call = (id: string) => ({ id, function: { name: 'pay', arguments: {} } });
    const { id } = await runs.start(
      ({ approve }) =>
        merge(approve(call('first')), approve(call('second'))).pipe(map(() => chunk.answer('ok'))),
      ann,
    );
    const reading = read(runs.follow(id, ann));
    runs.cut();
    await elapse(LEASE - 1000);
    expect(await runs.decide(id, 'first', true, ann)).toBe(true);
    // Another gateway may have the run.
    await elapse(1000);
    expect(await runs.decide(id, 'second', true, ann)).toBe(false);
    expect(reading.text).toBe('ok');
    runs.restore();
    expect(await runs.decide(id, 'second', true, ann)).toBe(true);
    await settle();
    expect(reading.text).toBe('okok');
  });
});
