import { InjectionToken, NgZone, effect, inject, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { Observable, firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { injectOllama, provideOllama, type OllamaConfig } from '../../lib/angular/index.js';
import { chunk } from '../../lib/testing/index.js';
import type { ReceivedRequest, Script } from '../../lib/testing/node/index.js';
import type { ChatChunk, OllamaClient } from '../../lib/types/index.js';
import { ask, mount, start } from './support.js';

const steps: Script = ({ path }) => {
  if (path === '/api/chat' || path === '/api/generate') return ['Hello', { done: true }];
  return path === '/api/embed' ? [{ raw: '{"embeddings":[[1]]}' }] : [{ status: 'success' }];
};

/** What the server receives of one request. */
async function receive(
  config: Omit<OllamaConfig, 'host'>,
  send: (ollama: ReturnType<typeof injectOllama>) => Observable<unknown>,
): Promise<ReceivedRequest> {
  const server = await start(steps);
  const { ref } = mount(injectOllama, [provideOllama({ ...config, host: server.url })]);
  await lastValueFrom(send(ref));
  return server.received();
}

describe('the sources of injectOllama', () => {
  it.each<[string, string, (ollama: ReturnType<typeof injectOllama>) => Observable<unknown>]>([
    ['chat', '/api/chat', (ollama) => ollama.chat(ask('Hi'))],
    ['generate', '/api/generate', (ollama) => ollama.generate({ prompt: 'Hi' })],
    ['runTools', '/api/chat', (ollama) => ollama.runTools(ask('Hi'), { tools: [] })],
    ['pull', '/api/pull', (ollama) => ollama.pull({ model: 'other' })],
    ['push', '/api/push', (ollama) => ollama.push({ model: 'other' })],
    ['create', '/api/create', (ollama) => ollama.create({ model: 'other', from: 'qwen3' })],
    ['embed', '/api/embed', (ollama) => ollama.embed({ model: 'other', input: 'Hi' })],
  ])('%s asks %s, at the host of the config, with its headers', async (method, path, send) => {
    const headers = { 'x-app': 'mine' };
    const received = await receive({ model: 'general', headers }, send);
    expect(received.path).toBe(path);
    expect(received.headers['x-app']).toBe('mine');
    const isChat = ['chat', 'generate', 'runTools'].includes(method);
    const { model, name = model } = received.body;
    expect(name).toBe(isChat ? 'general' : 'other');
  });

  it('fill in the defaults, and what a request sets wins', async () => {
    const { body } = await receive(
      {
        model: 'general',
        defaults: { think: true, keep_alive: '1h', options: { temperature: 0, num_ctx: 4096 } },
      },
      (ollama) => ollama.chat({ ...ask('Hi'), think: 'low', options: { num_ctx: 8192 } }),
    );
    expect(body).toMatchObject({
      model: 'general',
      think: 'low',
      keep_alive: '1h',
      options: { temperature: 0, num_ctx: 8192 },
    });
  });

  it('take a field that is undefined for one that is not set', async () => {
    const { body } = await receive({ model: 'general', defaults: { think: true } }, (ollama) =>
      ollama.chat({ ...ask('Hi'), model: undefined, think: undefined } as never),
    );
    expect(body).toMatchObject({ model: 'general', think: true });
  });

  it('leave out the tools of the defaults where the run has its own', async () => {
    const tools = [{ type: 'function', function: { name: 'clock' } }];
    const { body } = await receive({ model: 'general', defaults: { tools } }, (ollama) =>
      ollama.runTools(ask('Hi'), { tools: [] }),
    );
    expect(body.tools).toBeUndefined();
  });

  it('send to the host of their own options first', async () => {
    const other = await start(steps);
    const { ref } = mount(injectOllama, [provideOllama({ host: 'nowhere.invalid', model: 'm' })]);
    await lastValueFrom(ref.chat(ask('Hi'), { host: other.url }));
    expect(other.requests).toHaveLength(1);
  });

  it('are cold', async () => {
    const server = await start(steps);
    const { ref } = mount(injectOllama, [provideOllama({ host: server.url, model: 'm' })]);
    const chat$ = ref.chat(ask('Hi'));
    await lastValueFrom(chat$);
    await lastValueFrom(chat$);
    expect(server.requests).toHaveLength(2);
  });

  it('are subscribed to outside the zone, and outside a reactive context', () => {
    const zones: boolean[] = [];
    const counted = signal(0);
    const client: OllamaClient = {
      chat: () =>
        new Observable<ChatChunk>((subscriber) => {
          zones.push(NgZone.isInAngularZone());
          // A dependency, if this were the context of the effect below.
          counted();
          subscriber.next(chunk.done());
          subscriber.complete();
        }),
    };
    let runs = 0;
    mount(() => {
      const ollama = injectOllama();
      effect(() => {
        runs++;
        ollama.chat(ask('Hi')).subscribe();
      });
    }, [provideOllama({ client, model: 'm' })]);
    counted.set(1);
    TestBed.tick();
    expect(runs).toBe(1);
    expect(zones).toEqual([false]);
  });

  it('can be injected with an injector, and not without any', () => {
    expect(() => injectOllama()).toThrow(/NG0203/);
    const { injector } = mount(() => undefined);
    expect(injectOllama({ injector }).chat(ask('Hi'))).toBeInstanceOf(Observable);
  });
});

describe('provideOllama', () => {
  it('takes a function that may inject', async () => {
    const HOST = new InjectionToken<string>('HOST');
    const server = await start(steps);
    let calls = 0;
    const { ref } = mount(injectOllama, [
      { provide: HOST, useValue: server.url },
      provideOllama(() => {
        calls++;
        return { host: inject(HOST), model: 'm' };
      }),
    ]);
    await lastValueFrom(ref.chat(ask('Hi')).pipe(toArray()));
    await lastValueFrom(ref.chat(ask('Hi')));
    expect(server.requests).toHaveLength(2);
    expect(calls).toBe(1);
  });

  it.each([NaN, -1, '16' as never])('refuses every: %p', (every) => {
    expect(() => mount(injectOllama, [provideOllama({ every })])).toThrow(RangeError);
  });

  it('is not needed: the sources have their own defaults', async () => {
    const { ref } = mount(injectOllama);
    await expect(firstValueFrom(ref.chat(ask('Hi')))).rejects.toThrow('The request has no model.');
  });
});

/** Where a request goes, with this host. */
async function findUrl(
  host: string,
  providers: Parameters<typeof mount>[1] = [],
): Promise<unknown> {
  let url: unknown;
  const fetch = (input: unknown) => {
    url = new URL(String(input)).href;
    return Promise.reject(new Error('not sent'));
  };
  const { ref } = mount(injectOllama, [provideOllama({ host, model: 'm', fetch }), ...providers]);
  const error: unknown = await lastValueFrom(ref.chat(ask('Hi'))).catch(
    (thrown: unknown) => thrown,
  );
  return url ?? error;
}

describe('the host', () => {
  it.each([
    ['', 'http://localhost/api/chat'],
    ['/', 'http://localhost/api/chat'],
    ['/ollama', 'http://localhost/ollama/api/chat'],
    ['gpu', 'http://gpu:11434/api/chat'],
  ])('in a browser: %p is %s', async (host, url) => {
    expect(globalThis.location.origin).toBe('http://localhost');
    expect(await findUrl(host)).toBe(url);
  });
});
