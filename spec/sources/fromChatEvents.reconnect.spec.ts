import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import {
  VirtualTimeScheduler,
  lastValueFrom,
  tap,
  type SchedulerAction,
  type Subscription,
} from 'rxjs';
import { OllamaHttpError, OllamaProtocolError, OllamaTimeoutError } from '../../lib/errors.js';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { fromChatEvents } from '../../lib/sources/fromChatEvents.js';
import { chunk } from '../../lib/testing/index.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import {
  DONE,
  SSE,
  event,
  events,
  send,
  sendAndBreak,
  sendAndHold,
  startGateway,
} from './gateway.js';
import { forbidConsole, listen, toContents } from './support.js';

const { answer, done } = chunk;

forbidConsole();

/** Says what waits for time. */
class Watched extends VirtualTimeScheduler {
  constructor(readonly onWait: (delay: number) => void) {
    super();
  }

  override schedule<T>(
    work: (this: SchedulerAction<T>, state?: T) => void,
    delay = 0,
    state?: T,
  ): Subscription {
    this.onWait(delay);
    return super.schedule(work, delay, state);
  }
}

/** Waits without chance, and what they were. Time passes as soon as anything waits for it. */
function hurry(count?: number) {
  const waits: number[] = [];
  const scheduler = new Watched((ms) => {
    waits.push(ms);
    queueMicrotask(() => {
      scheduler.flush();
    });
  });
  const delay = { initial: 100, max: 1000, random: () => 1 };
  return { waits, options: { scheduler, reconnect: { count, delay } } };
}

const [a, b, c, final] = [answer('a'), answer('b'), answer('c'), done()];
const NDJSON = { 'Content-Type': 'application/x-ndjson' };
const RUN = { ...SSE, 'X-Run-Id': 'r1', 'Content-Location': '/runs/r1/events' };

