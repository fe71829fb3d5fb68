import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NEVER, Subject, concat, finalize, map } from 'rxjs';
import { createRuns, type Runs, type RunsOptions, type SseFrame } from '../../lib/node/index.js';
import { redisStore } from '../../lib/redis/index.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { read, type Reading } from '../node/runs/support.js';
import { startRedis, type RedisConnection, type RedisServer } from './redis.js';

const ann = { owner: 'ann' };

let redis: RedisServer;
let probe: RedisConnection;
const opened: Runs[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(async () => {
  probe = await redis.connect();
});
afterAll(async () => {
  await Promise.all(opened.map((runs) => runs.close()));
  await redis.stop();
});

async function open(options: RunsOptions = {}, readers = 1): Promise<Runs> {
  const client = await redis.connect();
  const reader = await Promise.all(Array.from({ length: readers }, () => redis.connect()));
  const runs = createRuns({ store: redisStore({ client, reader }), ...options });
  opened.push(runs);
  return runs;
}

/** Waits until a reader has what a test needs. */
async function until(isReached: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isReached())) await new Promise(setImmediate);
}
const hasEnded = (reading: Reading) => (): boolean => reading.isComplete;

describe('runs in Redis', () => {
  it('are the same at each gateway, live and later', async () => {
    const [here, there, sharded] = [await open(), await open(), await open({}, 3)];
    const model = new Subject<ChatChunk>();
    const { id } = await here.start(() => model, ann);
    const readings = [here, there, sharded].map((runs) => read(runs.follow(id, ann)));
    for (let at = 1; at <= 300; at++) {
      model.next(chunk.answer(`text ${String(at)} `));
      if (at % 10 === 0) await until(() => readings.every(({ frames }) => frames.length >= at - 5));
    }
    model.next(chunk.done());
    model.complete();
    await until(() => readings.every(({ isComplete }) => isComplete));
    const late = read(there.follow(id, ann));
    await until(hasEnded(late));
    for (const { frames } of readings) expect(frames).toEqual(late.frames);
    expect(late.names).toHaveLength(302);
    expect(late.names.at(-1)).toBe('1-302 done');
  });

  it('follow a client that is thrown from one gateway to the other, by text and ids', async () => {
    const [here, there] = [await open(), await open()];
    const model = new Subject<ChatChunk>();
    const { id } = await here.start(() => model, ann);
    const frames: SseFrame[] = [];
    let said = 0;
    for (let hop = 0; hop < 12; hop++) {
      const runs = hop % 2 ? there : here;
      const after = frames.at(-1)?.id;
      const reading = read(runs.follow(id, { ...ann, after }));
      for (let at = 0; at < 7; at++) model.next(chunk.answer(`${String(++said)},`));
      await until(() => reading.frames.length >= 5);
      reading.leave();
      frames.push(...reading.frames);
    }
    model.complete();
    const rest = read(here.follow(id, { ...ann, after: frames.at(-1)?.id }));
    await until(hasEnded(rest));
    const all = [...frames, ...rest.frames];
    const whole = read(there.follow(id, ann));
    await until(hasEnded(whole));
    expect(all).toEqual(whole.frames);
    expect(whole.text).toBe(Array.from({ length: said }, (_, at) => `${String(at + 1)},`).join(''));
  });

  it('are stopped from another gateway, and decided on', async () => {
    const [here, there] = [await open(), await open()];
    let isStopped = false;
    const call = { id: 'c', function: { name: 'pay', arguments: {} } };
    const { id } = await here.start(
      ({ approve }) =>
        concat(approve(call), NEVER).pipe(
          map((decision) => chunk.answer(JSON.stringify(decision))),
          finalize(() => {
            isStopped = true;
          }),
        ),
      ann,
    );
    const reading = read(there.follow(id, ann));
    expect(await there.decide(id, 'c', true, ann)).toBe(true);
    await until(() => reading.text === 'true');
    expect(await there.stop(id, ann)).toBe(true);
    expect(isStopped).toBe(true);
    await until(hasEnded(reading));
    expect(reading.names).toEqual(['1-1 chunk', '1-2 stopped']);
  });

  it('are started once by many gateways at once', async () => {
    const gateways = await Promise.all(Array.from({ length: 4 }, () => open()));
    let subscribed = 0;
    const started = await Promise.all(
      Array.from({ length: 10 }, () => gateways)
        .flat()
        .map((runs) =>
          runs.start(
            () => {
              subscribed++;
              return new Subject<ChatChunk>();
            },
            { ...ann, key: 'once' },
          ),
        ),
    );
    expect(new Set(started.map(({ id }) => id)).size).toBe(1);
    expect(subscribed).toBe(1);
  });

  it('end when the lease of a gateway ran out that has no connection', async () => {
    const lease = 300;
    const client = await redis.connect();
    const reader = await redis.connect();
    const here = createRuns({ store: redisStore({ client, reader }), lease });
    const there = await open({ lease });
    const model = new Subject<ChatChunk>();
    const { id } = await here.start(() => model, ann);
    const reading = read(there.follow(id, ann));
    model.next(chunk.answer('a'));
    await until(() => reading.text === 'a');
    client.destroy();
    await until(hasEnded(reading));
    expect(reading.names).toEqual(['1-1 chunk', '2-1 failed']);
    reader.destroy();
    await here.close();
  });

  it('take at most 200 bytes of Redis per chunk', async () => {
    const runs = await open();
    const model = new Subject<ChatChunk>();
    const { id } = await runs.start(() => model, ann);
    const usage = async (): Promise<number> =>
      Number(await probe.sendCommand(['MEMORY', 'USAGE', `rxjs-ollama:log:${id}`]));
    const written = (count: number) => async (): Promise<boolean> =>
      Number(await probe.sendCommand(['XLEN', `rxjs-ollama:log:${id}`])) >= count;
    const word = (at: number): ChatChunk => ({
      ...chunk.answer(['The', ' sky', ' is', ' blue', ' because', ' of'][at % 6] ?? ''),
      model: 'qwen3',
      created_at: '2026-11-30T12:00:00.123456789Z',
    });
    model.next(word(0));
    await until(written(1));
    const before = await usage();
    const count = 2000;
    for (let at = 1; at <= count; at++) {
      model.next(word(at));
      if (at % 100 === 0) await until(written(at + 1));
    }
    const perChunk = ((await usage()) - before) / count;
    process.stdout.write(`Redis: ${perChunk.toFixed(0)} bytes per chunk\n`);
    expect(perChunk).toBeLessThanOrEqual(200);
    await runs.stop(id, ann);
  });

  it('write in groups: one write at a time, with all that came meanwhile', async () => {
    const client = await redis.connect();
    let underWay = 0;
    let most = 0;
    let writes = 0;
    const counted = {
      sendCommand: async (args: string[]) => {
        const isWrite = args[0] === 'EVALSHA' && args.includes('chunk');
        if (isWrite) {
          writes++;
          most = Math.max(most, ++underWay);
        }
        try {
          return await client.sendCommand(args);
        } finally {
          if (isWrite) underWay--;
        }
      },
      on: client.on.bind(client),
    };
    const runs = createRuns({
      store: redisStore({ client: counted, reader: await redis.connect() }),
    });
    const model = new Subject<ChatChunk>();
    const { id } = await runs.start(() => model, ann);
    const there = read((await open()).follow(id, ann));
    for (let at = 0; at < 1000; at++) model.next(chunk.answer('x'));
    await until(() => there.frames.length === 1000);
    expect(most).toBe(1);
    expect(writes).toBeLessThan(10);
    await runs.stop(id, ann);
    await runs.close();
  });
});

