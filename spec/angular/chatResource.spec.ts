import {
  EnvironmentInjector,
  computed,
  createEnvironmentInjector,
  signal,
  untracked,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import {
  chatResource,
  type ChatResourceOptions,
  type ChatResourceRef,
  type ChatResourceRequest,
} from '../../lib/angular/index.js';
import type { OllamaTestingController } from '../../lib/angular/testing/index.js';
import { OllamaStreamError } from '../../lib/errors.js';
import { chunk } from '../../lib/testing/index.js';
import { ask, look, mountTesting } from './support.js';

/** A resource that asks what a signal says, and nothing while that is empty. */
function setUp(options: Partial<ChatResourceOptions> = {}, template?: string) {
  const question = signal('');
  const mounted = mountTesting(
    () =>
      chatResource({
        request: () => (question() ? ask(question()) : undefined),
        ...options,
      }),
    template === undefined ? {} : { template },
  );
  return {
    ...mounted,
    chat: mounted.ref,
    question,
    ask: (text: string) => {
      question.set(text);
      TestBed.tick();
      return mounted.controller.expectOne(text);
    },
  };
}

const idle = { status: 'idle', phase: 'idle', thinking: '', answer: '' };
const loading = { ...idle, status: 'loading', phase: 'waiting', isLoading: true };

describe('the signals of a resource', () => {
  it('show each state of an answer', () => {
    const { chat, ask: send } = setUp();
    expect(look(chat)).toEqual(idle);
    const server = send('Hi');
    expect(look(chat)).toEqual(loading);
    expect(chat.hasValue()).toBe(false);

    server.thinking('Hm');
    const resolved = { ...idle, status: 'resolved', thinking: 'Hm' };
    expect(look(chat)).toEqual({ ...resolved, phase: 'thinking', isStreaming: true });
    server.answer('Hel').answer('lo');
    expect(look(chat)).toEqual({
      ...resolved,
      phase: 'answer',
      answer: 'Hello',
      isStreaming: true,
    });
    server.toolCall('clock', { zone: 'CET' });
    expect(look(chat)).toMatchObject({ phase: 'tools', answer: 'Hello', isStreaming: true });
    expect(chat.toolCalls()).toEqual([
      { id: 'call_0', function: { name: 'clock', arguments: { zone: 'CET' } } },
    ]);

    server.done({ evalCount: 20, evalDuration: 1e9 });
    expect(look(chat)).toEqual({ ...resolved, phase: 'done', answer: 'Hello' });
    expect(chat.throughput()).toMatchObject({ tokens: 20, tokensPerSecond: 20, exact: true });
    expect(chat.hasValue()).toBe(true);
    expect(chat.value()).toEqual({
      role: 'assistant',
      thinking: 'Hm',
      content: 'Hello',
      tool_calls: [{ function: { name: 'clock', arguments: { zone: 'CET' } } }],
    });
  });

  it('are shown by a template', () => {
    const { ask: send, text } = setUp({}, '{{ ref.phase() }}: {{ ref.answer() }}');
    expect(text()).toBe('idle:');
    const server = send('Hi').answer('Hel');
    TestBed.tick();
    expect(text()).toBe('answer: Hel');
    server.answer('lo').done();
    TestBed.tick();
    expect(text()).toBe('done: Hello');
  });

  it('keep the list of calls while other chunks arrive', () => {
    const { chat, ask: send } = setUp();
    const server = send('Hi').toolCall('clock', {});
    const before = chat.toolCalls();
    server.answer('Hello');
    expect(chat.toolCalls()).toBe(before);
    server.done();
    expect(chat.toolCalls()).toBe(before);
  });

  it('end with the source of a client that sends no final chunk', () => {
    const { chat, ask: send } = setUp({ operators: (chunk$) => chunk$.pipe(map((each) => each)) });
    send('Hi').answer('Hello').done();
    expect(look(chat)).toMatchObject({ status: 'resolved', phase: 'done' });
  });
});

describe('the request of a resource', () => {
  it('has the model of the config, and its own first', () => {
    const { controller } = mountTesting(
      () => [
        chatResource({ request: () => ask('one') }),
        chatResource({ request: () => ({ ...ask('two'), model: 'mine' }) }),
      ],
      { model: 'general' },
    );
    const models = ['one', 'two'].map((text) => controller.expectOne(text).done().request.model);
    expect(models).toEqual(['general', 'mine']);
  });

  it('is sent once for requests that are equal, but not the same', () => {
    const requests: ChatResourceRequest[] = [
      { ...ask('Hi'), options: { temperature: 0 }, think: true },
      { think: true, options: { temperature: 0 }, ...ask('Hi') },
    ];
    const place = signal(0);
    const { controller } = mountTesting(() =>
      chatResource({ request: () => requests[place() % requests.length] }),
    );
    const server = controller.expectOne('Hi').answer('Hello');
    for (const next of [1, 2, 3]) {
      place.set(next);
      TestBed.tick();
    }
    controller.expectNone();
    expect(server.aborted).toBe(false);
    server.done();
  });

  it('is compared by a function of the user', () => {
    const temperature = signal(0);
    const { controller } = mountTesting(() =>
      chatResource({
        request: () => ({ ...ask('Hi'), options: { temperature: temperature() } }),
        equal: (a, b) => a.messages?.[0]?.content === b.messages?.[0]?.content,
      }),
    );
    controller.expectOne().done();
    temperature.set(1);
    TestBed.tick();
    controller.expectNone();
  });

  it('cancels the one before it, and clears its answer', () => {
    const { chat, ask: send } = setUp();
    const first = send('one').thinking('Hm').answer('1');
    const second = send('two');
    expect(first.aborted).toBe(true);
    expect(look(chat)).toEqual(loading);
    expect(chat.toolCalls()).toEqual([]);
    expect(chat.throughput()).toBeUndefined();
    second.answer('2').done();
    expect(chat.answer()).toBe('2');
  });

  it('that is undefined cancels, and clears', () => {
    const { chat, question, ask: send } = setUp();
    const server = send('one').answer('1');
    question.set('');
    TestBed.tick();
    expect(server.aborted).toBe(true);
    expect(look(chat)).toEqual(idle);
  });

  it('that throws is an error, until it changes', () => {
    const question = signal('bad');
    const { ref: chat, controller } = mountTesting(() =>
      chatResource({
        request: () => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- users do
          if (question() === 'bad') throw 'no question';
          return ask(question());
        },
      }),
    );
    expect(look(chat)).toMatchObject({ status: 'error', phase: 'error' });
    expect(chat.error()).toMatchObject({ cause: 'no question' });
    expect(chat.reload()).toBe(false);
    question.set('good');
    TestBed.tick();
    controller.expectOne('good').answer('Hello').done();
    expect(chat.error()).toBeUndefined();
    expect(chat.answer()).toBe('Hello');
  });

  it('passes the operators of the user, between thinking and buffer', () => {
    const phases: string[] = [];
    const { chat, ask: send } = setUp({
      operators: (chunk$) =>
        chunk$.pipe(
          map((each) => {
            phases.push(each.phase);
            return {
              ...each,
              message: { ...each.message, content: each.message.content.toUpperCase() },
            };
          }),
        ),
    });
    send('Hi').answer('<think>hm</think>hello').done();
    expect(phases).toEqual(['thinking', 'answer', 'done']);
    expect(chat.answer()).toBe('HELLO');
    expect(chat.thinking()).toBe('hm');
  });

  it('starts over on a chunk with reset, with new calls', () => {
    const { chat, ask: send } = setUp();
    const server = send('Hi').answer('Hel').toolCall('first', {});
    const again = { ...chunk.answer('Bye'), reset: true as const };
    server.chunk(again).toolCall('second', {});
    expect(chat.answer()).toBe('Bye');
    expect(chat.toolCalls().map((call) => call.function.name)).toEqual(['second']);
    server.done();
  });
});

