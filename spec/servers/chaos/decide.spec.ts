import { describe, expect, it } from '@jest/globals';
import { decide, follow, goOn, readAll, startWork } from './client.js';
import { textOf, type Frame, type Reader } from './openReader.js';
import { makePieces } from './question.js';
import { useChaos } from './setup.js';
import type { Gateway } from './startGateway.js';

const chaos = useChaos();

const LEASE = 2000;
const pieces = makePieces(6, 'refund ');
let orders = 0;

/** A question whose answer needs the refund of an order of its own. */
function makeQuestion() {
  const order = `order-${String(++orders)}`;
  return { order, question: { pieces, every: 0, call: { name: 'refund', arguments: { order } } } };
}

/** How often the tool has run for an order. */
const countRefunds = async (order: string): Promise<number> =>
  (await chaos.model.refunds()).filter((each) => each === order).length;

/** Reads until there is an event of this name, and returns it. */
async function untilEvent(reader: Reader, name: string, attempt = 1): Promise<Frame> {
  const isIt = ({ id, event }: Frame) => event === name && id.startsWith(`${String(attempt)}-`);
  for (let count = 1; ; count++) {
    await reader.until(count);
    const frame = reader.frames.find(isIt);
    if (frame) return frame;
  }
}

const callOf = ({ data }: Frame): string => (JSON.parse(data) as { call: { id: string } }).call.id;

const eventsOf = (frames: readonly Frame[]): string[] => frames.map(({ event }) => event);

/** Starts a run at a gateway that waits for a decision on its call. */
async function begin(gateway: Gateway) {
  const { order, question } = makeQuestion();
  const { id, reader } = await startWork(gateway, question);
  const call = callOf(await untilEvent(reader, 'tool-approval'));
  return { id, reader, call, order };
}

/** A run that has ended with a call that waits. */
async function suspend(gateway: Gateway) {
  const { order, question } = makeQuestion();
  const { id, reader } = await startWork(gateway, question, true);
  const call = callOf(await untilEvent(reader, 'tool-approval'));
  await reader.ended;
  expect(eventsOf(reader.frames).slice(-2)).toEqual(['finish', 'done']);
  return { id, call, order };
}

describe('a call that waits in a run', () => {
  it('is made once when it is approved at the other gateway, and the text is exact', async () => {
    const [one, two] = await chaos.gateways();
    const { id, reader, call, order } = await begin(one);
    const other = follow(two, id);
    expect(await decide(two, id, call)).toBe(204);
    await Promise.all([reader.ended, other.ended]);
    expect(textOf(other.frames)).toBe(pieces.join(''));
    expect(other.text).toBe(reader.text);
    expect(await countRefunds(order)).toBe(1);
    // It does not wait any more.
    expect([await decide(one, id, call), await decide(two, id, call)]).toEqual([404, 404]);
    expect(await countRefunds(order)).toBe(1);
  });

  it('takes one of several decisions that come at once', async () => {
    const [one, two] = await chaos.gateways();
    const { id, reader, call, order } = await begin(one);
    const statuses = await Promise.all(
      [one, two, one, two, two, one].map((gateway) => decide(gateway, id, call)),
    );
    expect(statuses.sort()).toEqual([204, 404, 404, 404, 404, 404]);
    await reader.ended;
    expect(eventsOf(reader.frames).filter((event) => event === 'tool-start')).toHaveLength(1);
    expect(textOf(reader.frames)).toBe(pieces.join(''));
    expect(await countRefunds(order)).toBe(1);
  });

  it('takes no decision of another user, and none on another call', async () => {
    const [one, two] = await chaos.gateways();
    const { id, reader, call, order } = await begin(one);
    const odd = ['call', '__proto__', `${call}\u0000`, '*', '💩', 'x'.repeat(4000)];
    for (const gateway of [one, two]) {
      expect(await decide(gateway, id, call, { user: 'mallory' })).toBe(404);
      for (const other of odd) {
        expect([other, await decide(gateway, id, other)]).toEqual([other, 404]);
      }
    }
    expect(await countRefunds(order)).toBe(0);
    expect(await decide(two, id, call)).toBe(204);
    await reader.ended;
    expect(await countRefunds(order)).toBe(1);
  });

  it('is lost with its gateway: the decision is refused, and nothing is paid', async () => {
    const [one, two] = await chaos.gateways({ lease: LEASE });
    const { id, call, order } = await begin(one);
    const other = follow(two, id);
    await untilEvent(other, 'tool-approval');
    await one.kill();
    expect(await decide(two, id, call)).toBe(404);
    await other.ended;
    expect(eventsOf(other.frames).at(-1)).toBe('failed');
    expect(await countRefunds(order)).toBe(0);
  });

  it('is asked for again by the attempt that replaces a killed one, and made once', async () => {
    const [one, two] = await chaos.gateways({ lease: LEASE, onOrphan: 'restart' });
    const { id, order } = await begin(one);
    const other = follow(two, id);
    await untilEvent(other, 'tool-approval');
    await one.kill();
    const again = await untilEvent(other, 'tool-approval', 2);
    expect(await decide(two, id, callOf(again))).toBe(204);
    await other.ended;
    expect(eventsOf(other.frames).at(-1)).toBe('done');
    expect(textOf(other.frames)).toBe(pieces.join(''));
    expect(await countRefunds(order)).toBe(1);
  });

  it('is not made by a gateway that slept when it was approved, and has lost the run', async () => {
    const [one, two] = await chaos.gateways({ lease: LEASE });
    const { id, reader, call, order } = await begin(one);
    const other = follow(two, id);
    await untilEvent(other, 'tool-approval');
    one.pause();
    // It waits in the log of messages until the gateway wakes.
    expect(await decide(two, id, call)).toBe(404);
    await other.ended;
    one.resume();
    await reader.ended;
    expect(eventsOf(reader.frames).at(-1)).toBe('failed');
    // Its own page comes too late as well.
    expect(await decide(one, id, call)).toBe(404);
    expect(await countRefunds(order)).toBe(0);
  });

  it('takes no decision once its run has expired', async () => {
    const [one, two] = await chaos.gateways({ ttl: 1 });
    const { id, reader, call, order } = await begin(one);
    expect(await decide(one, id, call)).toBe(204);
    await reader.ended;
    for (const gateway of [one, two]) {
      while ((await follow(gateway, id).response).statusCode !== 404);
      expect(await decide(gateway, id, call)).toBe(404);
    }
    expect(await countRefunds(order)).toBe(1);
  });
});

