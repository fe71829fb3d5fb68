import { afterAll, beforeAll } from '@jest/globals';
import { lastValueFrom, scan } from 'rxjs';
import {
  KEY,
  startCluster,
  type Cluster,
  type ClusterOptions,
  type Gateway,
} from '../../examples/nest/demo/cluster.js';
import {
  fromChatEvents,
  runChunks,
  type ChunkMarks,
  type FromChatEventsOptions,
  type ToolRunEvent,
} from '../../lib/index.js';
import type { ReceivedRequest, Script } from '../../lib/testing/node/index.js';
import { buildNestExample } from '../../scripts/nestExample.js';

export const ALICE = { Authorization: `Bearer ${KEY}` };
export const BOB = { Authorization: 'Bearer demo-key-of-robert' };
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** The example with all that it needs, for a file of specs. */
export interface Nest {
  readonly cluster: Cluster;
  /** What the models answer from now on. */
  script: Script;
  /** The gateways by their names. */
  readonly a: Gateway;
  readonly b: Gateway;
  /** The requests for answers that the models have received. */
  chats(): ReceivedRequest[];
  /** The n-th of them, from 1, as soon as it has arrived. */
  chat(n: number): Promise<ReceivedRequest>;
}

/** Starts the cluster of the demo, and stops it after the specs of the file. */
export function useNest(options: Omit<ClusterOptions, 'folder' | 'script'> = {}): Nest {
  let cluster: Cluster | undefined;
  const started = (): Cluster => {
    if (!cluster) throw new Error('The cluster has not started.');
    return cluster;
  };
  const gateway = (at: number): Gateway => {
    const found = started().gateways[at];
    if (!found) throw new Error('There is no such gateway: is redis-server installed?');
    return found;
  };
  const arrivals = new Set<() => void>();
  const seen: ReceivedRequest[] = [];
  const nest: Nest = {
    script: [],
    get cluster() {
      return started();
    },
    get a() {
      return gateway(0);
    },
    get b() {
      return gateway(1);
    },
    chats: () => [...seen],
    async chat(n) {
      for (;;) {
        const request = seen[n - 1];
        if (request) return request;
        await new Promise<void>((resolve) => arrivals.add(resolve));
      }
    },
  };
  beforeAll(async () => {
    const folder = await buildNestExample();
    cluster = await startCluster({
      ...options,
      folder,
      script: (request) => {
        seen.push(request);
        for (const resolve of arrivals) resolve();
        arrivals.clear();
        return typeof nest.script === 'function' ? nest.script(request) : nest.script;
      },
    });
  });
  afterAll(() => cluster?.close());
  return nest;
}

let chats = 0;
/** A chat that no other spec has. */
export const newChat = (): string => `chat-${String(++chats)}`;

export function post(
  url: string,
  body: object | string = {},
  headers: Record<string, string> = ALICE,
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** The events of an answer, from a URL or from the response to a question. */
export const read = (from: string | Response, options: FromChatEventsOptions = {}) =>
  fromChatEvents<ToolRunEvent>(from, { headers: ALICE, ...options });

/** The text of an answer, which starts over where the run does. */
export function readText(from: string | Response, options?: FromChatEventsOptions) {
  return lastValueFrom(
    read(from, options).pipe(
      runChunks(),
      scan((text, chunk) => {
        const { reset } = chunk as ChunkMarks;
        return (reset ? '' : text) + chunk.message.content;
      }, ''),
    ),
    { defaultValue: '' },
  );
}

/** The message of a refusal, and its status. */
export async function toRefusal(response: Response): Promise<[number, unknown]> {
  const { message } = (await response.json()) as { message: unknown };
  return [response.status, message];
}