describe('an error of a resource', () => {
  it('keeps all text, also what came just before it', () => {
    const { chat, ask: send } = setUp({ every: 1000 });
    const error = chunk.error('out of memory');
    send('Hi').thinking('Hm').answer('Hel').answer('lo').error(error);
    expect(chat.error()).toBe(error);
    expect(look(chat)).toEqual({
      status: 'error',
      phase: 'error',
      thinking: 'Hm',
      answer: 'Hello',
      error: 'out of memory',
    });
    expect(chat.value()).toEqual({ role: 'assistant', thinking: 'Hm', content: 'Hello' });
    expect(chat.error()).toBeInstanceOf(OllamaStreamError);
  });

  it.each([['a text'], [undefined], [null], [{ status: 500 }], [Object.create(null) as unknown]])(
    'that is not an Error is a cause: %p',
    (thrown) => {
      const { chat, ask: send } = setUp();
      send('Hi').error(thrown);
      expect(chat.error()).toBeInstanceOf(Error);
      expect(chat.error()?.cause).toBe(thrown);
    },
  );

  it('is gone with the next request', () => {
    const { chat, ask: send } = setUp();
    send('one').answer('1').error(chunk.error('down'));
    send('two').done();
    expect(chat.error()).toBeUndefined();
    expect(chat.answer()).toBe('');
  });

  it('says what is missing, if there is no model', () => {
    const { ref: chat } = mountTesting(() => chatResource({ request: () => ask('Hi') }), {
      model: '',
    });
    expect(chat.error()?.message).toMatch(/^The request has no model\./);
  });
});

