import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { TestScheduler } from 'rxjs/testing';
import { chatResource, injectConversation, provideOllama } from '../../lib/angular/index.js';
import { retryChat } from '../../lib/operators/retryChat.js';
import { timeoutChat } from '../../lib/operators/timeoutChat.js';
import { OllamaConnectionError } from '../../lib/errors.js';
import { marbleChat, scriptedClient, type ClientScript } from '../../lib/testing/index.js';
import { ask, mount } from './support.js';

/** Virtual time, and what a component shows in it. */
interface Lab {
  readonly cold: (
    marbles: string,
    error?: unknown,
  ) => Exclude<ClientScript, (...args: never[]) => unknown>;
  /** Creates the component, with these answers of a model. */
  readonly create: <T>(create: () => T, script: ClientScript) => T;
  /** Does something at a time in ms. */
  readonly at: (ms: number, action: () => void) => void;
  /** Notes what something is, each time that it changes, at each frame that is drawn. */
  readonly watch: (read: () => string) => void;
}

/** Runs a test in virtual time with animation frames, and returns its notes. */
function observe(frames: string, test: (lab: Lab) => void): string[] {
  const notes: string[] = [];
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(({ cold, animate, flush }) => {
    animate(frames);
    test({
      cold: (marbles, error) => cold(...marbleChat(marbles, {}, error)),
      create: (create, script) =>
        mount(create, [provideOllama({ client: scriptedClient(script), model: 'm' })]).ref,
      at: (ms, action) => {
        scheduler.schedule(action, ms);
      },
      watch: (read) => {
        let last: string | undefined;
        for (let ms = 0; ms < 200; ms++) {
          scheduler.schedule(() => {
            TestBed.tick();
            const now = read();
            if (now !== last) notes.push(`${String(ms)}: ${(last = now)}`);
          }, ms);
        }
      },
    });
    flush();
  });
  return notes;
}

const frames = '--x--x--x--x--x--x--x--x--x--x';

describe('in virtual time', () => {
  it('a resource changes at most once per frame, with all that has come', () => {
    const notes = observe(frames, ({ cold, create, watch }) => {
      const chat = create(
        () => chatResource({ request: () => ask('Hi') }),
        cold('-t-u-a-b-c---(d|)'),
      );
      watch(() => `${chat.phase()} ${chat.thinking()}|${chat.answer()}`);
    });
    expect(notes).toEqual([
      '0: waiting |',
      '2: thinking Let me |',
      '5: thinking Let me see.|',
      '8: answer Let me see.|Hello',
      '11: answer Let me see.|Hello!',
      '13: done Let me see.|Hello!',
    ]);
  });

  it('a resource that is stopped unsubscribes in the same frame', () => {
    const question = signal('Hi');
    const notes = observe(frames, ({ cold, create, at, watch }) => {
      const chat = create(
        () => chatResource({ request: () => ask(question()) }),
        cold('-a-b-c-a-b-c'),
      );
      at(6, () => {
        chat.stop();
      });
      watch(() => `${chat.phase()} ${chat.answer()}`);
    });
    expect(notes).toEqual(['0: waiting ', '2: answer Hel', '5: answer Hello', '6: stopped Hello']);
  });

  it('operators of the user work with the time of the test', () => {
    const refused = new OllamaConnectionError('refused');
    const notes = observe('--x 200ms x', ({ cold, create, watch }) => {
      const answers = [cold('-#', refused), cold('-a 100ms b')];
      const chat = create(
        () =>
          chatResource({
            request: () => ask('Hi'),
            every: 0,
            operators: (chunk$) =>
              chunk$.pipe(retryChat({ count: 1, delay: 10 }), timeoutChat({ idle: 20 })),
          }),
        (_, index) => answers[index] ?? [],
      );
      watch(() => `${chat.phase()} ${chat.answer()}${chat.error() ? '!' : ''}`);
    });
    expect(notes).toEqual(['0: waiting ', '13: answer Hel', '33: error Hel!']);
  });

  it('a conversation sends what waits when the answer has ended', () => {
    const notes = observe(frames, ({ cold, create, at, watch }) => {
      const answers = [cold('-a-b-(d|)'), cold('-c-(d|)')];
      const chat = create(injectConversation, (_, index) => answers[index] ?? []);
      at(0, () => {
        chat.send('one');
        chat.send('two');
      });
      watch(() =>
        chat
          .messages()
          .map(({ message }) => message.content)
          .join('/'),
      );
    });
    expect(notes).toEqual([
      '0: one',
      '2: one/Hel',
      '5: one/Hello',
      '6: one/Hello/two',
      '8: one/Hello/two/!',
    ]);
  });
});
