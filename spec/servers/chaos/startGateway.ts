import { once } from 'node:events';
import { bundle, startChild } from '../startChild.js';
import type { Model } from './startModel.js';

/** Options of `createRuns`, in a form that a process can be given. */
export interface GatewaySettings {
  readonly lease?: number;
  readonly grace?: number;
  readonly ttl?: number;
  readonly onOrphan?: 'fail' | 'restart';
  readonly maxChunks?: number;
  /** How far the clock of the first gateway is ahead, in ms; that of the second one is behind by as much. */
  readonly clock?: number;
  /** How much less of a busy machine it gets than others, from 0 to 19. */
  readonly nice?: number;
}

/** A gateway in a process of its own. */
export interface Gateway {
  readonly port: number;
  readonly url: string;
  /** Whether the process is still there. */
  readonly alive: boolean;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
  /** Stops the whole process where it stands, as a machine does that is suspended. */
  pause(): void;
  resume(): void;
  /** Asks it to close its runs and to end, as a deployment does. */
  close(): Promise<void>;
}

let file: Promise<string> | undefined;

export async function startGateway(
  redis: string,
  model: Pick<Model, 'url' | 'shop'>,
  settings: GatewaySettings = {},
): Promise<Gateway> {
  file ??= bundle('chaos/gateway.ts');
  const { process: child, ready } = await startChild<{ port: number }>(await file, {
    REDIS_URL: redis,
    OLLAMA_HOST: model.url,
    SHOP_URL: model.shop,
    SETTINGS: JSON.stringify(settings),
  });
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    port: ready.port,
    url: `http://127.0.0.1:${String(ready.port)}`,
    get alive() {
      return isAlive();
    },
    async kill() {
      if (!isAlive()) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
    pause() {
      child.kill('SIGSTOP');
    },
    resume() {
      child.kill('SIGCONT');
    },
    async close() {
      const exit = once(child, 'exit');
      child.send('close');
      await exit;
    },
  };
}