describe('reload()', () => {
  it('does nothing without a request', () => {
    const { chat } = setUp();
    expect(chat.reload()).toBe(false);
    expect(look(chat)).toEqual(idle);
  });

  it('before the first chunk sends the request again', () => {
    const { chat, controller, ask: send } = setUp();
    const first = send('Hi');
    expect(chat.reload()).toBe(true);
    expect(first.aborted).toBe(true);
    const second = controller.expectOne('Hi');
    expect(look(chat)).toEqual({ ...loading, status: 'reloading' });
    second.answer('Hello').done();
    expect(chat.answer()).toBe('Hello');
  });

  it.each<
    [
      string,
      (server: ReturnType<OllamaTestingController['expectOne']>, chat: ChatResourceRef) => void,
    ]
  >([
    ['while it streams', () => undefined],
    ['when it is done', (server) => server.done()],
    ['after an error', (server) => server.error(chunk.error('down'))],
    [
      'after stop()',
      (_, chat) => {
        chat.stop();
      },
    ],
  ])('%s keeps the text until the first new chunk', (_, end) => {
    const { chat, controller, ask: send } = setUp();
    const first = send('Hi').thinking('Hm').answer('Hello').toolCall('clock', {});
    end(first, chat);
    expect(chat.reload()).toBe(true);
    expect(first.closed).toBe(true);
    expect(look(chat)).toEqual({
      status: 'reloading',
      phase: 'waiting',
      thinking: 'Hm',
      answer: 'Hello',
      isLoading: true,
    });
    expect(chat.toolCalls()).toHaveLength(1);
    const second = controller.expectOne('Hi').answer('Bye');
    expect(look(chat)).toMatchObject({ status: 'resolved', thinking: '', answer: 'Bye' });
    expect(chat.toolCalls()).toEqual([]);
    second.done();
  });

  it('keeps the text if that fails too', () => {
    const { chat, controller, ask: send } = setUp();
    send('Hi').answer('Hello').error(chunk.error('down'));
    chat.reload();
    controller.expectOne().error(chunk.error('still down'));
    expect(look(chat)).toMatchObject({ status: 'error', answer: 'Hello', error: 'still down' });
  });

  it('after a stop() before the first chunk sends it, too', () => {
    const { chat, controller, ask: send } = setUp();
    send('Hi');
    chat.stop();
    expect(look(chat)).toEqual(idle);
    expect(chat.reload()).toBe(true);
    controller.expectOne('Hi').done();
  });

  it('sends a request that has changed since, once', () => {
    const { chat, controller, question, ask: send } = setUp();
    send('one').answer('1').done();
    question.set('two');
    expect(chat.reload()).toBe(true);
    expect(look(chat)).toEqual(loading);
    const server = controller.expectOne('two');
    TestBed.tick();
    controller.expectNone();
    server.done();
  });
});