describe('a long run', () => {
  const COUNT = 20_000;
  const PAGE = 256;
  /** As `toEqual`, which takes long for so many. */
  const isSame = (one: readonly SseFrame[], other: readonly SseFrame[]): boolean =>
    JSON.stringify(one) === JSON.stringify(other);

  it('is read in pages at another gateway, while it runs and after its end', async () => {
    const here = await open();
    const client = await redis.connect();
    let commands = 0;
    const counted = {
      sendCommand(args: string[]) {
        commands++;
        return client.sendCommand(args);
      },
      on: client.on.bind(client),
    };
    const there = createRuns({
      store: redisStore({ client: counted, reader: await redis.connect() }),
    });
    opened.push(there);
    const model = new Subject<ChatChunk>();
    const { id } = await here.start(() => model, ann);
    const local = read(here.follow(id, ann));
    for (let at = 1; at <= COUNT; at++) {
      model.next(chunk.answer('x'));
      if (at % 1000 === 0) await until(() => local.frames.length === at);
    }
    await until(
      async () => Number(await probe.sendCommand(['XLEN', `rxjs-ollama:log:${id}`])) === COUNT,
    );
    const running = read(there.follow(id, ann));
    await until(() => running.frames.length === COUNT);
    expect(commands).toBeLessThan(COUNT / PAGE + 30);
    model.complete();
    await until(hasEnded(running));
    expect(isSame(running.frames, local.frames)).toBe(true);
    commands = 0;
    const late = read(there.follow(id, ann));
    await until(hasEnded(late));
    expect(commands).toBeLessThan(COUNT / PAGE + 30);
    expect(isSame(late.frames, local.frames)).toBe(true);
  });

  it('serves 500 readers that come back at once, each from where it was', async () => {
    const [here, there] = [await open(), await open()];
    const model = new Subject<ChatChunk>();
    const { id } = await here.start(() => model, ann);
    for (let at = 0; at < 100; at++) model.next(chunk.answer(`${String(at)},`));
    const whole = read(there.follow(id, ann));
    await until(() => whole.frames.length === 100);
    const readers = Array.from({ length: 500 }, (_, at) => ({
      from: at % 100,
      reading: read(
        there.follow(id, { ...ann, after: at % 100 ? `1-${String(at % 100)}` : undefined }),
      ),
    }));
    model.next(chunk.answer('on'));
    model.complete();
    await until(() => readers.every(({ reading }) => reading.isComplete));
    await until(hasEnded(whole));
    expect(whole.frames).toHaveLength(102);
    const wrong = readers.filter(
      ({ from, reading }) => !isSame(reading.frames, whole.frames.slice(from)),
    );
    expect(wrong).toEqual([]);
  });
});

