import {
  Component,
  EnvironmentInjector,
  Injector,
  createEnvironmentInjector,
  inject,
  signal,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { Subscription } from 'rxjs';
import {
  chatResource,
  injectConversation,
  injectOllama,
  provideOllama,
} from '../../lib/angular/index.js';
import type { ChunkStep, ScriptedOllama } from '../../lib/testing/node/index.js';
import { roundTrip } from '../sources/support.js';
import { ask, createGate, mount, start, until } from './support.js';

/** What a test can do to leave a chat. */
interface Chat {
  readonly started: () => boolean;
  readonly leave: () => void;
}

/** A switch of an `@if`, and what its component has. */
function mountChild(url: string, create: () => { readonly started: () => boolean }) {
  const created: { readonly started: () => boolean }[] = [];
  @Component({ selector: 'test-child', template: '' })
  class Child {
    constructor() {
      created.push(create());
    }
  }
  @Component({ template: '@if (isOpen()) { <test-child /> }', imports: [Child] })
  class Parent {
    readonly isOpen = signal(true);
    readonly injector = inject(Injector);
  }
  TestBed.configureTestingModule({
    providers: [provideOllama({ host: url, model: 'qwen3', every: 0 })],
  });
  const fixture = TestBed.createComponent(Parent);
  TestBed.tick();
  return {
    started: () => Boolean(created[0]?.started()),
    fixture,
    injector: fixture.componentInstance.injector,
    close: () => {
      fixture.componentInstance.isOpen.set(false);
      TestBed.tick();
    },
  };
}

const startResource = () => {
  const chat = chatResource({ request: () => ask('Hi') });
  return { started: () => chat.answer() !== '' };
};

const startConversation = () => {
  const chat = injectConversation();
  chat.send('Hi');
  return { started: () => chat.messages().length > 1 };
};

/** The ways in which a component ends, and its chat with it. */
const leaveComponent = (
  name: string,
  start: () => Pick<Chat, 'started'>,
): Readonly<Record<string, (url: string) => Chat>> => ({
  [`${name}: the component is destroyed`]: (url) => {
    const { fixture, started } = mountChild(url, start);
    return {
      started,
      leave: () => {
        fixture.destroy();
      },
    };
  },
  [`${name}: its @if is closed`]: (url) => {
    const { close, started } = mountChild(url, start);
    return { started, leave: close };
  },
});

/** Begins a chat, and says how it is left. */
const ways: Readonly<Record<string, (url: string) => Chat>> = {
  ...leaveComponent('chatResource', startResource),
  'chatResource: the request changes': (url) => {
    const question = signal<string | undefined>('Hi');
    const { started } = mountChild(url, () => {
      const chat = chatResource({
        request: () => (question() ? ask(question() ?? '') : undefined),
      });
      return { started: () => chat.answer() !== '' };
    });
    return {
      started,
      leave() {
        question.set('Bye');
        TestBed.tick();
      },
    };
  },
  'chatResource: the request becomes undefined': (url) => {
    const question = signal<string | undefined>('Hi');
    const { started } = mountChild(url, () => {
      const chat = chatResource({
        request: () => (question() ? ask(question() ?? '') : undefined),
      });
      return { started: () => chat.answer() !== '' };
    });
    return {
      started,
      leave() {
        question.set(undefined);
        TestBed.tick();
      },
    };
  },
  ...Object.fromEntries(
    (['stop', 'reload', 'destroy'] as const).map((method) => [
      `chatResource: ${method}()`,
      (url: string) => {
        const { ref } = mount(
          () => chatResource({ request: () => ask('Hi') }),
          [provideOllama({ host: url, model: 'qwen3', every: 0 })],
        );
        return { started: () => ref.answer() !== '', leave: () => void ref[method]() };
      },
    ]),
  ),
  'chatResource: the injector of a route is destroyed': (url) => {
    TestBed.configureTestingModule({});
    const injector = createEnvironmentInjector(
      [provideOllama({ host: url, model: 'qwen3', every: 0 })],
      TestBed.inject(EnvironmentInjector),
    );
    const chat = chatResource({ request: () => ask('Hi'), injector });
    TestBed.tick();
    return {
      started: () => chat.answer() !== '',
      leave: () => {
        injector.destroy();
      },
    };
  },
  'chatResource: the app is destroyed': (url) => {
    const { started } = mountChild(url, startResource);
    return {
      started,
      leave: () => {
        TestBed.resetTestingModule();
      },
    };
  },
  ...leaveComponent('injectConversation', startConversation),
  ...Object.fromEntries(
    (['stop', 'regenerate', 'clear', 'destroy'] as const).map((method) => [
      `injectConversation: ${method}()`,
      (url: string) => {
        const { ref } = mount(injectConversation, [
          provideOllama({ host: url, model: 'qwen3', every: 0 }),
        ]);
        ref.send('Hi');
        return {
          started: () => ref.messages().length > 1,
          leave: () => {
            ref[method]();
          },
        };
      },
    ]),
  ),
  'injectOllama: unsubscribe()': (url) => {
    const text = signal('');
    const { ref: ollama } = mount(injectOllama, [provideOllama({ host: url, model: 'qwen3' })]);
    const subscription = new Subscription();
    subscription.add(
      ollama.chat(ask('Hi')).subscribe(({ message }) => {
        text.set(message.content);
      }),
    );
    return {
      started: () => text() !== '',
      leave: () => {
        subscription.unsubscribe();
      },
    };
  },
};

/** An answer that never ends. */
function* endless(): Generator<ChunkStep> {
  for (;;) yield { content: 'word ', delay: 1 };
}

/** Nothing is written any more, though the network has had the time for it. */
async function expectSilence(ollama: ScriptedOllama): Promise<void> {
  const request = await ollama.received();
  expect(await request.closed).toBe('aborted');
  const lines = request.linesWritten;
  await roundTrip(ollama);
  expect(request.linesWritten).toBe(lines);
}

describe.each(Object.entries(ways))('%s', (_, begin) => {
  it('while text is streaming, stops the model', async () => {
    const ollama = await start(() => endless());
    const { started, leave } = begin(ollama.url);
    await until(started);
    leave();
    await expectSilence(ollama);
  });

  it('while the model is loading, stops it', async () => {
    const { gate, open } = createGate();
    const ollama = await start([{ content: 'Hi', delay: gate }]);
    const { leave } = begin(ollama.url);
    await ollama.received();
    leave();
    await expectSilence(ollama);
    open();
  });
});
