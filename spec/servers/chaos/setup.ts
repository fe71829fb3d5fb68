import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { startRedis, type RedisServer } from '../redis.js';
import { startFront, type Front } from './startFront.js';
import { startGateway, type Gateway, type GatewaySettings } from './startGateway.js';
import { startModel, type Model } from './startModel.js';

/** A Redis and a model for a file of specs, and gateways for each spec. */
export interface Chaos {
  readonly redis: RedisServer;
  readonly model: Model;
  /** Starts gateways that are killed after the spec, at another Redis if it is named. */
  gateways(settings?: GatewaySettings, redis?: string): Promise<readonly [Gateway, Gateway]>;
  /** An address that the spec can point to either gateway. */
  front(gateway: Gateway): Promise<Front>;
}

/** @param keeps whether what Redis has confirmed survives its death */
export function useChaos(keeps = false): Chaos {
  const servers: { redis?: RedisServer; model?: Model } = {};
  const stops: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    servers.redis = await startRedis(keeps);
    servers.model = await startModel();
  });
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });
  afterAll(async () => {
    await servers.model?.stop();
    await servers.redis?.stop();
  });
  return {
    get redis() {
      return started(servers.redis);
    },
    get model() {
      return started(servers.model);
    },
    async gateways(settings = {}, url) {
      const { redis, model } = servers;
      const { clock = 0, ...others } = settings;
      const start = (ahead: number) =>
        startGateway(url ?? started(redis).url, started(model), { ...others, clock: ahead });
      const both = await Promise.all([start(clock), start(-clock)]);
      for (const gateway of both) stops.push(() => gateway.kill());
      return both;
    },
    async front({ port }) {
      const front = await startFront(port);
      stops.push(() => front.stop());
      return front;
    },
  };
}

function started<T>(server: T | undefined): T {
  if (!server) throw new Error('The servers start before the first spec.');
  return server;
}
