import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  NEVER,
  Observable,
  VirtualTimeScheduler,
  concat,
  defer,
  of,
  skip,
  throwError,
  type SchedulerLike,
} from 'rxjs';
import { backoff } from '../lib/backoff.js';
import { createConversation } from '../lib/conversation/createConversation.js';
import { OllamaConnectionError } from '../lib/errors.js';
import { toSse } from '../lib/node/toSse.js';
import { toResponse } from '../lib/node/toResponse.js';
import { bufferForUi } from '../lib/operators/bufferForUi.js';
import { partialJson } from '../lib/operators/partialJson.js';
import { retryChat } from '../lib/operators/retryChat.js';
import { shareChat } from '../lib/operators/shareChat.js';
import { timeoutChat } from '../lib/operators/timeoutChat.js';
import { fromOllamaEmbed } from '../lib/sources/fromOllamaEmbed.js';
import { raceChat } from '../lib/sources/raceChat.js';
import { replayChat } from '../lib/sources/replayChat.js';
import { chunk, scriptedClient } from '../lib/testing/index.js';
import { wait } from '../lib/time.js';
import { runTools } from '../lib/tools/runTools.js';
import type { ChatChunk } from '../lib/types/index.js';

const done = of(chunk.done());
const hello: Observable<ChatChunk> = concat(of(chunk.answer('Hello.')), NEVER);
const silent = NEVER as Observable<ChatChunk>;
const fail = throwError(() => new OllamaConnectionError('refused'));
const client = scriptedClient([chunk.done()]);

/** Fails once, then is done. */
const failsOnce = (): Observable<ChatChunk> => {
  let attempts = 0;
  return defer(() => (attempts++ ? done : fail));
};

/** An option that is a duration. */
interface Duration {
  readonly name: string;
  /**
   * Calls the function with the option, and gives what emits, completes or fails once the duration has
   * passed, and not before.
   */
  readonly use: (ms: number, scheduler?: SchedulerLike) => Observable<unknown>;
}

const durations: readonly Duration[] = [
  {
    name: 'timeoutChat firstChunk',
    use: (firstChunk, scheduler) => silent.pipe(timeoutChat({ firstChunk, scheduler })),
  },
  {
    name: 'timeoutChat idle',
    use: (idle, scheduler) => hello.pipe(timeoutChat({ idle, scheduler }), skip(1)),
  },
  {
    name: 'timeoutChat total',
    use: (total, scheduler) => silent.pipe(timeoutChat({ total, scheduler })),
  },
  {
    name: 'retryChat delay',
    use: (delay, scheduler) => failsOnce().pipe(retryChat({ count: 1, delay, scheduler })),
  },
  {
    name: 'backoff initial',
    use: (initial, scheduler) => {
      const delay = backoff({ initial, max: Infinity, random: () => 1 });
      return failsOnce().pipe(retryChat({ count: 1, delay, scheduler }));
    },
  },
  {
    name: 'backoff max',
    use: (max, scheduler) => {
      const delay = backoff({ initial: Infinity, max, random: () => 1 });
      return failsOnce().pipe(retryChat({ count: 1, delay, scheduler }));
    },
  },
  {
    name: 'shareChat resetOnRefCountZero',
    use: (resetOnRefCountZero, scheduler) => {
      const operator = shareChat<ChatChunk>({ resetOnRefCountZero, scheduler });
      return new Observable((subscriber) => {
        const source = new Observable<ChatChunk>(() => () => {
          subscriber.next(0);
        });
        source.pipe(operator).subscribe().unsubscribe();
      });
    },
  },
  {
    name: 'raceChat after',
    use: (after, scheduler) => raceChat([silent, done], { after, scheduler }),
  },
  {
    name: 'bufferForUi every',
    use: (every, scheduler) => hello.pipe(bufferForUi({ every, scheduler })),
  },
];

/** Options that are durations, but of what else happens too: they are only called. */
const calls: readonly { readonly name: string; readonly call: (value: number) => unknown }[] = [
  ...durations.map(({ name, use }) => ({ name, call: use })),
  { name: 'bufferForUi maxHold', call: (maxHold) => bufferForUi({ by: 'word', maxHold }) },
  { name: 'bufferForUi pace.maxLag', call: (maxLag) => bufferForUi({ pace: { maxLag } }) },
  { name: 'partialJson every', call: (every) => partialJson({ every }) },
  {
    name: 'createConversation every',
    call: (every) => createConversation({ model: 'qwen3', client, every }),
  },
  { name: 'toSse heartbeat', call: (heartbeat) => toSse({ heartbeat }) },
  {
    name: 'runTools toolTimeout',
    call: (toolTimeout) => runTools({ model: 'qwen3' }, { tools: [], toolTimeout }, { client }),
  },
];

const counts: readonly {
  readonly name: string;
  readonly call: (value: number) => unknown;
  readonly least: number;
}[] = [
  { name: 'retryChat count', call: (count) => retryChat({ count }), least: 0 },
  {
    name: 'runTools maxSteps',
    call: (maxSteps) => runTools({ model: 'qwen3' }, { tools: [], maxSteps }, { client }),
    least: 1,
  },
  {
    name: 'runTools concurrency',
    call: (concurrency) => runTools({ model: 'qwen3' }, { tools: [], concurrency }, { client }),
    least: 1,
  },
  {
    name: 'toResponse maxBuffered',
    call: (maxBuffered) => toResponse(silent, { maxBuffered }),
    least: 0,
  },
  { name: 'sse retry', call: (retry) => toSse({ retry }), least: 0 },
  {
    name: 'fromOllamaEmbed batchSize',
    call: (batchSize) => fromOllamaEmbed({ model: 'all-minilm', input: 'Hi' }, { batchSize }),
    least: 1,
  },
  {
    name: 'fromOllamaEmbed concurrency',
    call: (concurrency) => fromOllamaEmbed({ model: 'all-minilm', input: 'Hi' }, { concurrency }),
    least: 1,
  },
];

