import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { redisStore } from '../../lib/redis/index.js';
import { runStoreContract } from '../../lib/testing/node/index.js';
import { startRedis, type RedisServer } from './redis.js';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe('redisStore', () => {
  const open = async () =>
    redisStore({ client: await redis.connect(), reader: await redis.connect() });
  for (const { name, run } of runStoreContract({ open })) it(name, run);
});
