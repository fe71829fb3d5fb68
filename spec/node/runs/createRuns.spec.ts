import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, from, of, throwError } from 'rxjs';
import { RunError, createRuns, type RunsOptions } from '../../../lib/node/index.js';
import { readEventId } from '../../../lib/wire/chatEvents.js';
import { chunk } from '../../../lib/testing/index.js';
import { settle } from '../../support/virtualTime.js';
import { ann, bob, createModel, createScene, read } from './support.js';

describe('a run', () => {
  it('goes on without a connection, and is read by its id from where a client was', async () => {
    const { open } = createScene();
    const runs = open();
    const model = createModel();
    const { id } = await runs.start(() => model.chunk$, ann);
    const first = read(runs.follow(id, ann));
    model.say('a', 'b');
    await settle();
    expect(first.names).toEqual(['1-1 chunk', '1-2 chunk']);
    first.leave();
    model.say('c');
    await settle();
    const second = read(runs.follow(id, { ...ann, after: '1-2' }));
    const whole = read(runs.follow(id, ann));
    await settle();
    expect(second.names).toEqual(['1-3 chunk']);
    model.say('d');
    model.finish();
    await settle();
    expect(second.names).toEqual(['1-3 chunk', '1-4 chunk', '1-5 chunk', '1-6 done']);
    expect(whole.text).toBe('abcd');
    expect(first.text).toBe('ab');
    expect([first.isComplete, second.isComplete, whole.isComplete]).toEqual([false, true, true]);
    expect([model.asked, model.stopped]).toEqual([1, 0]);
  });

  it('is the same at each gateway, while it runs and after its end', async () => {
    const { open, elapse } = createScene();
    const [here, there] = [open(), open()];
    const model = createModel();
    const { id } = await here.start(() => model.chunk$, ann);
    const readings = [here, there].map((runs) => read(runs.follow(id, ann)));
    for (const text of ['a', 'b', 'c']) {
      model.say(text);
      await elapse(20_000);
    }
    model.finish();
    await settle();
    readings.push(...[here, there].map((runs) => read(runs.follow(id, ann))));
    await settle();
    const [first] = readings;
    expect(first?.text).toBe('abc');
    for (const { frames, isComplete } of readings) {
      expect(frames).toEqual(first?.frames);
      expect(isComplete).toBe(true);
    }
  });

  it('has ids without holes, and one terminal event, the last', async () => {
    const { open } = createScene();
    const runs = open();
    const chunks = [chunk.answer('a'), chunk.answer('b'), chunk.done()];
    const { id } = await runs.start(() => from(chunks), ann);
    const { frames } = read(runs.follow(id, ann));
    await settle();
    expect(frames.map((frame) => readEventId(frame.id ?? ''))).toEqual(
      frames.map((_, at) => ({ attempt: 1, seq: at + 1 })),
    );
    expect(frames.map(({ event }) => event)).toEqual(['chunk', 'chunk', 'chunk', 'done']);
    expect(frames.slice(0, 3).map(({ data }) => JSON.parse(data) as unknown)).toEqual(chunks);
  });

  it.each([
    ['a source that fails', () => throwError(() => new Error('/etc/secret'))],
    [
      'a source that is not made',
      () => {
        throw new Error('/etc/secret');
      },
    ],
    ['a source of something else', () => of('text') as never],
  ])('ends with what the client may know, for %s', async (_, make) => {
    const { open } = createScene();
    const runs = open();
    const { id } = await runs.start(make, ann);
    const reading = read(runs.follow(id, ann));
    await settle();
    expect(reading.names).toEqual(['1-1 failed']);
    expect(JSON.parse(reading.frames[0]?.data ?? '')).toEqual({
      type: 'failed',
      code: 'internal',
      message: 'The answer could not be completed.',
    });
  });

  it('ends with what toPublicError says, in the log too', async () => {
    const { open, store } = createScene();
    const toPublicError = () => ({ code: 'busy', message: 'Come back later.', retryable: true });
    const runs = open({ toPublicError });
    const { id } = await runs.start(() => throwError(() => new Error('no')), ann);
    await settle();
    const { frames } = read(open().follow(id, ann));
    await settle();
    expect(JSON.parse(frames[0]?.data ?? '')).toMatchObject(toPublicError());
    expect(await store.get(id)).toMatchObject({ ended: true, last: '1-1' });
  });

  it('is done without a chunk', async () => {
    const { open } = createScene();
    const runs = open();
    const { id } = await runs.start(() => EMPTY, ann);
    const reading = read(runs.follow(id, ann));
    await settle();
    expect(reading.names).toEqual(['1-1 done']);
  });

  it('has nothing more for a client that has the terminal event', async () => {
    const { open, elapse } = createScene();
    const [here, there] = [open(), open()];
    const model = createModel();
    const { id } = await here.start(() => model.chunk$, ann);
    here.cut();
    model.finish();
    await settle();
    // It is not written yet, and then it is.
    const early = read(here.follow(id, { ...ann, after: '1-2' }));
    await settle();
    here.restore();
    await elapse(1000);
    const late = [here, there].map((runs) => read(runs.follow(id, { ...ann, after: '1-2' })));
    const later = read(there.follow(id, { ...ann, after: '7-1' }));
    await settle();
    for (const { frames, isComplete } of [early, ...late, later]) {
      expect([frames, isComplete]).toEqual([[], true]);
    }
  });

  it('can be read for ttl after its end', async () => {
    const { open, elapse } = createScene();
    const runs = open({ ttl: 1000 });
    const { id } = await runs.start(() => of(chunk.done()), ann);
    await elapse(999);
    expect(await runs.find(id, ann)).toEqual({ id, ended: true, last: '1-2' });
    await elapse(1);
    expect(await runs.find(id, ann)).toBeUndefined();
    const late = read(runs.follow(id, ann));
    await settle();
    expect(late.error).toMatchObject({ code: 'not-found', statusCode: 404 });
  });

  it('says gap after an event of an attempt that there never was, at each gateway', async () => {
    const { open } = createScene();
    const [here, there] = [open(), open()];
    const { id } = await here.start(() => NEVER, ann);
    const readings = [here, there].map((runs) => read(runs.follow(id, { ...ann, after: '2-1' })));
    await settle();
    for (const { names, frames, isComplete } of readings) {
      expect([names, isComplete]).toEqual([['gap'], true]);
      expect(JSON.parse(frames[0]?.data ?? '')).toEqual({ type: 'gap', first: '1-1' });
    }
  });

  it('says gap where events are missing that were asked for', async () => {
    const { open } = createScene();
    const [here, there] = [open({ maxChunks: 10 }), open({ maxChunks: 10 })];
    const model = createModel();
    const { id } = await here.start(() => model.chunk$, ann);
    for (let at = 1; at <= 40; at++) {
      model.say(String(at));
      await settle();
    }
    for (const runs of [here, there]) {
      const kept = read(runs.follow(id, { ...ann, after: '1-30' }));
      const lost = [undefined, '1-5'].map((after) => read(runs.follow(id, { ...ann, after })));
      await settle();
      expect(kept.names).toEqual(
        Array.from({ length: 10 }, (_, at) => `1-${String(31 + at)} chunk`),
      );
      for (const { frames, names, isComplete } of lost) {
        expect([names, isComplete]).toEqual([['gap'], true]);
        const { first } = JSON.parse(frames[0]?.data ?? '') as { first: string };
        expect(readEventId(first)?.seq).toBeGreaterThan(6);
        expect(readEventId(first)?.seq).toBeLessThanOrEqual(31);
      }
    }
  });
});