describe('stop()', () => {
  it('keeps what was shown, and cancels', () => {
    const { chat, ask: send } = setUp();
    const server = send('Hi').thinking('Hm').answer('Hel');
    chat.stop();
    expect(server.aborted).toBe(true);
    expect(look(chat)).toEqual({
      status: 'resolved',
      phase: 'stopped',
      thinking: 'Hm',
      answer: 'Hel',
    });
    expect(chat.error()).toBeUndefined();
  });

  it('before the first chunk makes it idle', () => {
    const { chat, ask: send } = setUp();
    const server = send('Hi');
    chat.stop();
    expect(server.aborted).toBe(true);
    expect(look(chat)).toEqual(idle);
  });

  it('while it reloads keeps the old text', () => {
    const { chat, controller, ask: send } = setUp();
    send('Hi').answer('Hello').done();
    chat.reload();
    chat.stop();
    expect(controller.expectOne('Hi').aborted).toBe(true);
    expect(look(chat)).toMatchObject({ status: 'resolved', phase: 'stopped', answer: 'Hello' });
  });

  it('does nothing when nothing is under way', () => {
    const { chat, ask: send } = setUp();
    chat.stop();
    expect(look(chat)).toEqual(idle);
    send('Hi').answer('Hello').done();
    chat.stop();
    expect(look(chat)).toMatchObject({ phase: 'done' });
    send('again').error(chunk.error('down'));
    chat.stop();
    expect(look(chat)).toMatchObject({ phase: 'error' });
  });
});

describe('destroy()', () => {
  it('stops for good', () => {
    const { chat, controller, question, ask: send } = setUp();
    const server = send('Hi').answer('Hel');
    chat.destroy();
    expect(server.aborted).toBe(true);
    expect(look(chat)).toMatchObject({ phase: 'stopped', answer: 'Hel' });
    question.set('two');
    TestBed.tick();
    expect(chat.reload()).toBe(false);
    controller.expectNone();
    chat.destroy();
  });

  it('is called when the injector of the options is destroyed', () => {
    const { controller } = mountTesting(() => undefined);
    const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    const chat = chatResource({ request: () => ask('Hi'), injector });
    TestBed.tick();
    const server = controller.expectOne('Hi');
    injector.destroy();
    expect(server.aborted).toBe(true);
    expect(chat.reload()).toBe(false);
  });
});

describe('a request that depends on its own answer', () => {
  const mistake = /^The request of this chatResource reads a signal of the same chatResource/;

  it.each<[string, (chat: ChatResourceRef) => unknown]>([
    ['answer', (chat) => chat.answer()],
    ['value', (chat) => chat.value()],
    ['hasValue', (chat) => chat.hasValue()],
    ['phase', (chat) => chat.phase()],
  ])('is refused, and not sent: %s', (_, read) => {
    const { ref, controller } = mountTesting(() => ({ isOn: signal(false) }));
    const own: ChatResourceRef = TestBed.runInInjectionContext(() =>
      chatResource({ request: () => (ref.isOn() ? ask(`Hi ${String(read(own))}`) : undefined) }),
    );
    TestBed.tick();
    ref.isOn.set(true);
    expect(() => {
      TestBed.tick();
    }).toThrow(mistake);
    expect(look(own)).toMatchObject({ status: 'error', error: expect.stringMatching(mistake) });
    controller.expectNone();
  });

  it('is stopped at its first chunk, where a computed signal hides the dependency', () => {
    const { ref, controller } = mountTesting(() => {
      const isOn = signal(false);
      const length = computed(() => chat.answer().length);
      const chat: ChatResourceRef = chatResource({
        request: () => (isOn() ? ask(`Hi ${String(length())}`) : undefined),
      });
      return { isOn, length, chat };
    });
    // It has a value before the request reads it.
    expect(ref.length()).toBe(0);
    ref.isOn.set(true);
    TestBed.tick();
    const server = controller.expectOne().answer('H');
    expect(() => {
      TestBed.tick();
    }).toThrow(mistake);
    expect(server.aborted).toBe(true);
    expect(look(ref.chat)).toMatchObject({
      status: 'error',
      error: expect.stringMatching(mistake),
    });
    controller.expectNone();
  });

  it('may read it in untracked()', () => {
    let own: ChatResourceRef | undefined;
    const question = signal('one');
    const { controller } = mountTesting(() => {
      own = chatResource({
        request: () => ask(`${question()} ${untracked(() => own?.answer() ?? '')}`),
      });
    });
    controller.expectOne('one ').answer('1').done();
    question.set('two');
    TestBed.tick();
    controller.expectOne('two 1').done();
  });
});
