import { afterEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { accumulateMessage } from '../../../lib/operators/accumulateMessage.js';
import { fromChatEvents } from '../../../lib/sources/fromChatEvents.js';
import { ask, follow, readAll, start, stop } from './client.js';
import { textOf } from './openReader.js';
import { makePieces } from './question.js';
import { useChaos } from './setup.js';

const chaos = useChaos();

afterEach(async () => {
  const admin = await chaos.redis.connect();
  await admin.sendCommand(['REPLICAOF', 'NO', 'ONE']);
  await admin.sendCommand(['CONFIG', 'SET', 'maxmemory', '0']);
});

const LEASE = 3000;
const pieces = makePieces(12, 'refused ');

/** A run that has said four pieces, with a page at the other gateway that comes back after each break. */
async function begin() {
  const [one, two] = await chaos.gateways({ lease: LEASE });
  const admin = await chaos.redis.connect();
  const n = (await chaos.model.count()) + 1;
  const { id, reader } = await start(one, { pieces });
  const chat = await chaos.model.chat(n);
  const ids: string[] = [];
  const page = lastValueFrom(
    fromChatEvents(`${two.url}/chat/${id}/events`, {
      headers: { 'X-User': 'alice' },
      reconnect: { count: 1000, delay: { initial: 10, max: 100 } },
      onId: (each) => ids.push(each),
    }).pipe(accumulateMessage()),
  );
  await chat.release(4);
  await follow(two, id).until(4);
  const send = (...command: string[]) => admin.sendCommand(command);
  /** All is read, exactly, and the same later. */
  const finish = async (): Promise<void> => {
    await chat.release();
    await reader.ended;
    expect(textOf(reader.frames)).toBe(pieces.join(''));
    expect(reader.frames.at(-1)?.event).toBe('done');
    expect((await page).content).toBe(pieces.join(''));
    expect(ids).toEqual(reader.frames.map((frame) => frame.id));
    expect((await readAll(two, id)).text).toBe(reader.text);
    expect((await chat.closed()).outcome).toBe('completed');
  };
  const startAt = async ({ url }: { url: string }): Promise<number> =>
    (await fetch(`${url}/chat`, ask({ pieces }))).status;
  return { one, two, id, reader, chat, page, send, finish, startAt };
}

describe('a Redis that refuses writes', () => {
  it('because its memory is full takes no run away from its gateway, and gets all later', async () => {
    const { one, two, id, reader, chat, send, finish, startAt } = await begin();
    await send('CONFIG', 'SET', 'maxmemory', '1');
    await chat.release(4);
    await reader.until(8);
    expect([await startAt(one), await startAt(two)]).toEqual([503, 503]);
    // The command does not reach the gateway of the run.
    expect(await stop(two, id)).toBeGreaterThanOrEqual(500);
    // For longer than a lease, of which each third begins with a renewal.
    let last = 0;
    for (let renewals = 0; renewals < 5;) {
      const left = Number(await send('PTTL', `rxjs-ollama:lease:${id}`));
      if (left > last) renewals++;
      last = left;
    }
    await send('CONFIG', 'SET', 'maxmemory', '0');
    await finish();
  });

  it('because it is a replica now stops no reader of the gateway of the run', async () => {
    const { one, two, reader, chat, send, finish, startAt } = await begin();
    await send('REPLICAOF', '127.0.0.1', '1');
    await chat.release(4);
    await reader.until(8);
    expect([await startAt(one), await startAt(two)]).toEqual([503, 503]);
    await send('REPLICAOF', 'NO', 'ONE');
    await finish();
  });
});

describe('a Redis that drops keys', () => {
  it('has a run again of which it dropped everything', async () => {
    const { send, finish } = await begin();
    await send('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-random');
    await send('CONFIG', 'SET', 'maxmemory', '1');
    while (Number(await send('DBSIZE')) > 0)
      await send('SET', 'evict', '1', 'PX', '1').catch(() => 0);
    await send('CONFIG', 'SET', 'maxmemory', '0');
    await send('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await finish();
  });

  it.each(['log', 'run', 'seen'])(
    'has a run again of which it dropped the key %s',
    async (name) => {
      const { id, send, finish } = await begin();
      await send('DEL', `rxjs-ollama:${name}:${id}`);
      await finish();
    },
  );

  it('ends a run by failed whose lease it dropped: once, and for all readers', async () => {
    const { one, two, id, reader, chat, page, send } = await begin();
    await send('DEL', `rxjs-ollama:lease:${id}`);
    // The gateway of a new reader takes it.
    const late = await readAll(two, id);
    expect(late.frames.slice(4).map(({ event }) => event)).toEqual(['failed']);
    await expect(page).rejects.toMatchObject({ code: 'truncated' });
    await reader.ended;
    for (const gateway of [one, two]) expect((await readAll(gateway, id)).text).toBe(late.text);
    expect(reader.frames.at(-1)).toEqual(late.frames.at(-1));
    expect((await chat.closed()).outcome).toBe('aborted');
  });
});