describe('fromChatEvents, when the connection breaks', () => {
  it('continues after the last event, as often as it takes', async () => {
    const { url, requests } = await startGateway(
      sendAndBreak(events([a])),
      sendAndBreak(events([b], undefined, 2)),
      send(events([c, final], DONE, 3)),
    );
    const { waits, options } = hurry();
    const { values, error } = await listen(fromChatEvents(url, options));
    expect(error).toBeUndefined();
    expect(toContents(values)).toEqual(['a', 'b', 'c', '']);
    expect(requests.map(({ headers }) => headers['last-event-id'])).toEqual([
      undefined,
      '1-1',
      '1-2',
    ]);
    // Each request delivered something, so the waits don't grow.
    expect(waits).toEqual([100, 100]);
  });

  it('continues after an end without a terminal event', async () => {
    const { url } = await startGateway(send(events([a])), send(events([final], DONE, 2)));
    const { values, error } = await listen(fromChatEvents(url, hurry().options));
    expect([toContents(values), error]).toEqual([['a', ''], undefined]);
  });

  it('gives up after `count` requests in a row, with the error of the last one', async () => {
    const { url, requests } = await startGateway(sendAndBreak(events([a])), send([], {}, 503));
    const { waits, options } = hurry(3);
    const { values, error } = await listen(fromChatEvents(url, options));
    expect(toContents(values)).toEqual(['a']);
    expect(error).toBeInstanceOf(OllamaHttpError);
    expect(error).toMatchObject({ status: 503, partial: { content: 'a' } });
    expect(requests).toHaveLength(4);
    expect(waits).toEqual([100, 200, 400]);
  });

  it('continues with another attempt of the server, whose first chunk has `reset`', async () => {
    const again = [
      event('chunk', { ...answer('X'), reset: true }, '2-1'),
      event('chunk', final, '2-2'),
      event('done', DONE, '2-3'),
    ];
    const { url } = await startGateway(sendAndBreak(events([a, b])), send(again));
    const message$ = fromChatEvents(url, hurry().options).pipe(accumulateMessage());
    expect((await lastValueFrom(message$)).content).toBe('X');
  });

  it.each([
    ['401', 401],
    ['403', 403],
    ['404', 404],
    ['410', 410],
    ['400', 400],
  ])('is over after HTTP %s', async (_, status) => {
    const { url, requests } = await startGateway(
      sendAndBreak(events([a])),
      send(['{"error":"no"}'], {}, status),
    );
    const { error } = await listen(fromChatEvents(url, hurry().options));
    expect(error).toMatchObject({ code: 'http', status, partial: { content: 'a' } });
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['fails where the answer is not complete', [a], 'truncated'],
    ['completes where the final chunk had come', [a, final], undefined],
  ])('after HTTP 204 %s', async (_, values, code) => {
    const { url, requests } = await startGateway(sendAndBreak(events(values)), send([], {}, 204));
    const heard = await listen(fromChatEvents(url, hurry().options));
    expect(heard.values).toEqual(values);
    expect((heard.error as { code?: string } | undefined)?.code).toBe(code);
    if (code) {
      const why = 'The server has no more events, and the answer has no end.';
      expect(heard.error).toMatchObject({ message: why, partial: { content: 'a' } });
    }
    expect(requests).toHaveLength(2);
  });

  it('fails where a run has no `finish`, though a step has its final chunk', async () => {
    const step = { type: 'chunk', step: 1, chunk: final };
    const { url } = await startGateway(sendAndBreak(events([step])), send([], {}, 204));
    const { error } = await listen(fromChatEvents(url, hurry().options));
    expect(error).toMatchObject({ code: 'truncated' });
  });

  it('completes after HTTP 204 where the `finish` of a run had come', async () => {
    const finish = { type: 'finish', step: 1, reason: 'answer', messages: [], statistics: {} };
    const { url } = await startGateway(sendAndBreak(events([finish])), send([], {}, 204));
    const { values, error } = await listen(fromChatEvents<ToolRunEvent>(url, hurry().options));
    expect([values, error]).toEqual([[finish], undefined]);
  });

  it('fails with what had come of a run', async () => {
    const values = [a, b].map((chunk) => ({ type: 'chunk', step: 1, chunk }));
    const { url } = await startGateway(sendAndBreak(events(values)), send([], {}, 404));
    const { error } = await listen(fromChatEvents(url, hurry().options));
    expect(error).toMatchObject({ code: 'http', partial: { content: 'ab' } });
  });

  it('fails with what had come where the next answer has another type', async () => {
    const { url } = await startGateway(
      sendAndBreak(events([a, b])),
      send(['<p>Sign in</p>'], { 'Content-Type': 'text/html' }),
    );
    const { error } = await listen(fromChatEvents(url, hurry().options));
    expect(error).toMatchObject({ code: 'protocol', line: '', partial: { content: 'ab' } });
  });

  it('begins again without ids where only events of other names had come', async () => {
    const { url } = await startGateway(
      sendAndBreak([event('queue', { place: 2 })]),
      send([event('chunk', a), event('chunk', final), event('done', DONE)]),
    );
    const { values, error } = await listen(fromChatEvents(url, hurry().options));
    expect([toContents(values), error]).toEqual([['a', ''], undefined]);
  });

  it('does not ask again after a line of an error, whatever it says', async () => {
    const lines = ['{"error":"llama runner process has terminated"}\n'];
    const { url, requests } = await startGateway(send(lines, NDJSON));
    const { error } = await listen(fromChatEvents(url, hurry().options));
    expect(error).toMatchObject({ code: 'stream' });
    expect(requests).toHaveLength(1);
  });

  it('never doubles a text: a server that starts over is refused', async () => {
    const { url, requests } = await startGateway(
      sendAndBreak(events([a, b])),
      send(events([a, b, final], DONE)),
    );
    const { values, error } = await listen(fromChatEvents(url, hurry().options));
    expect(toContents(values)).toEqual(['a', 'b']);
    expect(error).toBeInstanceOf(OllamaProtocolError);
    expect(requests).toHaveLength(2);
  });

  it('can not continue without ids, but begins again while nothing has come', async () => {
    const lines = [a, final, DONE].map((value) => `${JSON.stringify(value)}\n`);
    const { url, requests } = await startGateway(
      sendAndBreak(['\n'], NDJSON),
      sendAndBreak(lines.slice(0, 1), NDJSON),
      send(lines, NDJSON),
    );
    const { values, error } = await listen(fromChatEvents(url, hurry().options));
    expect(toContents(values)).toEqual(['a']);
    expect(error).toMatchObject({ code: 'connection', partial: { content: 'a' } });
    expect(requests).toHaveLength(2);
  });

  it('does not ask again after `failed`, whatever its code', async () => {
    const failed = event('failed', { code: 'connection', message: 'No model.' }, '1-2');
    const { url, requests } = await startGateway(send([...events([a]), failed]));
    const { error } = await listen(fromChatEvents(url, hurry().options));
    expect(error).toMatchObject({ code: 'connection', message: 'No model.' });
    expect(requests).toHaveLength(1);
  });

  it('does not ask again after unsubscribing, and leaves no timer', async () => {
    const { url, requests } = await startGateway(sendAndBreak(events([a])));
    let onWait: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      onWait = resolve;
    });
    const scheduler = new Watched(onWait);
    const subscription = fromChatEvents(url, { scheduler }).subscribe();
    await waiting;
    subscription.unsubscribe();
    scheduler.flush();
    expect(scheduler.now()).toBe(0);
    expect(requests).toHaveLength(1);
  });
});

