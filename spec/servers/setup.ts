import { afterAll, beforeAll } from '@jest/globals';
import {
  startScriptedOllama,
  type Script,
  type ScriptedOllama,
} from '../../lib/testing/node/index.js';
import { startGateways, startNginx, type Gateways, type Nginx } from './start.js';

/** A scripted Ollama, the gateways in front of it, and nginx in front of them. */
export interface Servers {
  readonly ollama: ScriptedOllama;
  readonly gateways: Gateways;
  readonly nginx: Nginx;
  /** What the models answer from now on. */
  scenario: Script;
}

/** Starts all servers for a file of specs, and stops them after it. */
export function useServers(): Servers {
  const servers: { -readonly [K in keyof Servers]?: Servers[K] } & Pick<Servers, 'scenario'> = {
    scenario: [],
  };
  beforeAll(async () => {
    servers.ollama = await startScriptedOllama((request) => {
      const { scenario } = servers;
      return typeof scenario === 'function' ? scenario(request) : scenario;
    });
    servers.gateways = await startGateways(servers.ollama.url);
    servers.nginx = await startNginx(servers.gateways.ports);
  });
  afterAll(async () => {
    await servers.nginx?.stop();
    await servers.gateways?.stop();
    await servers.ollama?.close();
  });
  return servers as Servers;
}