describe('the owner of a run', () => {
  it('is the only one for whom it exists', async () => {
    const { open } = createScene();
    const [here, there] = [open(), open()];
    const model = createModel();
    const { id } = await here.start(() => model.chunk$, ann);
    model.say('a');
    await settle();
    for (const runs of [here, there]) {
      const foreign = read(runs.follow(id, bob));
      const missing = read(runs.follow('0'.repeat(32), bob));
      await settle();
      expect(foreign.frames).toEqual([]);
      expect(foreign.error).toBeInstanceOf(RunError);
      expect(foreign.error).toEqual(missing.error);
      expect(await runs.find(id, bob)).toBeUndefined();
      expect(await runs.stop(id, bob)).toBe(false);
      expect(await runs.decide(id, 'call', true, bob)).toBe(false);
    }
    expect(model.stopped).toBe(0);
  });

  it('has to be named', async () => {
    const runs = createScene().open();
    for (const owner of ['', undefined, 7, 'x'.repeat(1025), '\ud800'] as string[]) {
      const refused = new TypeError(
        'owner is not a well-formed text of 1 to 1024 characters. Set it to the id of the user who asks.',
      );
      await expect(runs.start(() => NEVER, { owner })).rejects.toEqual(refused);
      await expect(runs.find('x', { owner })).rejects.toEqual(refused);
      await expect(runs.stop('x', { owner })).rejects.toEqual(refused);
      await expect(runs.decide('x', 'y', true, { owner })).rejects.toEqual(refused);
      expect(() => runs.follow('x', { owner })).toThrow(refused);
    }
    const owner = 'x'.repeat(1024);
    const { id } = await runs.start(() => NEVER, { owner });
    expect(await runs.find(id, { owner })).toMatchObject({ id });
  });

  it.each(['', 'x', '../../etc', 'F'.repeat(32), '0'.repeat(33), 'é', undefined, {}] as string[])(
    'finds nothing by the id %p, and the store is not asked',
    async (id) => {
      const runs = createScene().open();
      runs.cut();
      const reading = read(runs.follow(id, ann));
      await settle();
      expect(reading.error).toMatchObject({ code: 'not-found', statusCode: 404 });
      expect(await runs.find(id, ann)).toBeUndefined();
      expect(await runs.stop(id, ann)).toBe(false);
      expect(await runs.decide(id, 'call', true, ann)).toBe(false);
    },
  );

  it.each(['', '1', '1-', '-1', '1-2-3', '1-12345678901', ' 1-1', '1-1\n', '$', 'a-b', '１-１'])(
    'is told that %p is not the id of an event',
    (after) => {
      const runs = createScene().open();
      expect(() => runs.follow('0'.repeat(32), { ...ann, after })).toThrow(
        expect.objectContaining({
          name: 'RunError',
          code: 'bad-id',
          statusCode: 400,
          message: 'after is not the id of an event, such as 1-5.',
        }),
      );
    },
  );
});