describe('a Redis that goes', () => {
  it('stops no reader of the gateway of the run, nor the process, and gets all when it is back', async () => {
    const [here, there] = [await open({ lease: 1000 }), await open({ lease: 1000 })];
    const model = new Subject<ChatChunk>();
    const { id } = await here.start(() => model, ann);
    const local = read(here.follow(id, ann));
    const elsewhere = read(there.follow(id, ann));
    model.next(chunk.answer('a'));
    await until(() => elsewhere.text === 'a');
    await redis.kill();
    model.next(chunk.answer('b'));
    await until(() => local.text === 'ab');
    await until(hasEnded(elsewhere));
    expect(elsewhere.names).toEqual(['1-1 chunk', 'closing']);
    model.next(chunk.answer('c'));
    await redis.start();
    // Its memory is empty: the gateway of the run writes all of it again.
    let back = read(there.follow(id, { ...ann, after: '1-1' }));
    await until(() => {
      if (back.isComplete || back.error) back = read(there.follow(id, { ...ann, after: '1-1' }));
      return back.text === 'bc';
    });
    model.next(chunk.done());
    model.complete();
    await until(hasEnded(back));
    expect(back.names).toEqual(['1-2 chunk', '1-3 chunk', '1-4 chunk', '1-5 done']);
    expect(local.names.at(-1)).toBe('1-5 done');
    // Commands of other gateways are heard again.
    const { id: next } = await here.start(() => NEVER, ann);
    expect(await there.stop(next, ann)).toBe(true);
  });
});
