import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { redisStore } from '../../lib/redis/index.js';
import { runStoreContract } from '../../lib/testing/node/index.js';
import { memoryStore } from '../../lib/node/index.js';
import { checkStoresAgree } from '../node/runs/storeDifference.js';
import { checkStoreProperty } from '../node/runs/storeProperty.js';
import { startRedis, type RedisServer } from './redis.js';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe.each([2, 3] as const)('redisStore with version %d of the protocol', (RESP) => {
  const open = async () => {
    const [client, reader] = [await redis.connect(RESP), await redis.connect(RESP)];
    return redisStore({ client, reader });
  };
  for (const { name, run } of runStoreContract({ open })) it(name, run);
});

it('a cluster keeps all keys of a run together that have a hash tag', async () => {
  const client = await redis.connect();
  const store = redisStore({ client, reader: await redis.connect(), prefix: '{chat}:' });
  const [check] = runStoreContract({ open: () => store });
  await check?.run();
  const keys = await client.sendCommand<string[]>(['KEYS', '*chat*']);
  for (const key of keys) expect(key).toMatch(/^\{chat\}:/);
});

it('redisStore gives each reader an exact copy, or says that there is a gap', async () => {
  const open = async () =>
    redisStore({ client: await redis.connect(), reader: await redis.connect() });
  await checkStoreProperty(open, 100);
});

it('redisStore answers as memoryStore does, whatever is asked', async () => {
  const open = async () =>
    [
      memoryStore(),
      redisStore({ client: await redis.connect(), reader: await redis.connect() }),
    ] as const;
  await checkStoresAgree(open, 300);
});
