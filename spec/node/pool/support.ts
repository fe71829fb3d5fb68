import { afterEach } from '@jest/globals';
import { filter, firstValueFrom, noop, type Observable, type VirtualTimeScheduler } from 'rxjs';
import {
  createOllamaPool,
  type HostState,
  type OllamaPool,
  type OllamaPoolOptions,
} from '../../../lib/node/index.js';
import { fromOllamaChat } from '../../../lib/sources/fromOllamaChat.js';
import type {
  ReceivedRequest,
  Script,
  ScriptedOllama,
  Step,
} from '../../../lib/testing/node/index.js';
import type { ChatChunk } from '../../../lib/types/index.js';
import { REQUEST, listen, start, type Heard } from '../../sources/support.js';

export const ANSWER: readonly Step[] = ['Hel', 'lo', { done: true }];
export const PROGRESS: readonly Step[] = [{ status: 'working' }, { status: 'success' }];
/** No server listens there. */
export const NOWHERE = 'http://127.0.0.1:9';

const pools: OllamaPool[] = [];
afterEach(() => {
  for (const pool of pools.splice(0)) pool.destroy();
});

/** A pool that is destroyed when the test ends. */
export function createPool(
  hosts: OllamaPoolOptions['hosts'],
  options: Omit<OllamaPoolOptions, 'hosts'> = {},
): OllamaPool {
  const pool = createOllamaPool({ hosts, ...options });
  pools.push(pool);
  return pool;
}

export const startHost = (
  models: readonly string[] = ['qwen3'],
  script: Script = ANSWER,
): Promise<ScriptedOllama> => start(script, { models });

/** Waits until the hosts are as is asked for. */
export const until = (
  pool: OllamaPool,
  isSo: (hosts: readonly HostState[]) => boolean,
): Promise<readonly HostState[]> => firstValueFrom(pool.hosts$.pipe(filter(isSo)));

export const isKnown = (hosts: readonly HostState[]): boolean =>
  hosts.every(({ status }) => status !== 'unknown');

/** The requests of one kind that a server got. */
export const requestsTo = (
  { requests }: Pick<ScriptedOllama, 'requests'>,
  path = '/api/chat',
): readonly ReceivedRequest[] => requests.filter((request) => request.path === path);

/** How many chats each server got. */
export const countChats = (...servers: readonly ScriptedOllama[]): number[] =>
  servers.map((server) => requestsTo(server).length);

export const chatWith = (client: OllamaPool, model = REQUEST.model): Observable<ChatChunk> =>
  fromOllamaChat({ ...REQUEST, model }, { client });

/** Asks for one answer, and listens to its end. */
export const ask = (pool: OllamaPool, model?: string): Promise<Heard<ChatChunk>> =>
  listen(chatWith(pool, model));

/** Lets so much virtual time pass. */
export function pass(scheduler: VirtualTimeScheduler, ms: number): void {
  scheduler.maxFrames = scheduler.frame + ms;
  scheduler.schedule(noop, ms);
  scheduler.flush();
}