describe('the key of a run', () => {
  it('names one run, at two gateways at once', async () => {
    const { open } = createScene();
    const [here, there] = [open(), open()];
    const model = createModel();
    const options = { ...ann, key: 'k' };
    const started = await Promise.all(
      [here, there, here, there].map((runs) => runs.start(() => model.chunk$, options)),
    );
    const later = await there.start(() => model.chunk$, options);
    expect(new Set([...started, later].map(({ id }) => id)).size).toBe(1);
    expect(model.asked).toBe(1);
    const other = await there.start(() => model.chunk$, { ...bob, key: 'k' });
    const keyless = await there.start(() => model.chunk$, ann);
    expect(new Set([later.id, other.id, keyless.id]).size).toBe(3);
    expect(model.asked).toBe(3);
  });

  it.each(['', 7, 'x'.repeat(1025), '\ud800'] as string[])('is not %p', async (key) => {
    const runs = createScene().open();
    await expect(runs.start(() => NEVER, { ...ann, key })).rejects.toMatchObject({
      name: 'RunError',
      code: 'bad-key',
      statusCode: 400,
      message:
        'The key of a run is not a well-formed text of 1 to 1024 characters. Send such a key, or none.',
    });
  });

  it('names another run after ttl', async () => {
    const { open, elapse } = createScene();
    const runs = open({ ttl: 1000 });
    const start = () => runs.start(() => of(chunk.done()), { ...ann, key: 'k' });
    const first = await start();
    await elapse(999);
    expect(await start()).toEqual(first);
    await elapse(1);
    expect(await start()).not.toEqual(first);
  });
});

describe('createRuns', () => {
  it('gives a run what it needs to know of itself', async () => {
    const runs = createScene().open();
    const input = { question: 'why?' };
    const contexts: unknown[] = [];
    const { id } = await runs.start(
      (context) => {
        contexts.push(context);
        return NEVER;
      },
      { ...ann, input },
    );
    expect(contexts).toEqual([{ id, attempt: 1, input, approve: expect.any(Function) }]);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('needs no options', async () => {
    const runs = createRuns();
    const { id } = await runs.start(() => of(chunk.answer('a'), chunk.done()), ann);
    const reading = read(runs.follow(id, ann));
    await settle();
    expect(reading.text).toBe('a');
    await runs.close();
  });

  it('keeps runs by its own clock, where it has no store of its own', async () => {
    const { scheduler, elapse } = createScene();
    const runs = createRuns({ scheduler, ttl: 1000 });
    const { id } = await runs.start(() => of(chunk.done()), ann);
    await settle();
    await elapse(999);
    expect(await runs.find(id, ann)).toMatchObject({ ended: true });
    await elapse(1);
    expect(await runs.find(id, ann)).toBeUndefined();
  });

  it('takes both values of onOrphan', () => {
    expect(() => createRuns({ onOrphan: 'fail' })).not.toThrow();
    expect(() => createRuns({ onOrphan: 'restart', restart: () => EMPTY })).not.toThrow();
  });

  it.each<[RunsOptions, string, string]>([
    [{ grace: -1 }, 'RangeError', 'grace is -1.'],
    [{ lease: 0 }, 'RangeError', 'lease is 0.'],
    [{ lease: NaN }, 'RangeError', 'lease is NaN.'],
    [{ ttl: NaN }, 'RangeError', 'ttl is NaN.'],
    [{ maxChunks: 0 }, 'RangeError', 'maxChunks is 0.'],
    [{ onOrphan: 'ignore' as never }, 'TypeError', "onOrphan is a string. Set it to 'fail'"],
    [{ restart: () => EMPTY }, 'TypeError', "restart needs onOrphan: 'restart'. Set both"],
    [{ scheduler: 5 as never }, 'TypeError', 'scheduler is not a scheduler of RxJS.'],
  ])('refuses %p', (options, name, message) => {
    expect(() => createRuns(options)).toThrow(
      expect.objectContaining({ name, message: expect.stringContaining(message) }),
    );
  });
});
