import { startRedis, type RedisConnection } from '../redis.js';
import { startFront } from './startFront.js';

/** A Redis with a replica, behind one address, as a service with failover has it. */
export interface Pair {
  /** The address, which leads to the primary and then to the replica. */
  readonly url: string;
  /** A connection to the primary. */
  readonly primary: RedisConnection;
  /** From now on, the replica gets nothing any more. Resolves when it has all of what was before. */
  cutReplica(): Promise<void>;
  /** The primary is killed with what the replica lacks, and the address leads to the replica. */
  failOver(): Promise<void>;
  stop(): Promise<void>;
}

/** A port where nothing listens. */
const NOWHERE = 1;

const portOf = (url: string): number => Number(new URL(url).port);

export async function startPair(): Promise<Pair> {
  const [first, second] = await Promise.all([startRedis(), startRedis()]);
  const link = await startFront(portOf(first.url));
  const address = await startFront(portOf(first.url));
  const [primary, replica] = await Promise.all([first.connect(), second.connect()]);
  await primary.sendCommand(['CONFIG', 'SET', 'repl-diskless-sync-delay', '0']);
  await replica.sendCommand(['REPLICAOF', '127.0.0.1', String(portOf(link.url))]);
  // Without a write, there is nothing to wait for.
  const untilReplicated = async (): Promise<void> => {
    await primary.sendCommand(['SET', 'replicated', '1', 'PX', '1000']);
    await primary.sendCommand(['WAIT', '1', '0']);
  };
  await untilReplicated();
  return {
    url: `redis://127.0.0.1:${String(portOf(address.url))}`,
    primary,
    async cutReplica() {
      await untilReplicated();
      link.moveTo(NOWHERE);
    },
    async failOver() {
      await first.kill();
      await replica.sendCommand(['REPLICAOF', 'NO', 'ONE']);
      address.moveTo(portOf(second.url));
    },
    async stop() {
      await Promise.all([first.stop(), second.stop(), link.stop(), address.stop()]);
    },
  };
}