describe('the wait of fromChatEvents', () => {
  it.each([
    ['`closing`', send([...events([a]), event('closing', { retry: 1500 })]), 1500],
    ['`retry`', sendAndBreak(['retry: 700\n\n', ...events([a])]), 700],
    [
      '`closing`, 10 minutes at most',
      send([...events([a]), event('closing', { retry: 1e12 })]),
      600_000,
    ],
  ])('is at least that of %s', async (_, first, ms) => {
    const { url } = await startGateway(first, send(events([final], DONE, 2)));
    const { waits, options } = hurry();
    const { values, error } = await listen(fromChatEvents(url, options));
    expect([toContents(values), error, waits]).toEqual([['a', ''], undefined, [ms]]);
  });

  it('is at least that of `Retry-After`', async () => {
    const { url } = await startGateway(
      send([], { 'Retry-After': '3' }, 503),
      send(events([final], DONE)),
    );
    const { waits, options } = hurry();
    expect((await listen(fromChatEvents(url, options))).error).toBeUndefined();
    expect(waits).toEqual([3000]);
  });
});

describe('a POST of fromChatEvents', () => {
  const post = (url: string) =>
    new Request(`${url}/chat`, {
      method: 'POST',
      body: 'Hi',
      headers: { Authorization: 'Bearer s3cr3t-key', 'Content-Type': 'text/plain' },
    });

  it.each([
    ['whose connection broke', sendAndBreak(events([a]))],
    ['that is not answered', sendAndBreak([])],
    ['that is refused for now', send([], {}, 503)],
  ])('is never sent again: one %s', async (_, answered) => {
    const { url, requests } = await startGateway(answered);
    const { error } = await listen(fromChatEvents(post(url), hurry().options));
    expect(error).toBeDefined();
    expect(requests).toHaveLength(1);
  });

  it('is continued at the events of the run that its answer names', async () => {
    const { url, requests } = await startGateway(
      sendAndBreak(events([a]), RUN),
      sendAndBreak(events([b], undefined, 2), SSE),
      send(events([final], DONE, 3), SSE),
    );
    const { values, error } = await listen(fromChatEvents(post(url), hurry().options));
    expect([toContents(values), error]).toEqual([['a', 'b', ''], undefined]);
    const headers = { authorization: 'Bearer s3cr3t-key' };
    expect(requests).toMatchObject([
      { method: 'POST', url: '/chat', headers },
      { method: 'GET', url: '/runs/r1/events', headers: { ...headers, 'last-event-id': '1-1' } },
      { method: 'GET', url: '/runs/r1/events', headers: { ...headers, 'last-event-id': '1-2' } },
    ]);
    expect(requests[1]?.headers).not.toHaveProperty('content-type');
    expect(requests[1]?.body).toBe('');
  });

  it('is read from the start where nothing had come', async () => {
    const { url, requests } = await startGateway(
      sendAndBreak([': open\n\n'], RUN),
      send(events([a, final], DONE)),
    );
    const { values } = await listen(fromChatEvents(post(url), hurry().options));
    expect(toContents(values)).toEqual(['a', '']);
    expect(requests[1]?.headers).not.toHaveProperty('last-event-id');
  });

  it('is continued for a Response as well', async () => {
    const { url, requests } = await startGateway(
      sendAndBreak(events([a]), RUN),
      send(events([final], DONE, 2)),
    );
    const response = await fetch(post(url));
    const { values, error } = await listen(fromChatEvents(response, hurry().options));
    expect([toContents(values), error]).toEqual([['a', ''], undefined]);
    expect(requests[1]).toMatchObject({ method: 'GET', url: '/runs/r1/events' });
  });

  it.each([
    ['at another origin, which must not get the headers', 'http://127.0.0.1:1/runs/r1', 'r1'],
    ['that is not an address', 'http://', 'r1'],
    ['without the id of a run', '/runs/r1/events', ''],
  ])('is not continued %s', async (_, location, id) => {
    const headers = { ...SSE, 'X-Run-Id': id, 'Content-Location': location };
    const { url, requests } = await startGateway(sendAndBreak(events([a]), headers));
    const { waits, options } = hurry();
    expect((await listen(fromChatEvents(post(url), options))).error).toBeDefined();
    expect([requests.length, waits]).toEqual([1, []]);
  });
});

