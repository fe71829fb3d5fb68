import { afterEach, describe, expect, it } from '@jest/globals';
import { Ollama as NodeOllama } from 'ollama';
import { Ollama } from 'ollama/browser';
import { Subject, firstValueFrom, take } from 'rxjs';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import type { ChatChunk, ChatRequest, OllamaClient, OllamaOptions } from '../../lib/types/index.js';
import {
  REQUEST,
  ask,
  createGate,
  forbidConsole,
  listen,
  roundTrip,
  start,
  stopTime,
  toContents,
} from './support.js';

forbidConsole();

const chatBy = (client: OllamaClient, request = REQUEST) => fromOllamaChat(request, { client });

/** A `fetch` to a server, whatever it is asked for, that writes down where it should have gone. */
function redirectTo(url: string) {
  const asked: { readonly url: unknown; readonly headers: Headers }[] = [];
  const redirect: typeof fetch = (input, init) => {
    asked.push({ url: input, headers: new Headers(init?.headers) });
    return fetch(`${url}/api/chat`, init);
  };
  return { asked, fetch: redirect };
}

describe.each([
  ['ollama', NodeOllama],
  ['ollama/browser', Ollama],
])('an instance of the client from %s', (_, Client) => {
  it('is asked at its host, with its headers', async () => {
    const ollama = await start();
    const client = new Client({ host: ollama.url, headers: { 'X-Test': 'yes' } });
    const { values } = await listen(chatBy(client));
    expect(toContents(values).join('')).toBe('Hello, world!');
    const { headers, body } = await ollama.received();
    expect(headers).toMatchObject({ 'x-test': 'yes', 'content-type': 'application/json' });
    expect(body).toEqual({ ...REQUEST, stream: true });
  });

  it('is asked at its own host, even if that is one too many', async () => {
    const ollama = await start();
    const client = new Client({ host: `${ollama.url}/v1` });
    const { error } = await listen(chatBy(client));
    expect((error as Error).message).toContain(`Is it ${ollama.url}, without /v1?`);
  });

  it('is asked through its fetch', async () => {
    const ollama = await start();
    const { asked, fetch } = redirectTo(ollama.url);
    await listen(chatBy(new Client({ host: 'http://elsewhere:1', fetch })));
    expect(asked.map(({ url }) => url)).toEqual(['http://elsewhere:1/api/chat']);
  });

  it('is asked at a relative address where it has a proxy, and logs nothing', async () => {
    const ollama = await start();
    const { asked, fetch } = redirectTo(ollama.url);
    const { error } = await listen(chatBy(new Client({ proxy: true, fetch })));
    expect(error).toBeUndefined();
    expect(asked.map(({ url }) => url)).toEqual(['/api/chat']);
  });

  it('serves several chats at a time, each on its own, and its list does not grow', async () => {
    const { gate, open } = createGate();
    const ollama = await start(({ body }) => [
      'a',
      { delay: gate },
      String(body.model),
      { done: true },
    ]);
    const client = new Client({ host: ollama.url });
    const chat = (model: string) => chatBy(client, { ...REQUEST, model });
    const kept = ['x', 'z'].map((model) => listen(chat(model)));
    const left = chat('y').subscribe();
    await ollama.received(3);
    client.abort();
    left.unsubscribe();
    open();
    const contents = (await Promise.all(kept)).map(({ values }) => toContents(values));
    expect(contents).toEqual([
      ['a', 'x', ''],
      ['a', 'z', ''],
    ]);
    expect(client).toHaveProperty('ongoingStreamedRequests', []);
  });

  it('keeps its own streams while ours come and go, and takes none of ours along', async () => {
    const ollama = await start(({ body }) =>
      body.model === 'theirs' ? ['a', { fault: 'hang' }] : ['b', { fault: 'hang' }],
    );
    const client = new Client({ host: ollama.url });
    const theirs = await client.chat({
      model: 'theirs',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
    });
    await listen(chatBy(client).pipe(take(1)));
    const begun = new Subject<ChatChunk>();
    const ours = chatBy(client).subscribe(begun);
    await firstValueFrom(begun);
    expect(await ollama.requests[1]?.closed).toBe('aborted');
    expect(ollama.requests[0]?.outcome).toBe('open');
    expect(client).toHaveProperty('ongoingStreamedRequests', [theirs]);

    client.abort();
    expect(await ollama.requests[0]?.closed).toBe('aborted');
    await roundTrip(ollama);
    expect(ollama.requests[2]?.outcome).toBe('open');
    ours.unsubscribe();
    expect(await ollama.requests[2]?.closed).toBe('aborted');
  });
});

describe('a class derived from the client', () => {
  it('composes the request in its own way', async () => {
    class Polite extends Ollama {
      override chat(request: never): never {
        const { messages } = request as ChatRequest;
        const system = { role: 'system', content: 'Be polite.' };
        return super.chat({
          ...(request as object),
          messages: [system, ...(messages ?? [])],
        } as never) as never;
      }
    }
    const ollama = await start();
    await listen(chatBy(new Polite({ host: ollama.url })));
    expect((await ollama.received()).body.messages?.[0]?.content).toBe('Be polite.');
  });
});

