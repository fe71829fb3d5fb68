import { describe, expect, it } from '@jest/globals';
import { follow, readAll, start, stop } from './client.js';
import { makePieces } from './question.js';
import { useChaos } from './setup.js';
import type { Gateway } from './startGateway.js';

const chaos = useChaos();

const pieces = makePieces(6, 'stop ');

/** Starts a run at a gateway, of which the model has said two pieces. */
async function begin(gateway: Gateway) {
  const n = (await chaos.model.count()) + 1;
  const { id, reader } = await start(gateway, { pieces });
  const chat = await chaos.model.chat(n);
  await chat.release(2);
  await reader.until(2);
  return { id, reader, chat };
}

describe('a run that is stopped at the other gateway', () => {
  it('ends its readers at both, and the model', async () => {
    const [one, two] = await chaos.gateways();
    const { id, reader, chat } = await begin(one);
    const other = follow(two, id);
    await other.until(2);
    expect(await stop(two, id)).toBe(204);
    await Promise.all([reader.ended, other.ended]);
    expect(reader.frames.map(({ event }) => event)).toEqual(['chunk', 'chunk', 'stopped']);
    expect(other.text).toBe(reader.text);
    expect((await chat.closed()).outcome).toBe('aborted');
    expect((await readAll(one, id)).text).toBe(reader.text);
  });

  it('ends within 100 ms', async () => {
    const [one, two] = await chaos.gateways();
    const ROUNDS = 11;
    /** The median of the time until the reader and the model have ended, in ms. */
    const measure = async (gateway: Gateway): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const { id, reader, chat } = await begin(one);
        const stopped = performance.now();
        await Promise.all([stop(gateway, id), reader.ended, chat.closed()]);
        times.push(performance.now() - stopped);
      }
      return times.sort((a, b) => a - b)[ROUNDS >> 1] ?? NaN;
    };
    // On a busy machine all of it takes longer, also without a signal to another gateway.
    const busy = await measure(one);
    expect(await measure(two)).toBeLessThanOrEqual(100 + 3 * busy);
  });

  it('is nothing to stop once it has ended', async () => {
    const [one, two] = await chaos.gateways();
    const { id, reader, chat } = await begin(one);
    await chat.release();
    await reader.ended;
    expect([await stop(one, id), await stop(two, id)]).toEqual([404, 404]);
    expect(reader.frames.at(-1)?.event).toBe('done');
  });
});

describe('grace', () => {
  const GRACE = 1500;

  it('keeps a run whose reader comes back, here or at the other gateway, and stops one that is left', async () => {
    const [one, two] = await chaos.gateways({ grace: GRACE });
    const kept = await begin(one);
    kept.reader.leave();
    const back = follow(two, kept.id, { after: '1-2' });
    await back.response;
    // Left later, so its grace ends later.
    const left = await begin(one);
    left.reader.leave();
    const gone = performance.now();
    expect((await left.chat.closed()).outcome).toBe('aborted');
    expect(performance.now() - gone).toBeGreaterThanOrEqual(GRACE * 0.9);
    expect((await kept.chat.state()).outcome).toBe('open');
    await kept.chat.release();
    await back.ended;
    expect((await kept.chat.closed()).outcome).toBe('completed');
    expect(back.frames.at(-1)?.event).toBe('done');

    for (const gateway of [one, two]) {
      const late = await readAll(gateway, left.id);
      expect(late.frames.map(({ event }) => event)).toEqual(['chunk', 'chunk', 'abandoned']);
    }
  });
});

describe('a gateway that is closed for a deployment', () => {
  it('sends its readers to the other one', async () => {
    const [one, two] = await chaos.gateways();
    const { id, reader } = await begin(one);
    await one.close();
    await reader.ended;
    expect(reader.frames.length).toBeGreaterThanOrEqual(2);
    const late = await readAll(two, id);
    expect(late.frames.slice(0, 2)).toEqual(reader.frames.slice(0, 2));
  });
});
