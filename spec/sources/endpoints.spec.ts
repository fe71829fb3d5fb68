import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Ollama } from 'ollama/browser';
import { concatMap, range, take } from 'rxjs';
import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaTruncatedError,
} from '../../lib/errors.js';
import { endpoints, streams } from './endpoints.js';
import { createGate, forbidConsole, listen, roundTrip, start } from './support.js';

forbidConsole();

const { OLLAMA_HOST } = process.env;
afterEach(() => {
  if (OLLAMA_HOST === undefined) delete process.env['OLLAMA_HOST'];
  else process.env['OLLAMA_HOST'] = OLLAMA_HOST;
});

describe.each(endpoints)('$name', ({ method, ask, first, last }) => {
  it('asks for nothing before it is subscribed to, and once for each subscription', async () => {
    const ollama = await start([first, last]);
    const answer = ask({ host: ollama.url });
    await roundTrip(ollama);
    expect(ollama.requests.map(({ path }) => path)).toEqual(['/api/version']);
    const [one, other] = await Promise.all([listen(answer), listen(answer)]);
    expect(one.error).toBeUndefined();
    expect(one.values.length).toBeGreaterThan(0);
    expect(JSON.stringify(other.values).replace(/"created_at":"[^"]*"|\d+/g, '')).toBe(
      JSON.stringify(one.values).replace(/"created_at":"[^"]*"|\d+/g, ''),
    );
    const paths = ollama.requests.map(({ path }) => path);
    expect(paths.slice(1)).toEqual([`/api/${method}`, `/api/${method}`]);
    expect(ollama.requests[1]?.body).toEqual(ollama.requests[2]?.body);
  });

  it('sends nothing if it is left in the frame in which it was subscribed to', async () => {
    const ollama = await start([first, last]);
    ask({ host: ollama.url }).subscribe().unsubscribe();
    await roundTrip(ollama);
    expect(ollama.requests.map(({ path }) => path)).toEqual(['/api/version']);
  });

  it('is over at the server when it is left before the headers', async () => {
    const ollama = await start([{ fault: 'hang' }]);
    const subscription = ask({ host: ollama.url }).subscribe();
    const request = await ollama.received();
    subscription.unsubscribe();
    expect(await request.closed).toBe('aborted');
    expect(request.linesWritten).toBe(0);
  });

  it('is over at the server when it is left after them', async () => {
    const sent = createGate();
    const ollama = await start(function* () {
      yield first;
      sent.open();
      yield { fault: 'hang' };
    });
    const heard: string[] = [];
    const subscription = ask({ host: ollama.url }).subscribe({
      error: () => heard.push('error'),
      complete: () => heard.push('complete'),
    });
    const request = await ollama.received();
    await sent.gate;
    subscription.unsubscribe();
    expect(await request.closed).toBe('aborted');
    await roundTrip(ollama);
    expect(heard).toEqual([]);
  });

  it('uses one connection for answers that follow on each other', async () => {
    const ollama = await start([first, last]);
    await listen(range(0, 10).pipe(concatMap(() => ask({ host: ollama.url }))));
    expect(ollama.requests).toHaveLength(10);
    expect(ollama.connections).toBe(1);
  });

  it('fails with a status, a broken connection, an answer that is none, and one that is cut', async () => {
    const errorOf = async (...steps: Parameters<typeof start>) =>
      (await listen(ask({ host: (await start(...steps)).url }))).error;
    const status = await errorOf([{ error: 'server busy', status: 503 }]);
    expect(status).toBeInstanceOf(OllamaHttpError);
    expect(status).toMatchObject({ status: 503, message: 'HTTP 503: server busy' });
    expect(await errorOf([{ fault: 'reset' }])).toBeInstanceOf(OllamaConnectionError);
    expect(await errorOf([first, { fault: 'reset' }])).toBeInstanceOf(OllamaConnectionError);
    expect(await errorOf([{ raw: '{"object":"list"}\n' }])).toBeInstanceOf(OllamaProtocolError);
    expect(await errorOf([{ raw: 'no JSON\n' }])).toBeInstanceOf(OllamaProtocolError);
    expect(await errorOf([])).toBeInstanceOf(OllamaTruncatedError);
    expect(await errorOf([{ raw: '{"status":"wor' }])).toBeInstanceOf(OllamaTruncatedError);
  });

  it('says so if the client can’t', async () => {
    const { error } = await listen(ask({ client: { chat: () => [] } }));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toBe(
      `The client has no ${method}(). Give it one, or take an instance of Ollama.`,
    );
  });

  it('needs no options: the server is the one of the environment', async () => {
    const ollama = await start([first, last]);
    process.env['OLLAMA_HOST'] = ollama.url;
    const { values, error } = await listen(ask());
    expect(error).toBeUndefined();
    expect(values.length).toBeGreaterThan(0);
  });

  it('uses the official client that it is given, with its headers', async () => {
    const ollama = await start([first, last]);
    const client = new Ollama({ host: ollama.url, headers: { 'X-Requested-With': 'me' } });
    const { error } = await listen(ask({ client }));
    expect(error).toBeUndefined();
    expect((await ollama.received()).headers).toMatchObject({ 'x-requested-with': 'me' });
    expect(client).toHaveProperty('ongoingStreamedRequests', []);
  });
});

describe.each(streams)('$name', ({ method, ask, first }) => {
  it('is over at the server when it is left at its first value', async () => {
    const ollama = await start([first, { fault: 'hang' }]);
    const { values, error } = await listen(ask({ host: ollama.url }).pipe(take(1)));
    expect(error).toBeUndefined();
    expect(values).toHaveLength(1);
    const request = await ollama.received();
    expect(await request.closed).toBe('aborted');
    expect(request.linesWritten).toBe(1);
  });

  it('stops the stream of an official client behind a spy', async () => {
    const ollama = await start([first, { fault: 'hang' }]);
    const client = new Ollama({ host: ollama.url });
    const spy = jest.spyOn(client, method);
    const { values } = await listen(ask({ client }).pipe(take(1)));
    expect(values).toHaveLength(1);
    expect(spy).toHaveBeenCalledTimes(1);
    expect(await (await ollama.received()).closed).toBe('aborted');
  });

  it('takes what an official client behind a mock answers, and sends nothing', async () => {
    const ollama = await start();
    const client = new Ollama({ host: ollama.url });
    jest.spyOn(client, method).mockReturnValue([] as never);
    expect(await listen(ask({ client }))).toEqual({ values: [], count: 1 });
    expect(ollama.requests).toEqual([]);
  });
});