const nameOf = (name: string): string => name.split(' ')[1] ?? '';

describe.each(durations)('the duration of $name', ({ use }) => {
  it.each([0, 1, 2 ** 31 - 1, 2 ** 31, 1e12])('of %d ms passes after %d ms', (ms) => {
    const scheduler = new VirtualTimeScheduler();
    let at: number | undefined;
    const note = () => (at ??= scheduler.frame);
    const subscription = use(ms, scheduler).subscribe({ next: note, error: note, complete: note });
    scheduler.flush();
    expect(at).toBe(ms);
    subscription.unsubscribe();
    expect(scheduler.actions).toEqual([]);
  });

  it('of Infinity never passes, and sets no timer', () => {
    const scheduler = new VirtualTimeScheduler();
    const log: unknown[] = [];
    const note = () => log.push(scheduler.frame);
    const subscription = use(Infinity, scheduler).subscribe({
      next: note,
      error: note,
      complete: note,
    });
    expect(scheduler.actions).toEqual([]);
    scheduler.flush();
    subscription.unsubscribe();
    expect(log).toEqual([]);
  });

  describe('on real timers', () => {
    beforeEach(() => {
      jest.useFakeTimers();
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    it.each([2 ** 31, 1e12, Infinity])('of %d ms has not passed after a week', (ms) => {
      const log: unknown[] = [];
      const timers = jest.spyOn(globalThis, 'setInterval');
      const note = () => log.push(ms);
      const subscription = use(ms).subscribe({ next: note, error: note, complete: note });
      jest.advanceTimersByTime(604_800_000);
      expect(log).toEqual([]);
      const set = timers.mock.calls.map(([, delay]) => delay ?? 0);
      expect(Math.max(0, ...set)).toBeLessThan(2 ** 31);
      subscription.unsubscribe();
    });
  });
});

describe.each(calls)('the option of $name', ({ name, call }) => {
  it.each([NaN, -1, -0.1, -Infinity])('is refused when the function is called: %d', (value) => {
    expect(() => call(value)).toThrow(
      new RangeError(
        `${nameOf(name)} is ${String(value)}. Set it to a number of ms from 0 to Infinity, or omit it.`,
      ),
    );
    expect(() => call(value)).toThrow(RangeError);
  });

  it.each(['10s', null, {}])('is refused where there are no types: %p', (value) => {
    expect(() => call(value as unknown as number)).toThrow(Error);
  });

  it.each([0, 1.5, 2 ** 31, 1e12, Infinity, undefined])('may be %d', (value) => {
    expect(() => call(value as unknown as number)).not.toThrow();
  });
});

describe.each(counts)('the count of $name', ({ name, call, least }) => {
  it.each([NaN, -1, 1.5, -Infinity])('is refused when the function is called: %d', (value) => {
    const expected = new RangeError(
      `${nameOf(name)} is ${String(value)}. Set it to a whole number from ${String(least)}, or to Infinity.`,
    );
    expect(() => call(value)).toThrow(expected);
    expect(() => call(value)).toThrow(RangeError);
  });

  it(`may be ${String(least)}, 2 ** 31, 1e12 and Infinity, and no less`, () => {
    for (const value of [least, 2 ** 31, 1e12, Infinity]) expect(() => call(value)).not.toThrow();
    expect(() => call(least - 1)).toThrow(RangeError);
  });
});

describe('the speed of replayChat', () => {
  it.each([0, NaN, -1, -Infinity])('is refused when it is called: %d', (speed) => {
    expect(() => replayChat('', { speed })).toThrow(
      new RangeError(`speed is ${String(speed)}. Set it to a number above 0, or to Infinity.`),
    );
  });

  it.each([Number.MIN_VALUE, 0.001, 2 ** 31, 1e12, Infinity, undefined])('may be %d', (speed) => {
    expect(() => replayChat('', { speed })).not.toThrow();
  });

  it('may make a time that never comes', () => {
    const scheduler = new VirtualTimeScheduler();
    const log: unknown[] = [];
    const lines = [
      '{"format":"rxjs-ollama-recording","version":1}',
      JSON.stringify({ at: 5, chunk: chunk.done() }),
      '{"at":5,"end":"complete"}',
    ];
    replayChat(lines, { speed: Number.MIN_VALUE, scheduler }).subscribe((each) => log.push(each));
    scheduler.flush();
    expect(log).toEqual([]);
  });
});

describe('backoff', () => {
  it('is a number of ms for every attempt', () => {
    for (const initial of [0, 1, 1e12, Infinity]) {
      for (const attempt of [1, 2, 100, 1_000, 2_000, 1e9]) {
        const ms = backoff({ initial, max: 30_000 })(undefined, attempt);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(30_000);
      }
    }
  });
});

describe('wait', () => {
  it('chains timers without a deep stack', () => {
    const scheduler = new VirtualTimeScheduler();
    let at: number | undefined;
    wait(2 ** 46 + 3, scheduler).subscribe({
      next: () => (at = scheduler.frame),
      complete: () => (at = scheduler.frame),
    });
    scheduler.flush();
    expect(at).toBe(2 ** 46 + 3);
  });

  it('stops at any timer of its chain', () => {
    const scheduler = new VirtualTimeScheduler();
    const subscription = wait(2 ** 33, scheduler).subscribe();
    scheduler.maxFrames = 2 ** 32;
    scheduler.flush();
    subscription.unsubscribe();
    expect(scheduler.actions).toEqual([]);
  });
});
