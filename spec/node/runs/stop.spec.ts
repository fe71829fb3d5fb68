import { describe, expect, it } from '@jest/globals';
import { NEVER, firstValueFrom, map, of, type Observable } from 'rxjs';
import type { RunContext } from '../../../lib/node/index.js';
import { chunk, scriptedClient } from '../../../lib/testing/index.js';
import { defineTool } from '../../../lib/tools/defineTool.js';
import type { Approval } from '../../../lib/tools/approval.js';
import type { ToolRunEvent } from '../../../lib/tools/events.js';
import { runTools } from '../../../lib/tools/runTools.js';
import { settle } from '../../support/virtualTime.js';
import { ann, bob, createModel, createScene, read } from './support.js';

const LEASE = 15_000;

async function startRun() {
  const scene = createScene();
  const [here, there] = [scene.open(), scene.open()];
  const model = createModel();
  const { id } = await here.start(() => model.chunk$, ann);
  const reading = read(there.follow(id, ann));
  model.say('a');
  await settle();
  return { ...scene, here, there, model, id, reading };
}

describe('stop', () => {
  it.each(['here', 'there'] as const)('stops the model, asked %s', async (where) => {
    const scene = await startRun();
    const { model, id, reading } = scene;
    expect(await scene[where].stop(id, ann)).toBe(true);
    expect(model.stopped).toBe(1);
    await settle();
    expect(reading.names).toEqual(['1-1 chunk', '1-2 stopped']);
    for (const runs of [scene.here, scene.there]) expect(await runs.stop(id, ann)).toBe(false);
  });

  it('says whether it has ended the run, and not another end', async () => {
    const { here, there, model, id } = await startRun();
    here.pause();
    const stopped = there.stop(id, ann);
    await settle();
    model.finish();
    here.restore();
    expect(await stopped).toBe(false);
  });

  it('ends a run whose gateway is lost, when its lease has run out', async () => {
    const { here, there, id, reading, elapse } = await startRun();
    reading.leave();
    here.pause();
    const stopped = there.stop(id, ann);
    await elapse(LEASE);
    expect(await stopped).toBe(true);
    const late = read(there.follow(id, ann));
    await settle();
    expect(late.names).toEqual(['1-1 chunk', '2-1 stopped']);
  });

  it('stops a run that has been started again in the meantime', async () => {
    const { open, elapse } = createScene();
    const [here, next, there] = [open(), open({ onOrphan: 'restart', restart }), open()];
    const [first, second] = [createModel(), createModel()];
    function restart() {
      return second.chunk$;
    }
    const { id } = await here.start(() => first.chunk$, ann);
    here.pause();
    const reading = read(next.follow(id, ann));
    await elapse(LEASE - 1);
    const stopped = there.stop(id, ann);
    await settle();
    // The gateway that reads it is sooner.
    await elapse(1000);
    expect(await Promise.race([stopped, settle()])).toBe(true);
    expect(second.stopped).toBe(second.asked);
    expect(reading.names.at(-1)).toMatch(/stopped$/);
  });

  it('is done when the store has the end, or does not answer', async () => {
    const { open, elapse } = createScene();
    const here = open();
    let stopped = 0;
    const stop = async (): Promise<void> => {
      const { id } = await here.start(() => NEVER, ann);
      await settle();
      here.pause();
      void here.stop(id, ann).then(() => stopped++);
      await settle();
    };
    await stop();
    expect(stopped).toBe(0);
    here.restore();
    await settle();
    expect(stopped).toBe(1);
    await stop();
    await elapse(4999);
    expect(stopped).toBe(1);
    await elapse(1);
    expect(stopped).toBe(2);
  });

  it('finds nothing to stop where there is nothing', async () => {
    const { there } = await startRun();
    expect(await there.stop('0'.repeat(32), ann)).toBe(false);
  });

  it('is not waited for by a gateway that shuts down', async () => {
    const { here, there, id } = await startRun();
    here.pause();
    const stopped = there.stop(id, ann);
    await settle();
    await there.close();
    expect(await stopped).toBe(false);
  });

  it('is heard again after the store was not reachable', async () => {
    const { here, there, model, id, elapse } = await startRun();
    here.cut();
    await elapse(100);
    here.restore();
    await elapse(1000);
    expect(await there.stop(id, ann)).toBe(true);
    expect(model.stopped).toBe(1);
  });
});

