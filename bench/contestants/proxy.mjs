// The limit for a gateway: bytes are passed on as they come, and a client that leaves ends the request.
import { request as createRequest } from 'node:http';

/** @type {import('../questions/disconnect.mjs').Answer} */
export const answer = (host, model, response) => {
  const headers = { 'content-type': 'application/json' };
  const request = createRequest(`${host}/api/chat`, { method: 'POST', headers }, (reply) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    reply.pipe(response);
    reply.on('error', () => undefined);
  });
  request.on('error', () => undefined);
  response.on('close', () => {
    request.destroy();
  });
  request.end(JSON.stringify({ model }));
};
