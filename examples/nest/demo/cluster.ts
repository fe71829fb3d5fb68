import { join } from 'node:path';
import { startScriptedOllama, type Script, type ScriptedOllama } from 'rxjs-ollama/testing/node';
import { startBalancer, type Balancer } from './balancer.js';
import { startBundle, startRedis, type Started } from './processes.js';

/** The key of the user of the demo. */
export const KEY = 'demo-key-of-alice';

/** A gateway, with its name. */
export interface Gateway extends Started {
  readonly name: string;
  readonly url: string;
}

/** All that the demo runs, on this machine. */
export interface Cluster {
  /** Where clients ask: the balancer in front of the gateways. */
  readonly url: string;
  readonly balancer: Balancer;
  readonly gateways: readonly Gateway[];
  readonly models: readonly ScriptedOllama[];
  readonly shop: { readonly inventory: string; readonly orders: string };
  /** Without Redis there is one gateway, with its runs in memory. */
  readonly hasRedis: boolean;
  close(): Promise<void>;
}

export interface ClusterOptions {
  /** Where the bundles are. */
  readonly folder: string;
  readonly script: Script;
  /** The port of the balancer. */
  readonly port?: number;
  /** Whether Redis is used, if there is one. */
  readonly redis?: boolean;
  /** Further variables of the gateways. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Starts Redis if it can, two scripted Ollamas, the shop, two gateways, and a balancer in front of them. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { folder, script, port, redis: wanted = true, variables } = options;
  const redis = wanted ? await startRedis() : undefined;
  const models = await Promise.all([startScriptedOllama(script), startScriptedOllama(script)]);
  const shop = await startBundle(join(folder, 'shop.js'), {
    INVENTORY_PORT: '0',
    ORDERS_PORT: '0',
  });
  const urls = shop.said as Cluster['shop'];
  const gateways = await Promise.all(
    (redis ? ['A', 'B'] : ['A']).map(async (name): Promise<Gateway> => {
      const gateway = await startBundle(join(folder, 'gateway.js'), {
        NAME: name,
        PORT: '0',
        API_KEYS: `alice:${KEY},bob:demo-key-of-robert`,
        OLLAMA_HOSTS: models.map(({ url }) => url).join(','),
        INVENTORY_URL: urls.inventory,
        ORDERS_URL: urls.orders,
        ...(redis && { REDIS_URL: redis.url }),
        ...variables,
      });
      const { url } = gateway.said as { url: string };
      return { ...gateway, name, url };
    }),
  );
  const balancer = await startBalancer(
    gateways.map(({ url }) => Number(new URL(url).port)),
    port,
  );
  return {
    url: balancer.url,
    balancer,
    gateways,
    models,
    shop: urls,
    hasRedis: redis !== undefined,
    async close() {
      balancer.close();
      await Promise.all([...gateways, shop].map((started) => started.stop()));
      await Promise.all(models.map((model) => model.close()));
      await redis?.stop();
    },
  };
}
