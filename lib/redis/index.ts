export { redisStore, type RedisStoreClients } from './redisStore.js';
export type { RedisClientLike } from './redisClient.js';
