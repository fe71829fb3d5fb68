import {
  ApplicationRef,
  PLATFORM_ID,
  REQUEST,
  TransferState,
  signal,
  type Provider,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { animationFrames, firstValueFrom, lastValueFrom, skip } from 'rxjs';
import {
  chatResource,
  injectOllama,
  provideOllama,
  type ChatResourceOptions,
} from '../../lib/angular/index.js';
import { OllamaTestingController, provideOllamaTesting } from '../../lib/angular/testing/index.js';
import { chunk } from '../../lib/testing/index.js';
import { ask, createGate, look, mount, start } from './support.js';

/** Angular's own rendering has a spec with a real app: spec/angular/app. */
const onServer: Provider = { provide: PLATFORM_ID, useValue: 'server' };

/** Renders one resource, with chats that the test answers. */
function render(options: Partial<ChatResourceOptions>, ...providers: readonly Provider[]) {
  const { ref: chat } = mount(
    () => chatResource({ request: () => ask('Hi'), ...options }),
    [provideOllamaTesting(), ...providers],
  );
  const app = TestBed.inject(ApplicationRef);
  return {
    chat,
    controller: TestBed.inject(OllamaTestingController),
    /** Whether the page would be sent now. */
    isStable: async () => {
      let stable = false;
      void app.whenStable().then(() => (stable = true));
      // A change detection that is scheduled has run by then.
      await firstValueFrom(animationFrames().pipe(skip(2)));
      return stable;
    },
  };
}

/** What the server's state is in the page, and in the browser again. */
const transfer = (): Provider => {
  const json = TestBed.inject(TransferState).toJson();
  TestBed.resetTestingModule();
  const state = new TransferState();
  Object.assign(state, { store: JSON.parse(json) as object });
  return { provide: TransferState, useValue: state };
};

describe("a resource with server: 'skip'", () => {
  it('sends nothing on a server, and does not delay the page', async () => {
    const { chat, controller, isStable } = render({}, onServer);
    controller.expectNone();
    expect(await isStable()).toBe(true);
    // As the browser will show it first.
    expect(look(chat)).toMatchObject({ status: 'loading', phase: 'waiting' });
    expect(chat.reload()).toBe(false);
    chat.stop();
    controller.verify();
  });

  it('sends one request from the browser', () => {
    render({}, onServer);
    const { chat, controller } = render({}, transfer());
    controller.expectOne('Hi').answer('Hello').done();
    expect(chat.answer()).toBe('Hello');
    controller.verify();
  });

  it('does not keep an app from being stable in the browser', async () => {
    const { controller, isStable } = render({});
    controller.expectOne('Hi').answer('Hel');
    expect(await isStable()).toBe(true);
  });
});

describe("a resource with server: 'wait'", () => {
  it('delays the page until the end of the answer', async () => {
    const { chat, controller, isStable } = render({ server: 'wait', id: 'chat' }, onServer);
    const server = controller.expectOne('Hi').answer('Hel');
    expect(await isStable()).toBe(false);
    server.answer('lo').done();
    expect(await isStable()).toBe(true);
    expect(chat.answer()).toBe('Hello');
  });

  it.each([['chat'], [undefined]])('sends one request in all, with the id %p', (id) => {
    const options = { server: 'wait', id } as const;
    const server = render(options, onServer);
    server.controller.expectOne('Hi').thinking('Hm').answer('Hello').toolCall('clock', {}).done();
    const { chat, controller } = render(options, transfer());
    controller.expectNone();
    expect(look(chat)).toEqual({
      status: 'resolved',
      phase: 'done',
      thinking: 'Hm',
      answer: 'Hello',
    });
    expect(chat.toolCalls()).toMatchObject([{ id: 'call_0', function: { name: 'clock' } }]);
    expect(chat.reload()).toBe(true);
    controller.expectOne('Hi').answer('Bye').done();
    expect(chat.answer()).toBe('Bye');
  });

  it('takes the answer over once', () => {
    const options = { server: 'wait', id: 'chat' } as const;
    const question = signal('Hi');
    render(options, onServer).controller.expectOne('Hi').answer('Hello').done();
    const { controller } = render({ ...options, request: () => ask(question()) }, transfer());
    controller.expectNone();
    question.set('Bye');
    TestBed.tick();
    controller.expectOne('Bye').done();
    question.set('Hi');
    TestBed.tick();
    controller.expectOne('Hi').done();
  });

  it('does not take over the answer to another request', () => {
    const options = { server: 'wait', id: 'chat' } as const;
    render(options, onServer).controller.expectOne('Hi').answer('Hello').done();
    const { controller } = render({ ...options, request: () => ask('Bye') }, transfer());
    controller.expectOne('Bye').done();
  });

  it('does not store an error, nor what had come of the answer', async () => {
    const options = { server: 'wait', id: 'chat' } as const;
    const { chat, controller, isStable } = render(options, onServer);
    controller.expectOne('Hi').answer('Hel').error(chunk.error('down'));
    expect(await isStable()).toBe(true);
    expect(look(chat)).toMatchObject({ status: 'error', answer: 'Hel' });
    const browser = render(options, transfer());
    browser.controller.expectOne('Hi').answer('Hello').done();
    expect(browser.chat.answer()).toBe('Hello');
  });

  it.each(['stop', 'destroy'] as const)('lets the page go after %s()', async (method) => {
    const { chat, controller, isStable } = render({ server: 'wait', id: 'chat' }, onServer);
    controller.expectOne('Hi').answer('Hel');
    chat[method]();
    expect(await isStable()).toBe(true);
  });

  it('lets the page go when it has no request', async () => {
    const { isStable } = render({ server: 'wait', request: () => undefined }, onServer);
    expect(await isStable()).toBe(true);
  });

  it('holds no task in the browser', async () => {
    const { controller, isStable } = render({ server: 'wait', id: 'chat' });
    controller.expectOne('Hi').answer('Hel');
    expect(await isStable()).toBe(true);
  });

  it('aborts its request when the app is destroyed', async () => {
    const { gate, open } = createGate();
    const ollama = await start([{ content: 'Hi', delay: gate }]);
    mount(
      () => chatResource({ request: () => ask('Hi'), server: 'wait', id: 'chat' }),
      [provideOllama({ host: ollama.url, model: 'm' }), onServer],
    );
    const request = await ollama.received();
    TestBed.resetTestingModule();
    expect(await request.closed).toBe('aborted');
    open();
  });
});

it("stops the model when the browser leaves a page with server: 'wait'", async () => {
  const { gate, open } = createGate();
  const ollama = await start([{ content: 'Hi', delay: gate }]);
  const browser = new AbortController();
  const request = new Request('https://chat.example.com/', { signal: browser.signal });
  mount(
    () => chatResource({ request: () => ask('Hi'), server: 'wait', id: 'chat' }),
    [
      provideOllama({ host: ollama.url, model: 'm' }),
      onServer,
      { provide: REQUEST, useValue: request },
    ],
  );
  const received = await ollama.received();
  browser.abort();
  expect(await received.closed).toBe('aborted');
  open();
});

describe('the host on a server', () => {
  const rendered: Provider = {
    provide: REQUEST,
    useValue: new Request('https://chat.example.com/page?x=1'),
  };

  /** Where a request goes, or why it goes nowhere. */
  async function findUrl(host: string, ...providers: readonly Provider[]): Promise<string> {
    let url: string | undefined;
    const fetch = (input: unknown) => {
      url = new URL(String(input)).href;
      return Promise.reject(new Error('not sent'));
    };
    const { ref } = mount(injectOllama, [
      provideOllama({ host, model: 'm', fetch }),
      onServer,
      ...providers,
    ]);
    const error: unknown = await lastValueFrom(ref.chat(ask('Hi'))).catch(
      (thrown: unknown) => thrown,
    );
    return url ?? String(error);
  }

  it.each([
    ['', 'https://chat.example.com/api/chat'],
    ['/', 'https://chat.example.com/api/chat'],
    [' "/ollama" ', 'https://chat.example.com/ollama/api/chat'],
    ['gpu', 'http://gpu:11434/api/chat'],
    ['//gpu', 'http://gpu/api/chat'],
  ])('%p is %s', async (host, url) => {
    expect(await findUrl(host, rendered)).toBe(url);
  });

  it('is left as it is without a request, as in prerendering: only a page has an origin then', async () => {
    expect(await findUrl('/ollama')).toBe('http://localhost/ollama/api/chat');
  });
});
