import type { Scenario, Script, Step } from '../../lib/testing/node/index.js';

/** The servers of `gateways.ts`. */
export type ServerName =
  'http' | 'http2' | 'express' | 'compression' | 'fastify' | 'hono' | 'nestExpress' | 'nestFastify';

export type Ports = Readonly<Record<ServerName, number>>;

/** One way from an Observable to a response. */
export interface Bridge {
  /** As the docs call it. */
  readonly name: string;
  readonly server: ServerName;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
}

/** One of the moments at which a client leaves. */
export interface Moment {
  /** What the models do. */
  readonly script: () => Script;
  /** How many requests they have had by then. */
  readonly requests: number;
  /** What the client has received by then, and how often. */
  readonly until?: readonly [string, number?];
}

const QUESTION = JSON.stringify({ question: 'Hi' });

const post = (name: string, server: ServerName, path = '/chat', body = QUESTION): Bridge => ({
  ...{ name, server, path, body },
  method: 'POST',
});

const events = (name: string, server: ServerName): Bridge => ({
  ...{ name, server, method: 'GET' },
  path: '/events?question=Hi',
});

/** The plainest of them. */
export const plainBridge = post('`node:http`, `pipeToResponse`', 'http', '/', 'Hi');

export const bridges: readonly Bridge[] = [
  plainBridge,
  post('`node:http`, `pipeToResponse` with `ndjson()`', 'http', '/?format=ndjson', 'Hi'),
  post('`node:http2`, `pipeToResponse`', 'http2', '/', 'Hi'),
  post('Express 5, `pipeToResponse`', 'express'),
  post('Express 5 with `compression`, `pipeToResponse`', 'compression'),
  post('Fastify 5, `pipeToResponse` to `reply.raw`', 'fastify', '/raw'),
  post('Fastify 5, `toReadableStream`', 'fastify', '/stream'),
  post('Fastify 5, `toResponse`', 'fastify'),
  post('Hono 4, `toResponse`', 'hono'),
  ...(['nestExpress', 'nestFastify'] as const).flatMap((server) => {
    const name = server === 'nestExpress' ? 'Nest 12 on Express' : 'Nest 12 on Fastify';
    return [
      events(`${name}, \`@Sse\` with \`toNestSse\``, server),
      post(`${name}, \`toResponse\``, server),
      post(`${name}, \`@Res\` with \`pipeToResponse\``, server, '/raw'),
    ];
  }),
];

/** The same for runs of tools: each server and each format once, and each function that makes a response. */
export const runBridges: readonly Bridge[] = [
  post('`node:http`, `pipeToResponse`, `sse()`', 'http', '/run?format=sse'),
  post('`node:http2`, `pipeToResponse`, `uiMessages()`', 'http2', '/run?format=uiMessages'),
  post('Express 5, `pipeToResponse`, `openAi()`', 'express', '/run?format=openAi'),
  post(
    'Express 5 with `compression`, `pipeToResponse`, `agUi()`',
    'compression',
    '/run?format=agUi',
  ),
  post('Fastify 5, `toReadableStream`, `sse()`', 'fastify', '/run-stream?format=sse'),
  post('Fastify 5, `toResponse`, `ollama()`', 'fastify', '/run?format=ollama'),
  post('Hono 4, `toResponse`, `ndjson()`', 'hono', '/run?format=ndjson'),
  {
    ...{ name: 'Nest 12 on Express, `@Sse` with `toNestSse`', server: 'nestExpress' },
    ...{ method: 'GET', path: '/run-events' },
  },
  post('Nest 12 on Fastify, `toResponse`, `uiMessages()`', 'nestFastify', '/run?format=uiMessages'),
];

function* endless(): Generator<Step> {
  for (;;) yield { content: 'and ', delay: 1 };
}

export const moments: Readonly<Record<string, Moment>> = {
  'before the headers': { script: () => [{ fault: 'hang' }], requests: 1 },
  'at the first chunk': {
    script: () => ['Hel', { fault: 'hang' }],
    ...{ requests: 1, until: ['Hel'] },
  },
  'in mid-stream': { script: () => ({ steps: endless() }), requests: 1, until: ['and ', 3] },
  'before done': {
    script: () => ['Hel', 'lo', { fault: 'hang' }],
    ...{ requests: 1, until: ['lo'] },
  },
};

const call = { function: { name: 'look', arguments: {} } };

/**
 * What the models answer in a run: the first one calls the tool, which asks the helper, and then the first one
 * continues.
 */
export const toRun =
  (helper: () => Scenario, second: () => Scenario): Script =>
  ({ body }) => {
    if (body.model === 'helper') return helper();
    const isSecond = body.messages?.at(-1)?.role === 'tool';
    return isSecond ? second() : [{ tool_calls: [call] }, { done: true }];
  };

const seen = (): Scenario => ['a tree', { done: true }];

/** The moments of a run. A tool runs in the second one: its own request is the one that has to end. */
export const runMoments: Readonly<Record<string, Moment>> = {
  'before the headers': { script: () => [{ fault: 'hang' }], requests: 1 },
  'while a tool runs': {
    script: () => toRun(() => ['a tree', { fault: 'hang' }], seen),
    requests: 2,
  },
  'in the second step': {
    script: () => toRun(seen, () => ({ steps: endless() })),
    ...{ requests: 3, until: ['and ', 3] },
  },
  'before done': {
    script: () => toRun(seen, () => ['Bye', 'bye', { fault: 'hang' }]),
    ...{ requests: 3, until: ['bye'] },
  },
};
