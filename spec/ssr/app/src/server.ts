import { createServer, request as send, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { createReadStream, existsSync } from 'node:fs';
import {
  AngularNodeAppEngine,
  createNodeRequestHandler,
  isMainModule,
  writeResponseToNodeResponse,
} from '@angular/ssr/node';

const { OLLAMA_HOST = 'http://127.0.0.1:11434' } = process.env;
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };
const engine = new AngularNodeAppEngine();

/** Passes a request on to Ollama. When the browser leaves, so does this. */
const proxy: RequestListener = (request, response) => {
  const { method, url = '' } = request;
  const upstream = send(OLLAMA_HOST + url.replace('/ollama', ''), { method }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  upstream.on('error', () => response.destroy());
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
};

export const reqHandler = createNodeRequestHandler(async (request, response, next) => {
  const { url = '' } = request;
  const file = join(import.meta.dirname, '../browser', url);
  if (url.startsWith('/ollama/')) proxy(request, response);
  else if (extname(url) && existsSync(file)) {
    response.setHeader('content-type', TYPES[extname(url)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  } else {
    const answer = await engine.handle(request).catch(next);
    if (answer) await writeResponseToNodeResponse(answer, response);
    else response.writeHead(404).end();
  }
});

if (isMainModule(import.meta.url)) {
  const server = createServer((request, response) => {
    void reqHandler(request, response, (error) => {
      console.error(error);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  });
}
