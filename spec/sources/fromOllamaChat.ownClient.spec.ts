import { describe, expect, it, jest } from '@jest/globals';
import { Ollama } from 'ollama/browser';
import { Observable, concat, of, take, throwError } from 'rxjs';
import { OllamaConnectionError } from '../../lib/errors.js';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChatRequest, OllamaClient } from '../../lib/types/index.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';
import { REQUEST, forbidConsole, listen, start } from './support.js';

const { answer, done } = chunk;

forbidConsole();

const chatBy = (client: OllamaClient) => fromOllamaChat(REQUEST, { client });

describe('a client of the user’s own', () => {
  const chunks = [answer('a'), answer('b'), done()];

  // prettier-ignore
  it('that answers with an Observable is subscribed to directly: marbles go through', marbles((m) => {
    const [a, b, d] = chunks;
    const reply = m.cold<ChatChunk>('  --a-(bd|)', { a, b, d } as Record<string, ChatChunk>);
    const client = { chat: () => reply };
    const unsub = '                    ---!';
    m.expect(chatBy(client)).toBeObservable('  --a-(bd|)', { a, b, d } as Record<string, ChatChunk>);
    m.expect(chatBy(client), unsub).toBeObservable('--a-', { a } as Record<string, ChatChunk>);
    m.expect(reply).toHaveSubscriptions(['^---!', '^--!']);
  }));

  it('that answers at once is heard at once, through operators too', () => {
    const heard: string[] = [];
    const client = { chat: () => chunks };
    chatBy(client)
      .pipe(accumulateMessage())
      .subscribe({
        next: ({ content }) => heard.push(content),
        complete: () => heard.push('|'),
      });
    expect(heard.at(-1)).toBe('|');
    expect(heard.at(-2)).toBe('ab');
  });

  it.each<[string, OllamaClient]>([
    ['a list', { chat: () => chunks }],
    ['a promise of an iterable', { chat: () => Promise.resolve(generate()) }],
    ['an async iterable', { chat: () => generate() }],
  ])('may answer with %s', async (_, client) => {
    const { values } = await listen(chatBy(client));
    expect(values).toEqual(chunks);
  });

  async function* generate(): AsyncGenerator<ChatChunk> {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  }

  it('may answer with a promise of one chunk, as for stream: false', async () => {
    const client = { chat: () => Promise.resolve(done()) };
    const { values } = await listen(chatBy(client));
    expect(values).toEqual([done()]);
  });

  it('is given a copy of the request that it may write into, and is asked for each subscription', async () => {
    const requests: ChatRequest[] = [];
    const client = {
      chat(request: ChatRequest) {
        requests.push(structuredClone(request));
        Object.assign(request, { model: 'mine' });
        Object.assign(request.messages?.[0] ?? {}, { content: 'mine' });
        return chunks;
      },
    };
    const chat = chatBy(client);
    expect(requests).toEqual([]);
    await listen(chat);
    await listen(chat);
    expect(requests).toEqual(Array(2).fill({ ...REQUEST, stream: true }));
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a value of type number', 5],
    ['a value of type string', 'Hello'],
    ['a value of type object', {}],
    ['undefined', Promise.resolve(undefined)],
    ['null', Promise.resolve(null)],
    ['a value of type string', Promise.resolve('Hello')],
    ['undefined', [undefined]],
    ['null', of(null)],
    [
      'a value of type string',
      (async function* () {
        yield 'Hello';
      })(),
    ],
  ])('may not answer with what can not be read, such as %s', async (what, reply) => {
    const { values, error } = await listen(chatBy({ chat: () => reply as never }));
    expect(values).toEqual([]);
    expect(error).toBeInstanceOf(OllamaConnectionError);
    expect((error as Error).message).toContain(`chat() of the client gave ${what}.`);
  });

  it('may fail with any error, which is passed on unchanged, before and after chunks', async () => {
    const error = new Error('no');
    const replies = [
      () => Promise.reject(error),
      () => throwError(() => error),
      () =>
        concat(
          of(answer('a')),
          throwError(() => error),
        ),
      async function* () {
        yield answer('a');
        throw error;
      },
    ];
    for (const chat of replies) {
      expect((await listen(chatBy({ chat: chat as never }))).error).toBe(error);
    }
    expect(error).not.toHaveProperty('partial');
  });

  it('may throw, which is an error like any other', async () => {
    const error = new Error('no');
    const client = {
      chat: (): never => {
        throw error;
      },
    };
    expect((await listen(chatBy(client))).error).toBe(error);
  });

  it('that is the official one behind a spy has its stream aborted when it is left', async () => {
    const ollama = await start(['a', { fault: 'hang' }]);
    const client = new Ollama({ host: ollama.url });
    const chat = jest.spyOn(client, 'chat');
    await listen(chatBy(client).pipe(take(1)));
    expect(chat).toHaveBeenCalledTimes(1);
    expect(await (await ollama.received()).closed).toBe('aborted');
  });

  it('that is the official one behind a mock is never sent a request', async () => {
    const client = new Ollama({ host: 'http://[::1]:1' });
    jest.spyOn(client, 'chat').mockResolvedValue(generate() as never);
    const { values } = await listen(chatBy(client));
    expect(values).toEqual(chunks);
  });

  it('that answers with an Observable is left in the frame in which the consumer leaves', () => {
    const log: string[] = [];
    const client = {
      chat: () =>
        new Observable<ChatChunk>((subscriber) => {
          for (const chunk of chunks) {
            if (subscriber.closed) return;
            log.push('next');
            subscriber.next(chunk);
          }
        }),
    };
    chatBy(client).pipe(take(1)).subscribe();
    expect(log).toEqual(['next']);
  });
});

describe('fromOllamaChat', () => {
  const chunks = { t: chunk.thinking('Hm'), a: answer('Hel'), b: answer('lo'), d: done() };

  // prettier-ignore
  it('emits the chunks as the server sends them', diagram('fromOllamaChat', (m) => {
    const server = m.cold('  ---t-a-b-(d|)', chunks);
    const expected = '       ---t-a-b-(d|)';
    const subs = '           ^--------!';
    m.expect(chatBy({ chat: () => server })).toBeObservable(expected, chunks);
    m.expect(server).toHaveSubscriptions(subs);
    return { inputs: { server }, call: 'fromOllamaChat(request)', results: { result: expected } };
  }));

  // prettier-ignore
  it('stops the model synchronously when the consumer unsubscribes', diagram('fromOllamaChat-unsubscribe', (m) => {
    const server = m.cold('  ---t-a-b-(d|)', chunks);
    const unsub = '          ------!';
    const expected = '       ---t-a-';
    const subs = '           ^-----!';
    m.expect(chatBy({ chat: () => server }), unsub).toBeObservable(expected, chunks);
    m.expect(server).toHaveSubscriptions(subs);
    return { inputs: { server }, call: 'fromOllamaChat(request)', results: { result: expected } };
  }));
});