describe('idle of fromChatEvents', () => {
  /** Lets all time pass when the first chunk has come. */
  const passTime = (scheduler: VirtualTimeScheduler) => () => {
    if (!scheduler.frame) {
      queueMicrotask(() => {
        scheduler.flush();
      });
    }
  };

  it('makes a silent connection a broken one, and continues', async () => {
    const { url, requests } = await startGateway(
      sendAndHold(events([a])),
      send(events([final], DONE, 2)),
    );
    const scheduler = new VirtualTimeScheduler();
    const chat = fromChatEvents(url, { scheduler, idle: 45_000 });
    const { values, error } = await listen(chat.pipe(tap(passTime(scheduler))));
    expect([toContents(values), error]).toEqual([['a', ''], undefined]);
    expect(scheduler.now()).toBeGreaterThan(45_000);
    expect(await requests[0]?.closed).toBe('left');
  });

  it('fails where it can not continue', async () => {
    const { url } = await startGateway(sendAndHold(events([a])));
    const scheduler = new VirtualTimeScheduler();
    const chat = fromChatEvents(url, { scheduler, idle: 45_000, reconnect: false });
    const { error } = await listen(chat.pipe(tap(passTime(scheduler))));
    expect(scheduler.now()).toBe(45_000);
    expect(error).toBeInstanceOf(OllamaTimeoutError);
    expect(error).toMatchObject({
      message: 'Nothing came within 45000 ms (idle).',
      kind: 'idle',
      partial: { content: 'a' },
    });
  });

  it('ends with the answer, though the server leaves the response open', async () => {
    const { url } = await startGateway(sendAndHold(events([a, final], DONE)));
    const { values, error } = await listen(fromChatEvents(url, { idle: 20 }));
    expect([toContents(values), error]).toEqual([['a', ''], undefined]);
  });

  it('leaves no timer after a response that came too late', async () => {
    const scheduler = new VirtualTimeScheduler();
    let answerLate: (response: Response) => void = () => undefined;
    let subscription: Subscription | undefined;
    await new Promise<void>((leave) => {
      const fetch = () =>
        new Promise<Response>((resolve) => {
          answerLate = resolve;
          leave();
        });
      const chat = fromChatEvents('http://127.0.0.1:1', { fetch, idle: 1000, scheduler });
      subscription = chat.subscribe();
    });
    subscription?.unsubscribe();
    const cancelled = new Promise<void>((cancel) => {
      answerLate(new Response(new ReadableStream({ cancel }), { headers: SSE }));
    });
    await cancelled;
    expect(scheduler.actions).toEqual([]);
  });

  it('listens to the signal of a Request no longer than it is subscribed to', async () => {
    const { url } = await startGateway(send(events([a, final], DONE)));
    const { signal } = new AbortController();
    const request = new Request(url, { signal });
    await listen(fromChatEvents(request));
    expect(getEventListeners(request.signal, 'abort')).toEqual([]);
  });

  it('starts again with each heartbeat', async () => {
    /** Called when the reader sets a timer. */
    let onTimer: () => void = () => undefined;
    const scheduler = new Watched(() => {
      onTimer();
    });
    let beat: () => void = () => undefined;
    const { url, requests } = await startGateway((response) => {
      response.writeHead(200, SSE).write(events([a]).join(''));
      beat = () => response.write(': hb\n\n');
    });
    const log: string[] = [];
    const pass = (ms: number): void => {
      scheduler.maxFrames = scheduler.frame + ms;
      scheduler.flush();
      scheduler.frame = scheduler.maxFrames;
    };
    const timerSet = () =>
      new Promise<void>((resolve) => {
        onTimer = resolve;
      });
    const first = timerSet();
    const chunkCame = new Promise<void>((resolve) => {
      fromChatEvents(url, {
        idle: 1000,
        reconnect: false,
        scheduler,
      }).subscribe({
        next: () => {
          log.push('chunk');
          resolve();
        },
        error: () => log.push('error'),
      });
    });
    await first;
    await chunkCame;
    for (let n = 0; n < 3; n++) {
      pass(900);
      const again = timerSet();
      beat();
      await again;
    }
    expect(log).toEqual(['chunk']);
    pass(1000);
    expect(log).toEqual(['chunk', 'error']);
    expect(await requests[0]?.closed).toBe('left');
  });
});
