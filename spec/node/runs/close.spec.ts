import { describe, expect, it } from '@jest/globals';
import { NEVER, of } from 'rxjs';
import { RunError, type RunsOptions } from '../../../lib/node/index.js';
import { chunk } from '../../../lib/testing/index.js';
import { settle } from '../../support/virtualTime.js';
import { ann, createModel, createScene, read } from './support.js';

async function startRun(options: RunsOptions = {}) {
  const scene = createScene();
  const [here, there] = [scene.open(options), scene.open(options)];
  const model = createModel();
  const { id } = await here.start(() => model.chunk$, { ...ann, key: 'k' });
  const readings = [here, there].map((runs) => read(runs.follow(id, ann)));
  model.say('a');
  await settle();
  return { ...scene, here, there, model, id, readings };
}

describe('a gateway that shuts down', () => {
  it('sends its readers away, and ends its runs', async () => {
    const { here, there, model, id, readings } = await startRun();
    await here.close();
    await settle();
    expect(model.stopped).toBe(1);
    const [local, elsewhere] = readings;
    expect(local?.names).toEqual(['1-1 chunk', 'closing']);
    expect(local?.isComplete).toBe(true);
    expect(elsewhere?.names).toEqual(['1-1 chunk', '1-2 failed']);
    expect(elsewhere?.frames[1]?.data).toContain('"truncated"');
    const back = read(there.follow(id, { ...ann, after: '1-1' }));
    await settle();
    expect(back.names).toEqual(['1-2 failed']);
  });

  it('leaves its runs to the next gateway with restart, with all that was said', async () => {
    const restart = () => of(chunk.answer('x'), chunk.done());
    const { here, model, id, readings, elapse } = await startRun({ onOrphan: 'restart', restart });
    model.say('b');
    await here.close();
    expect(model.stopped).toBe(1);
    await elapse(15_000);
    expect(readings[1]?.names).toEqual([
      ...['1-1 chunk', '1-2 chunk'],
      ...['2-1 chunk', '2-2 chunk', '2-3 done'],
    ]);
    expect(await here.find(id, ann)).toMatchObject({ id, ended: true });
  });

  it('does so at once for a client that comes back', async () => {
    const restart = () => of(chunk.answer('x'), chunk.done());
    const { here, there, id } = await startRun({ onOrphan: 'restart', restart });
    await here.close();
    const back = read(there.follow(id, { ...ann, after: '1-1' }));
    await settle();
    expect(back.text).toBe('x');
  });

  it('starts nothing and reads nothing any more', async () => {
    const { here, there, id } = await startRun();
    await here.close();
    await here.close();
    await expect(here.start(() => NEVER, ann)).rejects.toEqual(
      expect.objectContaining({ name: 'RunError', code: 'closed', statusCode: 503 }),
    );
    await expect(here.start(() => NEVER, ann)).rejects.toBeInstanceOf(RunError);
    const late = read(here.follow(id, ann));
    await settle();
    expect(late.names).toEqual(['closing']);
    expect(await there.find(id, ann)).toMatchObject({ id, ended: true });
  });

  it('gives up a run that it was about to start', async () => {
    const { open, elapse } = createScene();
    const [here, there] = [open(), open()];
    here.pause();
    const started = here.start(() => NEVER, { ...ann, key: 'k' });
    started.catch(() => undefined);
    await here.close();
    here.restore();
    await expect(started).rejects.toMatchObject({ code: 'closed' });
    const { id } = await there.start(() => NEVER, { ...ann, key: 'k' });
    const reading = read(there.follow(id, ann));
    await elapse(0);
    expect(reading.names).toEqual(['2-1 failed']);
  });

  it.each<[string, RunsOptions]>([
    ['fail', {}],
    ['restart', { onOrphan: 'restart' }],
  ])('does not wait for a store that can not be reached, with %s', async (_, options) => {
    const { here, model, elapse } = await startRun(options);
    here.pause();
    model.say('b');
    let isClosed = false;
    void here.close().then(() => (isClosed = true));
    await elapse(4999);
    expect(isClosed).toBe(false);
    await elapse(1);
    expect(isClosed).toBe(true);
    expect(model.stopped).toBe(1);
  });

  it('has nothing to wait for without runs', async () => {
    await createScene().open().close();
  });
});
