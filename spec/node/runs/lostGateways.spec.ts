import { describe, expect, it } from '@jest/globals';
import { NEVER, of, concat, type Observable } from 'rxjs';
import type { RunContext, RunsOptions } from '../../../lib/node/index.js';
import { chunk } from '../../../lib/testing/index.js';
import type { ChatChunk } from '../../../lib/types/index.js';
import { settle } from '../../support/virtualTime.js';
import { ann, createModel, createScene, read, type Gateway } from './support.js';

const LEASE = 15_000;

/** A gateway that is killed has no connection to anything any more. */
async function startAndLose(
  here: Gateway,
  options: { key?: string; input?: unknown } = {},
): Promise<{ id: string; model: ReturnType<typeof createModel> }> {
  const model = createModel();
  const { id } = await here.start(() => model.chunk$, { ...ann, ...options });
  model.say('a', 'b');
  await settle();
  here.pause();
  return { id, model };
}

describe('a run whose gateway is lost', () => {
  it('ends with what there is, for whoever reads it', async () => {
    const { open, elapse } = createScene();
    const { id } = await startAndLose(open());
    const there = open();
    const reading = read(there.follow(id, ann));
    await elapse(LEASE - 1);
    expect(reading.names).toEqual(['1-1 chunk', '1-2 chunk']);
    await elapse(1);
    expect(reading.names).toEqual(['1-1 chunk', '1-2 chunk', '2-1 failed']);
    expect(reading.frames[2]?.data).toBe(
      '{"type":"failed","code":"truncated","message":"The answer could not be completed."}',
    );
    const late = read(open().follow(id, { ...ann, after: '1-2' }));
    await settle();
    expect(late.names).toEqual(['2-1 failed']);
    expect(await there.find(id, ann)).toMatchObject({ id, ended: true });
  });

  it('ends with what toPublicError makes of it', async () => {
    const { open, elapse } = createScene();
    const { id } = await startAndLose(open());
    const toPublicError = (error: unknown) => ({ code: 'lost', message: (error as Error).message });
    const reading = read(open({ toPublicError }).follow(id, ann));
    await elapse(LEASE);
    expect(JSON.parse(reading.frames.at(-1)?.data ?? '')).toEqual({
      type: 'failed',
      code: 'lost',
      message: 'The gateway of the run was lost.',
    });
  });

  it('ends at once for a client that comes later', async () => {
    const { open, elapse } = createScene();
    const { id } = await startAndLose(open());
    await elapse(LEASE);
    const reading = read(open().follow(id, ann));
    await settle();
    expect(reading.names.at(-1)).toBe('2-1 failed');
  });

  it('ends once, however many gateways read it', async () => {
    const { open, elapse } = createScene();
    const { id } = await startAndLose(open());
    const readings = [1, 2, 3, 4].map(() => read(open().follow(id, ann)));
    await elapse(LEASE + 1000);
    for (const { names } of readings) {
      expect(names).toEqual(['1-1 chunk', '1-2 chunk', '2-1 failed']);
    }
  });

  it('is forgotten if nobody reads it', async () => {
    const { open, elapse } = createScene();
    const { id } = await startAndLose(open({ ttl: 1000 }));
    await elapse(LEASE + 1000);
    expect(await open().find(id, ann)).toBeUndefined();
  });

  it('is not lost while its gateway has nothing to say', async () => {
    const { open, elapse } = createScene();
    const model = createModel();
    const { id } = await open().start(() => model.chunk$, ann);
    const reading = read(open().follow(id, ann));
    await elapse(600_000);
    model.say('a');
    model.finish();
    await settle();
    expect(reading.names).toEqual(['1-1 chunk', '1-2 chunk', '1-3 done']);
    expect(model.stopped).toBe(0);
  });

  it('is not changed by that gateway when it wakes up, which stops its model', async () => {
    const { open, elapse } = createScene();
    const here = open();
    const { id, model } = await startAndLose(here);
    const local = read(here.follow(id, ann));
    const reading = read(open().follow(id, ann));
    await elapse(LEASE);
    model.say('late', 'later');
    await settle();
    here.restore();
    await elapse(1000);
    expect(model.stopped).toBe(1);
    expect(reading.names).toEqual(['1-1 chunk', '1-2 chunk', '2-1 failed']);
    // Its reader had more than was written.
    expect(local.names).toEqual(['1-1 chunk', '1-2 chunk', '1-3 chunk', '1-4 chunk', '2-1 failed']);
    expect(await here.find(id, ann)).toMatchObject({ id, ended: true });
  });

  it('stops its model also if that says nothing, when the lease is renewed', async () => {
    const { open, elapse } = createScene();
    const here = open();
    const { id, model } = await startAndLose(here);
    read(open().follow(id, ann));
    await elapse(LEASE);
    here.restore();
    await elapse(LEASE / 3);
    expect(model.stopped).toBe(1);
  });
});

