import {
  EnvironmentInjector,
  PLATFORM_ID,
  createEnvironmentInjector,
  effect,
  signal,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import {
  injectConversation,
  provideOllama,
  type ConversationRef,
  type ConversationRefOptions,
} from '../../lib/angular/index.js';
import { defineTool } from '../../lib/tools/defineTool.js';
import type { SavedMessage } from '../../lib/conversation/messages.js';
import { mount, mountTesting } from './support.js';

/** What a conversation shows, in one object. */
const look = (chat: ConversationRef) => ({
  status: chat.status(),
  isBusy: chat.isBusy(),
  texts: chat.messages().map(({ message }) => message.content),
});

const pay = defineTool({
  name: 'pay',
  description: 'Pays',
  parameters: { type: 'object' },
  needsApproval: true,
  execute: () => 'paid',
});

const clock = defineTool({
  name: 'clock',
  description: 'Tells the time',
  parameters: { type: 'object' },
  execute: () => of('half past', 'noon'),
});

describe('the signals of a conversation', () => {
  it('show each state of a turn', () => {
    const { ref: chat, controller } = mountTesting(injectConversation);
    expect(look(chat)).toEqual({ status: 'idle', isBusy: false, texts: [] });
    chat.send('Hi');
    expect(look(chat)).toEqual({ status: 'waiting', isBusy: true, texts: ['Hi'] });
    const server = controller.expectOne('Hi').thinking('Hm');
    expect(look(chat)).toEqual({ status: 'thinking', isBusy: true, texts: ['Hi', ''] });
    server.answer('Hello');
    expect(look(chat)).toEqual({ status: 'answering', isBusy: true, texts: ['Hi', 'Hello'] });
    expect(chat.messages()[1]).toMatchObject({ streaming: true });
    server.done({ reason: 'length' });
    expect(look(chat)).toEqual({ status: 'idle', isBusy: false, texts: ['Hi', 'Hello'] });
    expect(chat.ending()).toBe('length');
    expect(chat.messages()[1]).toMatchObject({ streaming: false, ending: 'length' });
    expect(chat.metrics()).toMatchObject({ tokens: 100, exact: true });
    expect(chat.error()).toBeUndefined();
  });

  it('are shown by a template, which touches only the last message', () => {
    const template = `@for (entry of ref.messages(); track entry.id) {<p>{{ entry.message.content }}</p>}`;
    const { ref: chat, controller, fixture, text } = mountTesting(injectConversation, { template });
    chat.send('Hi');
    const server = controller.expectOne('Hi').answer('Hel');
    TestBed.tick();
    const closed = chat.messages()[0];
    const paragraph = (fixture.nativeElement as HTMLElement).querySelector('p');
    server.answer('lo').done();
    TestBed.tick();
    expect(text()).toBe('HiHello');
    expect(chat.messages()[0]).toBe(closed);
    expect((fixture.nativeElement as HTMLElement).querySelector('p')).toBe(paragraph);
  });

  it('keep the list of messages while only a call changes', () => {
    const { ref: chat, controller } = mountTesting(() => injectConversation({ tools: [pay] }));
    const lists = new Set<unknown>();
    TestBed.runInInjectionContext(() => effect(() => lists.add(chat.messages())));
    chat.send('Pay');
    controller.expectOne('Pay').toolCall('pay', {}).done();
    TestBed.tick();
    const before = chat.messages();
    expect(chat.activity()).toMatchObject([{ status: 'approval' }]);
    expect(chat.messages()).toBe(before);
    chat.stop();
  });

  it('have an error, and keep the text', () => {
    const { ref: chat, controller } = mountTesting(injectConversation);
    chat.send('Hi');
    controller.expectOne('Hi').answer('Hel').error('broken');
    expect(look(chat)).toEqual({ status: 'error', isBusy: false, texts: ['Hi', 'Hel'] });
    expect(chat.error()).toBeInstanceOf(Error);
    expect(chat.error()?.cause).toBe('broken');
    expect(chat.ending()).toBe('error');
    chat.regenerate();
    expect(chat.error()).toBeUndefined();
    controller.expectOne('Hi').answer('Hello').done();
    expect(look(chat).texts).toEqual(['Hi', 'Hello']);
  });

  it('leave no error behind after stop()', () => {
    const { ref: chat, controller } = mountTesting(injectConversation);
    chat.send('Hi');
    const server = controller.expectOne('Hi').answer('Hel');
    chat.stop();
    expect(server.aborted).toBe(true);
    expect(look(chat)).toEqual({ status: 'idle', isBusy: false, texts: ['Hi', 'Hel'] });
    expect(chat.error()).toBeUndefined();
    expect(chat.ending()).toBe('stopped');
  });

  it('have the messages that wait, one request at a time', () => {
    const { ref: chat, controller } = mountTesting(injectConversation);
    for (const text of ['one', 'two', 'three']) chat.send(text);
    const first = controller.expectOne();
    expect(chat.queued().map(({ message }) => message.content)).toEqual(['two', 'three']);
    first.answer('1').done();
    controller.expectOne('two').answer('2').done();
    controller.expectOne('three').answer('3').done();
    expect(look(chat).texts).toEqual(['one', '1', 'two', '2', 'three', '3']);
    expect(chat.queued()).toEqual([]);
  });
});

describe('the methods of a conversation', () => {
  it('edit a message of the user', () => {
    const { ref: chat, controller } = mountTesting(injectConversation);
    chat.send('Hi');
    controller.expectOne('Hi').answer('Hello').done();
    const [first, second] = chat.messages();
    expect(() => {
      chat.edit(second?.id ?? '', 'Bye');
    }).toThrow(RangeError);
    chat.edit(first?.id ?? '', 'Bye');
    controller.expectOne('Bye').answer('See you').done();
    expect(look(chat).texts).toEqual(['Bye', 'See you']);
  });

  it('clear', () => {
    const { ref: chat, controller } = mountTesting(injectConversation);
    chat.send('Hi');
    const server = controller.expectOne('Hi').answer('Hel');
    chat.clear();
    expect(server.aborted).toBe(true);
    expect(look(chat)).toEqual({ status: 'idle', isBusy: false, texts: [] });
  });

  it('send a message with images', () => {
    const { ref: chat, controller } = mountTesting(injectConversation);
    chat.send('What is it?', { images: ['aGk='] });
    const { request } = controller.expectOne('What is it?').done();
    expect(request.messages?.[0]?.images).toEqual(['aGk=']);
  });

  it('do nothing after destroy()', () => {
    const { ref: chat, controller } = mountTesting(injectConversation);
    chat.send('Hi');
    const server = controller.expectOne('Hi').answer('Hel');
    chat.destroy();
    chat.send('again');
    chat.destroy();
    expect(server.aborted).toBe(true);
    controller.expectNone();
    expect(look(chat)).toEqual({ status: 'idle', isBusy: false, texts: ['Hi', 'Hel'] });
  });

  it('make no effect depend on what the options read', () => {
    const model = signal('one');
    let runs = 0;
    const { controller } = mountTesting(() => {
      const chat = injectConversation(() => ({ model: model() }));
      effect(() => {
        runs++;
        chat.send('Hi');
      });
    });
    model.set('two');
    TestBed.tick();
    expect(runs).toBe(1);
    controller.expectOne('Hi').done();
  });
});

describe('approvals', () => {
  const setUp = (options: Partial<ConversationRefOptions> = {}) => {
    const mounted = mountTesting(() => injectConversation({ tools: [pay, clock], ...options }));
    mounted.ref.send('Pay');
    mounted.controller.expectOne('Pay').toolCall('pay', { amount: 5 }).done();
    return { ...mounted, chat: mounted.ref };
  };
  /** The result that the model gets. */
  const readResult = ({ controller }: ReturnType<typeof setUp>) =>
    controller.expectOne('Pay').done().request.messages?.at(-1)?.content;

  it('have the calls that wait, and approve one', () => {
    const mounted = setUp();
    const { chat } = mounted;
    const [approval] = chat.approvals();
    expect(approval?.call.function).toMatchObject({ name: 'pay', arguments: { amount: 5 } });
    expect(chat.activity()).toMatchObject([{ status: 'approval' }]);
    approval?.approve();
    expect(chat.approvals()).toEqual([]);
    expect(chat.activity()).toMatchObject([{ status: 'done', result: 'paid' }]);
    expect(readResult(mounted)).toBe('paid');
  });

  it('deny one, with a reason', () => {
    const mounted = setUp();
    mounted.chat.approvals()[0]?.deny('too much');
    expect(mounted.chat.activity()).toMatchObject([{ status: 'denied', reason: 'too much' }]);
    expect(readResult(mounted)).toContain('too much');
  });

  it('do nothing when they come a second time', () => {
    const mounted = setUp();
    const [approval] = mounted.chat.approvals();
    approval?.approve();
    approval?.deny();
    expect(readResult(mounted)).toBe('paid');
  });

  it('are empty after stop()', () => {
    const { chat } = setUp();
    chat.stop();
    expect(chat.approvals()).toEqual([]);
  });

  it('are empty if the options have a callback', () => {
    const mounted = setUp({ approve: () => false });
    expect(mounted.chat.approvals()).toEqual([]);
    expect(mounted.chat.activity()).toMatchObject([{ status: 'denied' }]);
    readResult(mounted);
  });

  it('stay the same objects while other calls change', () => {
    const { ref: chat, controller } = mountTesting(() =>
      injectConversation({ tools: [pay, clock] }),
    );
    chat.send('Both');
    const server = controller.expectOne('Both').toolCall('pay', {});
    const before = chat.approvals();
    server.toolCall('clock', {}).done();
    expect(chat.activity()).toMatchObject([
      { status: 'approval' },
      { status: 'done', result: 'noon' },
    ]);
    expect(chat.approvals()).toBe(before);
    chat.stop();
  });
});

describe('the options of a conversation', () => {
  it('have the config beneath them', () => {
    const { ref: chat, controller } = mountTesting(
      () => injectConversation({ system: 'Be brief.' }),
      {
        model: 'general',
      },
    );
    chat.send('Hi');
    const { request } = controller.expectOne('Hi').done();
    expect(request).toMatchObject({
      model: 'general',
      messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }],
    });
    expect(request).not.toHaveProperty('injector');
    expect(request).not.toHaveProperty('every');
  });

  it('are read once per turn, if they are a function', () => {
    const model = signal('one');
    const { ref: chat, controller } = mountTesting(() =>
      injectConversation(() => ({ model: model() })),
    );
    chat.send('1');
    controller.expectOne('1').done();
    model.set('two');
    chat.send('2');
    expect(controller.expectOne('2').done().request.model).toBe('two');
  });

  it('fail the turn without a model', () => {
    const { ref: chat } = mountTesting(injectConversation, { model: '' });
    chat.send('Hi');
    expect(chat.error()?.message).toMatch(/^The request has no model\./);
  });

  it('are refused when they are wrong', () => {
    expect(() => mountTesting(() => injectConversation({ maxSteps: 0 }))).toThrow(RangeError);
  });

  it('can have an injector, with which it ends', () => {
    const { controller } = mountTesting(() => undefined);
    const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    const chat = injectConversation({ injector });
    chat.send('Hi');
    const server = controller.expectOne('Hi');
    injector.destroy();
    expect(server.aborted).toBe(true);
  });

  it('need an injection context otherwise', () => {
    expect(() => injectConversation()).toThrow(/NG0203/);
  });
});

describe('a store', () => {
  const createStore = () => {
    const saved: (readonly SavedMessage[])[] = [];
    let loads = 0;
    return {
      saved,
      get loads() {
        return loads;
      },
      load: () => {
        loads++;
        return [{ role: 'user', content: 'Old' }];
      },
      save(messages: readonly SavedMessage[]) {
        saved.push(messages);
      },
    };
  };

  it('is loaded and saved in a browser', () => {
    const store = createStore();
    const { ref: chat, controller } = mountTesting(() => injectConversation({ store }));
    expect(look(chat).texts).toEqual(['Old']);
    chat.send('New');
    controller.expectOne('New').answer('Hi').done();
    expect(store.saved.at(-1)).toHaveLength(3);
  });

  it('is neither on a server', () => {
    const store = createStore();
    const { ref: chat } = mount(
      () => injectConversation({ store }),
      [{ provide: PLATFORM_ID, useValue: 'server' }, provideOllama({ model: 'm' })],
    );
    expect(look(chat).texts).toEqual([]);
    expect(store.loads).toBe(0);
  });
});