describe('the options', () => {
  const { env } = process;
  const keep = { ...env };
  afterEach(() => {
    for (const name of ['OLLAMA_HOST', 'OLLAMA_API_KEY']) {
      if (keep[name] === undefined) Reflect.deleteProperty(env, name);
      else env[name] = keep[name];
    }
  });

  it('are where to ask, and with what headers and fetch', async () => {
    const ollama = await start();
    const { asked, fetch } = redirectTo(ollama.url);
    const headers = [['X-Test', 'yes']] as [string, string][];
    await listen(ask({ url: 'elsewhere:1' }, { headers, fetch }));
    expect(asked.map(({ url }) => url)).toEqual(['http://elsewhere:1/api/chat']);
    expect((await ollama.received()).headers).toHaveProperty('x-test', 'yes');
  });

  it('may have a host as people write it', async () => {
    const ollama = await start();
    for (const host of [`"${ollama.url}/"`, `${ollama.url}//api/`, ollama.url.slice(7)]) {
      const { error } = await listen(ask({ url: host }));
      expect(error).toBeUndefined();
    }
    expect(ollama.requests.map(({ path }) => path)).toEqual(Array(3).fill('/api/chat'));
  });

  it('that are undefined are those that are left out', async () => {
    const ollama = await start();
    env['OLLAMA_HOST'] = ollama.url;
    const undefineds = { client: undefined, host: undefined, headers: undefined, fetch: undefined };
    const { error } = await listen(fromOllamaChat(REQUEST, undefineds as OllamaOptions));
    expect(error).toBeUndefined();
  });

  it('may leave the host to the environment, which is read for each subscription', async () => {
    const ollama = await start();
    const chat = fromOllamaChat(REQUEST);
    env['OLLAMA_HOST'] = `"${ollama.url.replace('http://127.0.0.1', '0.0.0.0')}"`;
    const { values } = await listen(chat);
    expect(toContents(values).join('')).toBe('Hello, world!');
  });

  it('send the API key to ollama.com and to nobody else', async () => {
    env['OLLAMA_API_KEY'] = 'secret';
    const ollama = await start();
    const { asked, fetch } = redirectTo(ollama.url);
    for (const url of ['https://ollama.com', 'https://ollama.com.evil.example', ollama.url]) {
      await listen(ask({ url }, { fetch }));
    }
    expect(asked.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer secret',
      null,
      null,
    ]);
  });
});

describe('an image', () => {
  const bytes = Uint8Array.of(1, 2, 255);
  const images = [
    bytes,
    bytes.buffer,
    new Blob([bytes]),
    'AQL/',
    'data:image/png;base64,AQL/',
    'cat.png',
  ];

  it.each<[string, (url: string) => OllamaOptions]>([
    ['without a client', (url) => ({ host: url })],
    ['with the client for Node', (url) => ({ client: new NodeOllama({ host: url }) })],
    ['with the client for browsers', (url) => ({ client: new Ollama({ host: url }) })],
  ])('arrives as base64, whatever it is: %s', async (_, toOptions) => {
    const ollama = await start();
    const messages = [{ role: 'user', content: 'What is this?', images }];
    await listen(fromOllamaChat({ model: 'llava', messages }, toOptions(ollama.url)));
    const sent = ['AQL/', 'AQL/', 'AQL/', 'AQL/', 'AQL/', 'cat.png'];
    expect((await ollama.received()).body.messages).toMatchObject([{ images: sent }]);
    expect(messages[0]?.images).toBe(images);
  });

  it('that is none sends nothing', async () => {
    const ollama = await start();
    const messages = [{ role: 'user', content: '', images: ['https://example.com/a.png'] }];
    const { error } = await listen(ask(ollama, {}, { model: 'llava', messages }));
    expect(error).toMatchObject({ code: 'validation', issues: [{ path: ['images'] }] });
    expect(ollama.requests).toEqual([]);
  });
});

describe('a history with calls', () => {
  it('has their arguments repaired on the way to the server', async () => {
    const ollama = await start();
    const history = (...args: unknown[]) =>
      args.map((each) => ({
        role: 'assistant',
        content: '',
        tool_calls: [{ function: { name: 'add', arguments: each as never } }],
      }));
    await listen(ask(ollama, {}, { model: 'qwen3', messages: history('{"a":1}', null, '') }));
    expect((await ollama.received()).body.messages).toEqual(history({ a: 1 }, {}, {}));
  });
});

describe('a fetch that ignores the signal', () => {
  const deaf: typeof fetch = (input, init) => {
    const { signal: _, ...rest } = init ?? {};
    return fetch(input, rest);
  };

  it('has its response cancelled as soon as it comes, if the consumer has left', async () => {
    stopTime();
    const { gate, open } = createGate();
    const ollama = await start([{ delay: gate }, 'a', { fault: 'hang' }]);
    const values: unknown[] = [];
    const subscription = ask(ollama, { fetch: deaf }).subscribe((chunk) => values.push(chunk));
    const request = await ollama.received();
    subscription.unsubscribe();
    open();
    expect(await request.closed).toBe('aborted');
    expect(values).toEqual([]);
  });

  it('has its body cancelled when the consumer leaves in mid-stream', async () => {
    const ollama = await start(['a', { fault: 'hang' }]);
    await listen(ask(ollama, { fetch: deaf }).pipe(take(1)));
    expect(await (await ollama.received()).closed).toBe('aborted');
  });

  it('has its body cancelled when it stays open after the final chunk', async () => {
    const ollama = await start(['a', { done: true }, { fault: 'hang' }]);
    const { error } = await listen(ask(ollama, { fetch: deaf }));
    expect(error).toBeUndefined();
    expect(await (await ollama.received()).closed).toBe('aborted');
  });
});
