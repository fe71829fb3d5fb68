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
