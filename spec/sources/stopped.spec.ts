import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { config, finalize, of, take, type Observable, type UnsubscriptionError } from 'rxjs';
import { fromChatEvents } from '../../lib/sources/fromChatEvents.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { fromOllamaStream } from '../../lib/sources/fromOllamaStream.js';
import { chunk } from '../../lib/testing/index.js';
import { takeUnhandledErrors } from '../support/setup.js';
import { REQUEST, ask, forbidConsole, roundTrip, start } from './support.js';

const { answer, done } = chunk;

forbidConsole();

const stopped: unknown[] = [];
beforeEach(() => {
  config.onStoppedNotification = (notification) => stopped.push(notification);
});
afterEach(() => {
  config.onStoppedNotification = null;
  expect(stopped.splice(0)).toEqual([]);
});

/** All turns in which something may still come. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const line = (text: string) => `${JSON.stringify(answer(text))}\n`;
const LAST = `${JSON.stringify(done())}\n`;
const error = new Error('too late');
const fail = () => Promise.reject(error);

/** An iterable that only ends when it is told to, and ignores that it is stopped. */
const iterate = (...nexts: readonly (Promise<unknown> | typeof fail)[]) => {
  let place = 0;
  return {
    [Symbol.asyncIterator]: () => ({
      next() {
        const it = nexts[place++] ?? new Promise(() => undefined);
        return typeof it === 'function' ? it() : it;
      },
      return: fail,
    }),
  };
};
const next = (value: unknown) => Promise.resolve({ done: false, value });

const byFetch = (fetch: () => unknown) =>
  ask({ url: 'http://127.0.0.1:1' }, { fetch: fetch as never });
const byBody = (body: unknown, ok = true) =>
  byFetch(() => Promise.resolve({ ok, status: ok ? 200 : 500, body }));
const byClient = (reply: unknown) =>
  fromOllamaChat(REQUEST, { client: { chat: () => reply as never } });

const byGateway = (body: unknown): Response => {
  const headers = new Headers({ 'Content-Type': 'application/x-ndjson' });
  return { ok: true, status: 200, headers, body } as Response;
};

/** What is waited for when the consumer leaves: it then settles, in each of these ways. */
const waits: Readonly<Record<string, (late: Promise<unknown>) => Observable<unknown>>> = {
  'the promise of a client': (late) => byClient(late),
  'the promise of a stream': (late) => fromOllamaStream(late as never),
  'the first value of an iterable': (late) => byClient(iterate(late)),
  'the second value of an iterable': (late) => byClient(iterate(next(answer('a')), late)),
  'the first value of a stream': (late) => fromOllamaStream(iterate(late) as never),
  'the second value of a stream': (late) =>
    fromOllamaStream(iterate(next(line('a')), late) as never),
  'a fetch that ignores its signal': (late) => byFetch(() => late),
  'the first read of a body': (late) => byBody(iterate(late)),
  'the second read of a body': (late) => byBody(iterate(next(line('a')), late)),
  'the end of a body, after the final chunk': (late) => byBody(iterate(next(LAST), late)),
  'the body of an error': (late) => byBody(iterate(late), false),
  'a text': (late) => byFetch(() => Promise.resolve({ ok: true, status: 200, text: () => late })),
  'a gateway that ignores its signal': (late) =>
    fromChatEvents('http://127.0.0.1:1', { fetch: () => late as never }),
  'the first event of a gateway': (late) => fromChatEvents(byGateway(iterate(late))),
  'the second event of a gateway': (late) =>
    fromChatEvents(byGateway(iterate(next(line('a')), late))),
};

const throwing = {
  abort: () => {
    throw error;
  },
  ...iterate(),
};
const locked = new ReadableStream();
locked.getReader();

const ways: Readonly<Record<string, () => unknown>> = {
  'a value': () => ({ done: false, value: answer('b') }),
  'a line': () => ({ done: false, value: line('b') }),
  'a malformed line': () => ({ done: false, value: 'no JSON\n' }),
  'the final line': () => ({ done: false, value: LAST }),
  'the end': () => ({ done: true, value: undefined }),
  'an error': fail,
  nothing: () => undefined,
  'a text': () => LAST,
  'a chunk': () => answer('b'),
  'an iterable': () => iterate(next(answer('b'))),
  'an iterable that can not be stopped': () => throwing,
  'a stream that is locked': () => locked,
  'an Observable': () => of(answer('b')),
  'a Response': () => new Response(line('b')),
  'a Response that refuses': () => new Response('no', { status: 500 }),
};

