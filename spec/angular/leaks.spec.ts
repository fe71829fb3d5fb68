import {
  ApplicationRef,
  EnvironmentInjector,
  createEnvironmentInjector,
  runInInjectionContext,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it, jest } from '@jest/globals';
import { Subject, type Observable } from 'rxjs';
import {
  chatResource,
  injectConversation,
  injectOllama,
  provideOllama,
} from '../../lib/angular/index.js';
import { timeoutChat } from '../../lib/operators/timeoutChat.js';
import { chunk } from '../../lib/testing/index.js';
import { defineTool } from '../../lib/tools/defineTool.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { ask, mount } from './support.js';

/** Never completes, so that its subscription shows whether it was left. */
const progress$ = new Subject<string>();

const tool = defineTool({
  name: 'tool',
  description: 'Runs for long',
  parameters: { type: 'object' },
  execute: (): Observable<string> => progress$,
});

const users: Readonly<Record<string, () => unknown>> = {
  chatResource: () =>
    chatResource({
      request: () => ask('Hi'),
      operators: (chunk$) =>
        chunk$.pipe(timeoutChat({ firstChunk: 1000, idle: 1000, total: 5000 })),
    }),
  "chatResource with server: 'wait'": () =>
    chatResource({ request: () => ask('Hi'), server: 'wait', id: 'chat' }),
  injectConversation: () => {
    injectConversation({ tools: [tool], toolTimeout: 1000 }).send('Hi');
  },
};

/** What a chat has sent when it is left. */
const moments: Readonly<Record<string, readonly ChatChunk[]>> = {
  'before its first chunk': [],
  'while text waits for a frame': [chunk.answer('Hel'), chunk.answer('lo')],
  'after a call of a tool': [chunk.answer('Hel'), chunk.toolCall('tool', {})],
  'after its end': [chunk.answer('Hello'), chunk.done()],
};

describe.each(Object.entries(users))('%s, destroyed', (_, use) => {
  it.each(Object.entries(moments))('%s, leaves nothing behind', async (__, chunks) => {
    jest.useFakeTimers();
    const chunk$ = new Subject<ChatChunk>();
    const { injector } = mount(
      () => undefined,
      [provideOllama({ client: { chat: () => chunk$ }, model: 'm' })],
    );
    const app = TestBed.inject(ApplicationRef);
    const before = jest.getTimerCount();
    const own = createEnvironmentInjector([], injector.get(EnvironmentInjector));
    runInInjectionContext(own, use);
    TestBed.tick();
    expect(chunk$.observed).toBe(true);
    for (const each of chunks) chunk$.next(each);
    // The moment is one at which something is left to clean up.
    if (chunks.length === 2) expect(jest.getTimerCount()).toBeGreaterThan(before);

    own.destroy();
    expect(chunk$.observed).toBe(false);
    expect(progress$.observed).toBe(false);
    TestBed.tick();
    await app.whenStable();
    expect(jest.getTimerCount()).toBe(before);
  });
});

it('injectOllama keeps nothing of a chat that was left', () => {
  const chunk$ = new Subject<ChatChunk>();
  const { ref } = mount(injectOllama, [
    provideOllama({ client: { chat: () => chunk$ }, model: 'm' }),
  ]);
  const subscription = ref.chat(ask('Hi')).subscribe();
  expect(chunk$.observed).toBe(true);
  subscription.unsubscribe();
  expect(chunk$.observed).toBe(false);
});