describe('decide', () => {
  const call = chunk.toolCall('pay', { amount: 7 });
  const pay = defineTool({
    name: 'pay',
    description: 'Pays',
    parameters: { type: 'object' },
    needsApproval: true,
    execute: () => 'paid',
  });
  const makeRun = ({ approve }: RunContext): Observable<ToolRunEvent> => {
    const answers = [
      [call, chunk.done()],
      [chunk.answer('ok'), chunk.done()],
    ];
    const client = scriptedClient(() => of(...(answers.shift() ?? [])));
    return runTools({ model: 'm', messages: [] }, { tools: [pay], approve, client });
  };
  async function startPaying() {
    const scene = createScene();
    const [here, there] = [scene.open(), scene.open()];
    const { id } = await here.start(makeRun, ann);
    const reading = read(there.follow(id, ann));
    await settle();
    const approval = reading.frames.find(({ event }) => event === 'tool-approval');
    const { call: asked } = JSON.parse(approval?.data ?? '') as { call: { id: string } };
    return { ...scene, here, there, id, reading, callId: asked.id };
  }

  it.each(['here', 'there'] as const)('approves a call that waits, asked %s', async (where) => {
    const scene = await startPaying();
    const { id, callId, reading } = scene;
    expect(reading.names.at(-1)).not.toMatch(/tool-start|done$/);
    expect(await scene[where].decide(id, callId, true, ann)).toBe(true);
    await settle();
    const names = reading.frames.map(({ event }) => event);
    expect(names).toEqual(expect.arrayContaining(['tool-start', 'tool-result', 'finish']));
    expect(names.at(-1)).toBe('done');
  });

  it.each<[string, Approval]>([
    ['false', false],
    ['a reason', { approved: false, reason: 'too much' }],
  ])('refuses it with %s', async (_, approval) => {
    const { there, id, callId, reading } = await startPaying();
    expect(await there.decide(id, callId, approval, ann)).toBe(true);
    await settle();
    const denied = reading.frames.find(({ event }) => event === 'tool-denied');
    expect(denied?.data).toContain(approval ? 'too much' : 'not approved');
  });

  it('counts once, and only for a call that waits', async () => {
    const { here, there, id, callId, reading } = await startPaying();
    expect(await here.decide(id, 'another', true, ann)).toBe(false);
    expect(await there.decide(id, 'another', true, ann)).toBe(false);
    expect(await here.decide(id, callId, false, ann)).toBe(true);
    expect(await here.decide(id, callId, true, ann)).toBe(false);
    await settle();
    const names = reading.frames.map(({ event }) => event);
    expect(names).toContain('tool-denied');
    expect(names).not.toContain('tool-start');
    for (const runs of [here, there]) expect(await runs.decide(id, callId, true, ann)).toBe(false);
  });

  it('is nothing that other gateways take for a failure of the store', async () => {
    const { here, there, id, callId, store } = await startPaying();
    expect(await there.decide(id, callId, true, ann)).toBe(true);
    await store.signal(id, 'from a later version');
    await settle();
    // They would not know of a run that is missing whether it is.
    for (const runs of [here, there]) {
      expect(await runs.find('0'.repeat(32), ann)).toBeUndefined();
    }
  });

  it.each(['here', 'there'] as const)('is for the owner alone, asked %s', async (where) => {
    const scene = await startPaying();
    const { here, id, callId, reading } = scene;
    expect(await scene[where].decide(id, callId, true, bob)).toBe(false);
    await settle();
    expect(reading.names.at(-1)).not.toMatch(/tool-start|done$/);
    expect(await here.decide(id, callId, true, ann)).toBe(true);
  });

  it('is not for another attempt, whose calls may have the same ids', async () => {
    const { open, elapse } = createScene();
    const [here, next, there] = [open(), open({ onOrphan: 'restart', restart: makeRun }), open()];
    const { id } = await here.start(makeRun, ann);
    // From now on, it hears what is asked for.
    await next.start(() => NEVER, ann);
    await settle();
    here.pause();
    const reading = read(next.follow(id, ann));
    await settle();
    const asked = reading.frames.find(({ event }) => event === 'tool-approval');
    const { call: first } = JSON.parse(asked?.data ?? '') as { call: { id: string } };
    // Sent to the first attempt, and heard by the gateway of the second one.
    next.pause();
    const decided = there.decide(id, first.id, true, ann);
    await elapse(LEASE);
    next.restore();
    await elapse(LEASE);
    expect(await decided).toBe(false);
    const second = reading.names.filter((name) => name.startsWith('2-'));
    expect(second).toContain('2-3 tool-approval');
    expect(second.join()).not.toContain('tool-start');
  });

  it('is what approve emits, for other sources too', async () => {
    const runs = createScene().open();
    const identified = { id: 'c', function: { name: 'pay', arguments: {} } };
    const { id } = await runs.start(
      ({ approve }) => approve(identified).pipe(map((a) => chunk.answer(JSON.stringify(a)))),
      ann,
    );
    expect(await runs.decide(id, 'c', { approved: true }, ann)).toBe(true);
    const frame = await firstValueFrom(runs.follow(id, ann));
    expect(frame.data).toContain('{\\"approved\\":true}');
  });
});