describe.each(Object.entries(waits))('a chat that is left while it waits for %s', (_, open) => {
  it.each(Object.entries(ways))('is silent when that is %s', async (_name, toLate) => {
    let resolve: (late: unknown) => void = () => undefined;
    const late: unknown[] = [];
    let left = false;
    const note = (it: unknown) => {
      if (left) late.push(it);
    };
    const chat = open(new Promise((settled) => (resolve = settled)));
    const subscription = chat.subscribe({
      next: note,
      error: note,
      complete: () => {
        note('|');
      },
    });
    await settle();
    expect(subscription.closed).toBe(false);
    subscription.unsubscribe();
    left = true;
    resolve(toLate());
    await settle();
    expect(late).toEqual([]);
  });
});

describe('a chat that is left', () => {
  const all = [line('a'), line('b'), LAST].join('');
  const whole: Readonly<Record<string, () => Observable<unknown>>> = {
    'of an iterable': () => byClient(iterate(next(answer('a')), next(answer('b')), fail)),
    'of a promise': () => byClient(Promise.resolve(done())),
    'of a Response': () => byFetch(() => Promise.resolve(new Response(all))),
    'of a Response with something malformed': () =>
      byFetch(() => Promise.resolve(new Response(`${line('a')}no JSON\n`))),
    'of one line': () => byFetch(() => Promise.resolve(new Response(LAST))),
    'of a stream': () => fromOllamaStream(new Response(all)),
  };

  it.each(Object.entries(whole))('in its first chunk is silent: %s', async (_, open) => {
    let count = 0;
    const subscription = open().subscribe(() => {
      count++;
      subscription.unsubscribe();
    });
    await settle();
    expect(count).toBe(1);
  });

  it.each(Object.entries(whole))('by `take(1)` is silent: %s', async (_, open) => {
    const log: unknown[] = [];
    open()
      .pipe(take(1))
      .subscribe({ next: () => log.push('next'), complete: () => log.push('|') });
    await settle();
    expect(log).toEqual(['next', '|']);
  });

  it.each(Object.entries(whole))('in the frame of subscribing is silent: %s', async (_, open) => {
    open().subscribe().unsubscribe();
    await settle();
  });

  it.each(Object.entries(whole))('a microtask later is silent: %s', async (_, open) => {
    const subscription = open().subscribe();
    await Promise.resolve();
    subscription.unsubscribe();
    await settle();
  });

  it.each(['before the headers', 'in mid-stream'])(
    '%s, at a real server, is silent',
    async (when) => {
      const ollama = await start(
        when === 'in mid-stream' ? ['a', { fault: 'hang' }] : [{ fault: 'hang' }],
      );
      await new Promise<void>((resolve) => {
        const subscription = ask(ollama).subscribe(() => {
          leave();
        });
        const leave = () => {
          subscription.unsubscribe();
          resolve();
        };
        if (when !== 'in mid-stream') void ollama.received().then(leave);
      });
      expect(await (await ollama.received()).closed).toBe('aborted');
      await roundTrip(ollama);
      await settle();
    },
  );
});

describe('a teardown of the consumer that throws', () => {
  it('is reported as RxJS reports it, and the connection is free', async () => {
    const ollama = await start(['Hel', { done: true }]);
    const thrown = new Error('teardown');
    const ended = new Promise<void>((complete) => {
      ask(ollama)
        .pipe(
          finalize(() => {
            throw thrown;
          }),
        )
        .subscribe({ complete });
    });
    await ended;
    await settle();
    const unhandled = await takeUnhandledErrors();
    expect(unhandled.map((each) => (each as UnsubscriptionError).errors as unknown[])).toEqual([
      [thrown],
    ]);
    expect(await ollama.requests[0]?.closed).toBe('completed');
  });
});
