// Starts a gateway, on this machine only: a proxy in front of it speaks to the world.
import './tracing.js';
import 'reflect-metadata';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { CONFIG, type Config } from './config.js';
import { GatewayModule } from './gateway.module.js';
import { Shutdown } from './shutdown.js';
import { tellParent } from './tellParent.js';
import { traceRequests } from './traceRequests.js';

const app = await NestFactory.create<NestExpressApplication>(GatewayModule, {
  bodyParser: false,
  logger: ['error', 'warn'],
});
const { NAME, PORT, BODY_LIMIT, CORS_ORIGINS } = app.get<Config>(CONFIG);
app.use(traceRequests);
const shutdown = app.get(Shutdown);
app.use((_: IncomingMessage, response: ServerResponse, next: () => void) => {
  response.setHeader('X-Gateway', NAME);
  // The next request of this client goes to another gateway.
  if (shutdown.isClosing) response.setHeader('Connection', 'close');
  next();
});
app.useBodyParser('json', { limit: BODY_LIMIT });
app.disable('x-powered-by');
if (CORS_ORIGINS.length) {
  app.enableCors({
    origin: CORS_ORIGINS,
    allowedHeaders: ['content-type', 'authorization', 'last-event-id', 'idempotency-key'],
    exposedHeaders: ['x-run-id', 'content-location', 'retry-after'],
  });
}
app.useStaticAssets(fileURLToPath(new URL('page', import.meta.url)), {
  setHeaders(response: ServerResponse) {
    response.setHeader('Content-Security-Policy', "default-src 'self'; img-src data:");
  },
});
app.enableShutdownHooks();
await app.listen(PORT, '127.0.0.1');
const url = await app.getUrl();
console.log(`The gateway is at ${url}.`);
tellParent({ url });