describe('a run that has ended with a call that waits', () => {
  it('goes on at the other gateway when its own is killed: the call is made once', async () => {
    const [one, two] = await chaos.gateways();
    const { id, call, order } = await suspend(one);
    // All of it is in the log.
    await readAll(two, id);
    await one.kill();
    const before = await chaos.model.count();
    const reader = goOn(two, id, { [call]: true });
    await reader.ended;
    expect(eventsOf(reader.frames).at(-1)).toBe('done');
    expect(textOf(reader.frames)).toBe(pieces.join(''));
    expect(await countRefunds(order)).toBe(1);
    // A page that was reloaded decides again, and reads the same run.
    const again = goOn(two, id, { [call]: true });
    await again.ended;
    expect(again.text).toBe(reader.text);
    expect(await countRefunds(order)).toBe(1);
    expect(await chaos.model.count()).toBe(before + 1);
  });

  it('goes on once when several gateways get decisions at once', async () => {
    const [one, two] = await chaos.gateways();
    const { id, call, order } = await suspend(one);
    await readAll(two, id);
    const before = await chaos.model.count();
    const readers = [one, two, one, two].map((gateway) => goOn(gateway, id, { [call]: true }));
    await Promise.all(readers.map(({ ended }) => ended));
    expect(textOf(readers[0]?.frames ?? [])).toBe(pieces.join(''));
    for (const { text } of readers) expect(text).toBe(readers[0]?.text);
    expect(await countRefunds(order)).toBe(1);
    expect(await chaos.model.count()).toBe(before + 1);
  });

  it('refuses another user, another call, a run that did not wait, and one that has expired', async () => {
    const gateways = await chaos.gateways({ ttl: 3000 });
    const [one] = gateways;
    const { id, call, order } = await suspend(one);
    const { id: next, reader } = await begin(one);
    const statusOf = async (of: Reader): Promise<unknown> => (await of.response).statusCode;
    for (const gateway of gateways) {
      expect(await statusOf(goOn(gateway, id, { [call]: true }, { user: 'mallory' }))).toBe(404);
      expect(await statusOf(goOn(gateway, id, { other: true }))).toBe(404);
      expect(await statusOf(goOn(gateway, next, { [call]: true }))).toBe(404);
    }
    reader.leave();
    for (const gateway of gateways) {
      while ((await follow(gateway, id).response).statusCode !== 404);
      expect(await statusOf(goOn(gateway, id, { [call]: true }))).toBe(404);
    }
    expect(await countRefunds(order)).toBe(0);
  });
});
