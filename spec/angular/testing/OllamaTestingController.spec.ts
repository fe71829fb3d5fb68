import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { take } from 'rxjs';
import { chatResource, injectOllama, provideOllama } from '../../../lib/angular/index.js';
import {
  OllamaTestingController,
  provideOllamaTesting,
} from '../../../lib/angular/testing/index.js';
import { chunk } from '../../../lib/testing/index.js';
import type { ChatChunk } from '../../../lib/types/index.js';
import { ask, mount } from '../support.js';

/** A controller, and a way to ask it. */
function setUp() {
  const { ref: ollama } = mount(injectOllama, [provideOllamaTesting({ model: 'm' })]);
  return {
    controller: TestBed.inject(OllamaTestingController),
    ollama,
    send: (text: string, model = 'm') => {
      const received: ChatChunk[] = [];
      const subscription = ollama.chat({ ...ask(text), model }).subscribe({
        next: (each) => received.push(each),
        error: () => undefined,
      });
      return {
        received,
        leave: () => {
          subscription.unsubscribe();
        },
      };
    },
  };
}

describe('the controller', () => {
  it('finds a chat by the last text of the user', () => {
    const { controller, ollama } = setUp();
    const messages = [
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'second' },
      { role: 'user', content: 'third' },
      { role: 'tool', content: 'fourth' },
    ];
    ollama.chat({ messages }).subscribe();
    for (const text of ['first', 'second', 'fourth']) controller.expectNone(text);
    expect(controller.expectOne('third').request.messages).toEqual(messages);
  });

  it('finds a chat by its request, each once', () => {
    const { controller, send } = setUp();
    send('one', 'a');
    send('two', 'b');
    expect(controller.expectOne(({ model }) => model === 'b').request.model).toBe('b');
    expect(controller.expectOne().request.model).toBe('a');
    controller.expectNone();
  });

  it('finds several', () => {
    const { controller, send } = setUp();
    for (const text of ['one', 'two', 'one']) send(text);
    expect(controller.match('one')).toHaveLength(2);
    expect(controller.match(() => true)).toHaveLength(1);
    expect(controller.match(() => true)).toEqual([]);
  });

  it('says what was asked, when it does not find one chat', () => {
    const { controller, send } = setUp();
    expect(() => controller.expectOne()).toThrow(
      'Expected one chat, found 0. Not found so far: none.',
    );
    send('one');
    expect(() => controller.expectOne('two')).toThrow(
      'Expected one chat with "two", found 0. Not found so far: of m with "one".',
    );
    send('one', 'n');
    expect(() => controller.expectOne('one')).toThrow(
      'Expected one chat with "one", found 2. They are: of m with "one", of n with "one".',
    );
    expect(() => controller.expectOne(() => true)).toThrow(
      'Expected one chat that matches, found 2.',
    );
    expect(() => {
      controller.expectNone('one');
    }).toThrow('Expected no chat with "one", found of m with "one", of n with "one".');
  });

  it('verifies that nothing is unexpected, and nothing open', () => {
    const { controller, send } = setUp();
    const verify = () => {
      controller.verify();
    };
    expect(verify).not.toThrow();
    const { leave } = send('one');
    expect(verify).toThrow('The test has not expected these chats: of m with "one".');
    controller.expectOne('one');
    expect(verify).toThrow('These chats are still open: of m with "one".');
    leave();
    expect(verify).not.toThrow();
    send('two');
    controller.expectOne('two').done();
    send('three');
    controller.expectOne('three').error(new Error('down'));
    expect(verify).not.toThrow();
  });
});

describe('a chat of a test', () => {
  it('sends each piece synchronously', () => {
    const { controller, send } = setUp();
    const { received } = send('Hi');
    const chat = controller.expectOne('Hi');
    expect(chat).toMatchObject({ aborted: false, closed: false });
    const own = chunk.answer('own');
    chat.thinking('Hm').answer('Hello').toolCall('clock', { zone: 'CET' }).chunk(own, own);
    chat.done({ reason: 'length', evalCount: 5 });
    expect(received.map(({ message }) => message)).toMatchObject([
      { thinking: 'Hm' },
      { content: 'Hello' },
      { tool_calls: [{ function: { name: 'clock', arguments: { zone: 'CET' } } }] },
      { content: 'own' },
      { content: 'own' },
      { content: '' },
    ]);
    expect(received.at(-1)).toMatchObject({ done_reason: 'length', eval_count: 5 });
    expect(chat).toMatchObject({ aborted: false, closed: true });
  });

  it('knows that it was left, at its first chunk and at its last', () => {
    const { controller, ollama, send } = setUp();
    const { leave } = send('one');
    const first = controller.expectOne('one').answer('Hi');
    leave();
    expect(first).toMatchObject({ aborted: true, closed: true });

    ollama.chat(ask('two')).pipe(take(1)).subscribe();
    expect(controller.expectOne('two').done()).toMatchObject({ aborted: true, closed: true });
  });

  it.each<[string, (chat: ReturnType<OllamaTestingController['expectOne']>) => unknown]>([
    ['answer', (chat) => chat.answer('Hi')],
    ['done', (chat) => chat.done()],
    ['error', (chat) => chat.error(new Error('down'))],
  ])('refuses %s() after its end', (_, send) => {
    const { controller, send: ask } = setUp();
    ask('one');
    const ended = controller.expectOne('one').done();
    expect(() => send(ended)).toThrow(
      'Nothing more can be sent to the chat of m with "one": it has ended.',
    );
    ask('two').leave();
    const aborted = controller.expectOne('two');
    expect(() => send(aborted)).toThrow(
      'Nothing more can be sent to the chat of m with "two": the code under test has unsubscribed from it.',
    );
  });
});

describe('provideOllamaTesting', () => {
  it('takes the place of the config before it', () => {
    mount(
      () => chatResource({ request: () => ask('Hi') }),
      [provideOllama({ host: 'nowhere.invalid', model: 'mine' }), provideOllamaTesting()],
    );
    expect(TestBed.inject(OllamaTestingController).expectOne('Hi').request.model).toBe('test');
  });

  it('can have the frames of an app', () => {
    const { ref: chat } = mount(
      () => chatResource({ request: () => ask('Hi') }),
      [provideOllamaTesting({ every: 1000 })],
    );
    const server = TestBed.inject(OllamaTestingController).expectOne('Hi').answer('Hello');
    expect(chat.answer()).toBe('');
    server.done();
    expect(chat.answer()).toBe('Hello');
  });
});