describe('a run that is started again', () => {
  const answer = (...texts: string[]): Observable<ChatChunk> =>
    of(...texts.map((text) => chunk.answer(text)), chunk.done());
  const restarting = (restart?: RunsOptions['restart']): RunsOptions => ({
    onOrphan: 'restart',
    ...(restart && { restart }),
  });

  it('begins with a chunk that voids all before it', async () => {
    const { open, elapse } = createScene();
    const contexts: RunContext[] = [];
    const there = open(
      restarting((context) => {
        contexts.push(context);
        return answer('x', 'y');
      }),
    );
    const { id } = await startAndLose(open(), { input: ['why?'] });
    const reading = read(there.follow(id, ann));
    await elapse(LEASE);
    expect(reading.names).toEqual([
      ...['1-1 chunk', '1-2 chunk'],
      ...['2-1 chunk', '2-2 chunk', '2-3 chunk', '2-4 done'],
    ]);
    expect(JSON.parse(reading.frames[2]?.data ?? '')).toMatchObject({ reset: true, restart: true });
    expect(JSON.parse(reading.frames[3]?.data ?? '')).not.toHaveProperty('reset');
    expect(reading.text).toBe('xy');
    expect(contexts).toMatchObject([{ id, attempt: 2, input: ['why?'] }]);
    const late = read(open().follow(id, ann));
    await settle();
    expect(late.frames).toEqual(reading.frames);
  });

  it('marks the chunk of an event of a run of tools', async () => {
    const { open, elapse } = createScene();
    const event = { type: 'chunk', step: 1, chunk: chunk.answer('x') } as const;
    const there = open(restarting(() => concat(of(event, event), NEVER)));
    const { id } = await startAndLose(open());
    const reading = read(there.follow(id, ann));
    await elapse(LEASE);
    const marks = reading.frames.slice(2).map(({ data }) => {
      const { chunk: sent } = JSON.parse(data) as { chunk: { reset?: boolean } };
      return sent.reset;
    });
    expect(marks).toEqual([true, undefined]);
  });

  it('is read live at its new gateway, from wherever a client was', async () => {
    const { open, elapse } = createScene();
    const model = createModel();
    const there = open(restarting(() => model.chunk$));
    const { id } = await startAndLose(open());
    const readings = [undefined, '1-1', '1-2'].map((after) =>
      read(there.follow(id, { ...ann, after })),
    );
    const elsewhere = read(open(restarting(() => NEVER)).follow(id, ann));
    await elapse(LEASE);
    expect(model.asked).toBe(1);
    model.say('x');
    await settle();
    // From here on, its own readers don't need the store.
    there.cut();
    model.say('y');
    await settle();
    for (const { text, names } of readings) {
      expect(text).toBe('xy');
      expect(names.at(-1)).toBe('2-2 chunk');
    }
    expect(elsewhere.text).toBe('x');
    there.restore();
    await elapse(1000);
    model.finish();
    await settle();
    for (const { names } of [...readings, elsewhere]) expect(names.at(-1)).toBe('2-4 done');
  });

  it('is one for all gateways that read it', async () => {
    const { open, elapse } = createScene();
    const models = [createModel(), createModel(), createModel()];
    const { id } = await startAndLose(open());
    const readings = models.map((model) =>
      read(open(restarting(() => model.chunk$)).follow(id, ann)),
    );
    await elapse(LEASE + 1000);
    expect(models.map(({ asked }) => asked).sort()).toEqual([0, 0, 1]);
    for (const model of models) model.say('x');
    await settle();
    for (const { text } of readings) expect(text).toBe('x');
  });

  it('is started by a start with its key, at once or when the lease runs out', async () => {
    const { open, elapse } = createScene();
    const there = open(restarting());
    const key = 'k';
    const early = await startAndLose(open(restarting()), { key });
    expect(await there.start(() => answer('x'), { ...ann, key })).toEqual({ id: early.id });
    const reading = read(there.follow(early.id, ann));
    await elapse(LEASE);
    expect(reading.text).toBe('x');

    const late = await startAndLose(open(restarting()), { key: 'later' });
    await elapse(LEASE);
    expect(await there.start(() => answer('y'), { ...ann, key: 'later' })).toEqual({ id: late.id });
    const second = read(there.follow(late.id, ann));
    await settle();
    expect(second.text).toBe('y');
  });

  it('fails where nothing is known that starts it', async () => {
    const { open, elapse } = createScene();
    const { id } = await startAndLose(open(restarting()));
    const reading = read(open(restarting()).follow(id, ann));
    await elapse(LEASE);
    expect(reading.names.at(-1)).toBe('2-1 failed');
  });

  it('is not started for ever', async () => {
    const { open, elapse } = createScene();
    let started = 0;
    const restart = () => {
      started++;
      return NEVER;
    };
    const { id } = await startAndLose(open());
    for (let times = 0; times < 6; times++) {
      const next = open(restarting(restart));
      read(next.follow(id, ann));
      await elapse(LEASE + 1000);
      next.pause();
    }
    const last = read(open(restarting(restart)).follow(id, ann));
    await elapse(LEASE);
    expect(started).toBe(4);
    expect(last.names.at(-1)).toBe('6-1 failed');
  });
});
