import { describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { accumulateMessage } from '../../../lib/operators/accumulateMessage.js';
import { fromChatEvents } from '../../../lib/sources/fromChatEvents.js';
import { ask, follow, readAll, start, stop } from './client.js';
import { textOf } from './openReader.js';
import { makePieces } from './question.js';
import { useChaos } from './setup.js';

const pieces = makePieces(12, 'redis ');
const user = { 'X-User': 'alice' };
/** So long are gateways unsure whether a run is lost that their Redis does not have. */
const LEASE = 2000;
/** Comes again soon, for as long as Redis takes to start on a busy machine. */
const reconnect = { count: 1000, delay: { initial: 10, max: 100 } };

describe.each([
  ['that writes each confirmed event to its disk', true],
  ['that keeps nothing', false],
] as const)('a Redis %s, killed in mid-stream and started again', (_, keeps) => {
  const chaos = useChaos(keeps);

  it('costs no reader a byte while the gateway of the run lives', async () => {
    const [one, two] = await chaos.gateways();
    const n = (await chaos.model.count()) + 1;
    const { id, reader } = await start(one, { pieces });
    const chat = await chaos.model.chat(n);
    const elsewhere = lastValueFrom(
      fromChatEvents(`${two.url}/chat/${id}/events`, { headers: user, reconnect }).pipe(
        accumulateMessage(),
      ),
    );
    await chat.release(4);
    await reader.until(4);
    await chaos.redis.kill();
    // Live at the gateway of the run, though nothing can be written.
    await chat.release(4);
    await reader.until(8);
    await chaos.redis.start();
    await chat.release();
    await reader.ended;
    expect(textOf(reader.frames)).toBe(pieces.join(''));
    expect(reader.frames.at(-1)?.event).toBe('done');
    expect((await elsewhere).content).toBe(pieces.join(''));
    expect((await readAll(two, id)).text).toBe(reader.text);
    expect((await chat.closed()).outcome).toBe('completed');
  });

  it(`${keeps ? 'has' : 'has no longer'} the runs that had ended`, async () => {
    const [one, two] = await chaos.gateways({ lease: LEASE });
    const n = (await chaos.model.count()) + 1;
    const { id, reader } = await start(one, { pieces });
    await (await chaos.model.chat(n)).release();
    await reader.ended;
    // Written to its end, and not only delivered.
    const before = await readAll(two, id);
    expect(before.text).toBe(reader.text);
    await chaos.redis.kill();
    await chaos.redis.start();
    for (const gateway of [one, two]) {
      const after = await untilServed(() => follow(gateway, id));
      expect(after.status).toBe(keeps ? 200 : 404);
      if (keeps) expect(after.text).toBe(reader.text);
    }
  });
});

describe('a Redis that starts again from an older snapshot', () => {
  const chaos = useChaos();

  it('has lost the end of the log, and gets it again', async () => {
    const [one, two] = await chaos.gateways();
    const admin = await chaos.redis.connect();
    const n = (await chaos.model.count()) + 1;
    const { id, reader } = await start(one, { pieces });
    const chat = await chaos.model.chat(n);
    const ids: string[] = [];
    const elsewhere = lastValueFrom(
      fromChatEvents(`${two.url}/chat/${id}/events`, {
        ...{ headers: user, reconnect },
        onId: (each) => ids.push(each),
      }).pipe(accumulateMessage()),
    );
    await chat.release(4);
    await follow(two, id).until(4);
    await admin.sendCommand(['SAVE']);
    await chat.release(4);
    await follow(two, id).until(8);
    await chaos.redis.kill();
    await chaos.redis.start();
    await chat.release();
    await reader.ended;
    expect((await elsewhere).content).toBe(pieces.join(''));
    expect(ids).toEqual(reader.frames.map((frame) => frame.id));
    for (const gateway of [one, two]) {
      expect((await untilServed(() => follow(gateway, id))).text).toBe(reader.text);
    }
  });
});

describe('while there is no Redis', () => {
  const chaos = useChaos();

  it('a run can be stopped at its gateway, and none can be started: 503 at once', async () => {
    const [one, two] = await chaos.gateways();
    const n = (await chaos.model.count()) + 1;
    const { id, reader } = await start(one, { pieces });
    const chat = await chaos.model.chat(n);
    await chat.release(2);
    await reader.until(2);
    await chaos.redis.kill();
    for (const gateway of [one, two]) {
      const { status } = await fetch(`${gateway.url}/chat`, ask({ pieces }));
      expect(status).toBe(503);
    }
    expect((await follow(two, id).response).statusCode).toBe(503);
    expect(await stop(one, id)).toBe(204);
    await reader.ended;
    expect(reader.frames.map(({ event }) => event)).toEqual(['chunk', 'chunk', 'stopped']);
    expect((await chat.closed()).outcome).toBe('aborted');
    expect(await chaos.model.count()).toBe(n);
    expect([one.alive, two.alive]).toEqual([true, true]);
    await chaos.redis.start();
  });

  it('a run whose gateway dies too is gone with it, and its readers are told so', async () => {
    const [one, two] = await chaos.gateways({ lease: LEASE });
    const n = (await chaos.model.count()) + 1;
    const { id, reader } = await start(one, { pieces });
    await (await chaos.model.chat(n)).release(4);
    await reader.until(4);
    await chaos.redis.kill();
    await one.kill();
    await chaos.redis.start();
    const { status } = await untilServed(() => follow(two, id));
    expect(status).toBe(404);
  });
});

/** Asks until the gateway has found its Redis again, and reads the answer. */
async function untilServed(
  open: () => ReturnType<typeof follow>,
): Promise<{ status: number | undefined; text: string }> {
  for (;;) {
    const reader = open();
    const { statusCode } = await reader.response;
    await reader.ended;
    // An answer that could not be read on ends by `closing`.
    if (statusCode !== 503 && !reader.text.includes('event: closing')) {
      return { status: statusCode, text: reader.text };
    }
  }
}
