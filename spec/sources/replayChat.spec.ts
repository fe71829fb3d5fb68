import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import {
  EMPTY,
  NEVER,
  VirtualTimeScheduler,
  concat,
  concatMap,
  concatWith,
  delay,
  from,
  map,
  of,
  take,
  tap,
  throwError,
  type Observable,
  type ObservableNotification,
} from 'rxjs';
import { createMessage } from '../../lib/core/message/message.js';
import type { Recording } from '../../lib/core/recording.js';
import { OllamaProtocolError, OllamaTruncatedError } from '../../lib/errors.js';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { recordChat } from '../../lib/operators/recordChat.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { replayChat, type ReplayChatOptions } from '../../lib/sources/replayChat.js';
import { chunk } from '../../lib/testing/index.js';
import { scriptedClient } from '../../lib/testing/scriptedClient.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';
import { ask, listen, start } from './support.js';

const { answer, done, thinking, toolCall } = chunk;

const chunks = { a: answer('Hel'), b: answer('lo'), c: answer('!'), d: done() };

const header = '{"format":"rxjs-ollama-recording","version":1}';
const chunkAt = (at: number, chunk: ChatChunk): string => JSON.stringify({ at, chunk });
const completeAt = (at: number): string => JSON.stringify({ at, end: 'complete' });
/** What `--a---b-(d|)` is recorded as. */
const recording = [
  header,
  chunkAt(2, chunks.a),
  chunkAt(6, chunks.b),
  chunkAt(8, chunks.d),
  completeAt(8),
];

type Log = (ObservableNotification<ChatChunk> & { readonly time: number })[];

/** Everything that comes, and when, until nothing more happens; then leaves. */
function observe(create: (scheduler: VirtualTimeScheduler) => Observable<ChatChunk>): Log {
  const scheduler = new VirtualTimeScheduler();
  const log: Log = [];
  const subscription = create(scheduler).subscribe({
    next: (value) => log.push({ time: scheduler.now(), kind: 'N', value }),
    error: (error: unknown) => log.push({ time: scheduler.now(), kind: 'E', error }),
    complete: () => log.push({ time: scheduler.now(), kind: 'C' }),
  });
  scheduler.flush();
  subscription.unsubscribe();
  return log;
}

/** Everything that comes synchronously. */
function collect(given: Recording, options: ReplayChatOptions): unknown[] {
  const log: unknown[] = [];
  replayChat(given, options).subscribe({
    next: (chunk) => log.push(chunk),
    error: (error: unknown) => log.push(error),
    complete: () => log.push('complete'),
  });
  return log;
}

describe('replayChat', () => {
  // prettier-ignore
  it('takes the lines of a recording, or their text', marbles((m) => {
    const expected = '  --a---b-(d|)';
    m.expect(replayChat(recording)).toBeObservable(expected, chunks);
    m.expect(replayChat(recording.join('\n'))).toBeObservable(expected, chunks);
  }));

  // prettier-ignore
  it('plays at the recorded pace, faster, slower, or all at once', diagram('replayChat', (m) => {
    const recorded = '  --a---b-(d|)';
    const faster = '    -a-b(d|)';
    const slower = '    ----a-------b---(d|)';
    const atOnce = '    (abd|)';
    const slowly = [header, chunkAt(20, chunks.a), chunkAt(60, chunks.b), chunkAt(80, chunks.d), completeAt(80)];
    m.expect(replayChat(slowly)).toBeObservable(recorded, chunks);
    m.expect(replayChat(slowly, { speed: 2 })).toBeObservable(faster, chunks);
    m.expect(replayChat(slowly, { speed: 0.5 })).toBeObservable(slower, chunks);
    m.expect(replayChat(slowly, { speed: Infinity })).toBeObservable(atOnce, chunks);
    return {
      call: 'replayChat(recording, { speed })',
      results: { 'speed: 1': recorded, 'speed: 2': faster, 'speed: 0.5': slower, 'speed: Infinity': atOnce },
    };
  }));

  // prettier-ignore
  it('begins at the beginning for each subscriber', marbles((m) => {
    const result = replayChat(recording);
    m.expect(result).toBeObservable('              --a---b-(d|)', chunks);
    m.expect(result, '---^').toBeObservable('      -----a---b-(d|)', chunks);
  }));

  // prettier-ignore
  it('stops when the consumer leaves', marbles((m) => {
    m.expect(replayChat(recording), '^----!').toBeObservable('--a---', chunks);
  }));

  // prettier-ignore
  it('fails as the chat did, with the message so far', marbles((m) => {
    const error = { name: 'OllamaConnectionError', message: 'reset' };
    const end = { at: 5, end: 'error', error: { ...error, code: 'connection' } };
    const failing = [...recording.slice(0, 2), JSON.stringify(end)];
    const expected = '  --a--#';
    m.expect(replayChat(failing)).toBeObservable(expected, chunks, error);
    m.flush();
    expect(collect(failing, { speed: Infinity })).toEqual([
      chunks.a,
      expect.objectContaining({ ...end.error, partial: { role: 'assistant', content: 'Hel' } }),
    ]);
  }));

  // prettier-ignore
  it('is silent in the end if the chat was left', marbles((m) => {
    const left = [...recording.slice(0, 3), '{"at":7,"end":"left"}'];
    m.expect(replayChat(left), '    30ms !').toBeObservable('--a---b', chunks);
  }));

  // prettier-ignore
  it('plays what is due at one time at once', marbles((m) => {
    const { a, b, c } = chunks;
    const burst = [header, chunkAt(1, a), chunkAt(1, b), chunkAt(6, c), chunkAt(5, b), completeAt(6)];
    m.expect(replayChat(burst)).toBeObservable('  -(ab)-(cb|)', chunks);
  }));

  // prettier-ignore
  it('is a source for a client without a server', marbles((m) => {
    const client = scriptedClient(replayChat(recording));
    const result = fromOllamaChat({ model: 'any' }, { client }).pipe(
      accumulateMessage(),
      map(({ content }) => content),
    );
    m.expect(result).toBeObservable('  --x---y-(y|)', { x: 'Hel', y: 'Hello' });
  }));

  // prettier-ignore
  it('fails right after the chunk before a malformed line', marbles((m) => {
    const cut = [...recording.slice(0, 2), '{"at":6,"chu'];
    const error = { name: 'OllamaProtocolError', message: 'Line 3 of the recording is not JSON.' };
    m.expect(replayChat(cut)).toBeObservable('     --(a#)', chunks, error);
    m.expect(replayChat([])).toBeObservable('      #', chunks, {
      name: 'OllamaProtocolError',
      message: 'Line 1 of the recording is missing: the header.',
    });
  }));

  it('gives what was played before a malformed line as partial', () => {
    const [, error] = collect([...recording.slice(0, 2), '{'], { speed: Infinity });
    expect(error).toBeInstanceOf(OllamaProtocolError);
    expect(error).toMatchObject({ line: '{', partial: { role: 'assistant', content: 'Hel' } });
  });

  it('refuses a speed at which it would never come to an end', () => {
    for (const speed of [0, -1, NaN]) {
      expect(() => replayChat(recording, { speed })).toThrow(RangeError);
    }
  });

  it('plays bytes, also for several subscribers', () => {
    const bytes = Buffer.from(recording.join('\n'));
    const expected = [chunks.a, chunks.b, chunks.d, 'complete'];
    expect(collect(bytes, { speed: Infinity })).toEqual(expected);
    expect(collect(new Uint8Array(bytes), { speed: Infinity })).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a number', 5],
    ['a promise', Promise.resolve('')],
    ['lines that are no texts', [header, 5]],
    ['lines that are null', [null]],
  ])('fails with a typed error, in the error channel, on %s', (_, odd) => {
    expect(collect(odd as Recording, { speed: Infinity })).toEqual([
      expect.any(OllamaProtocolError),
    ]);
  });

  it('plays times that one timer can not wait', () => {
    const late = 2 ** 33 + 5;
    const long = [header, chunkAt(2, chunks.a), chunkAt(late, chunks.b), completeAt(late)];
    for (const speed of [0.001, 0.5, 1, 2]) {
      const times = observe((scheduler) => replayChat(long, { speed, scheduler })).map(
        ({ time }) => time,
      );
      expect(times).toEqual([2 / speed, late / speed, late / speed]);
    }
    jest.useFakeTimers();
    const log: unknown[] = [];
    replayChat(long).subscribe((each) => log.push(each));
    jest.advanceTimersByTime(2 ** 31 + 10);
    expect(log).toEqual([chunks.a]);
    jest.useRealTimers();
  });

  it('keeps the recorded pace when the clock of the computer is set', () => {
    const jump = fc.record({ at: fc.nat(100), by: fc.constantFrom(-3_600_000, 3_600_000) });
    const pauses = fc.array(fc.nat(20), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(pauses, fc.array(jump, { maxLength: 4 }), (given, jumps) => {
        const scheduler = new VirtualTimeScheduler();
        let offset = 0;
        scheduler.now = () => scheduler.frame + offset;
        for (const { at, by } of jumps) scheduler.schedule(() => (offset += by), at);
        let at = 0;
        const times = given.map((pause) => (at += pause));
        const lines = [header, ...times.map((time) => chunkAt(time, chunks.a)), completeAt(at)];
        const played: number[] = [];
        replayChat(lines, { scheduler }).subscribe(() => played.push(scheduler.frame));
        scheduler.flush();
        expect(played).toEqual(times);
      }),
    );
  });

  it('keeps the recorded pace when the clock is set while a subscriber is busy', () => {
    for (const by of [-3_600_000, 3_600_000]) {
      const scheduler = new VirtualTimeScheduler();
      let offset = 0;
      scheduler.now = () => scheduler.frame + offset;
      const times: number[] = [];
      replayChat(recording, { scheduler }).subscribe(() => {
        times.push(scheduler.frame);
        offset += by;
      });
      scheduler.flush();
      expect(times).toEqual([2, 6, 8]);
    }
  });

  it('is synchronous at infinite speed, without any timer', () => {
    jest.useFakeTimers();
    expect(collect(recording, { speed: Infinity })).toEqual([
      chunks.a,
      chunks.b,
      chunks.d,
      'complete',
    ]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('plays a long recording without a deep stack', () => {
    const length = 20_000;
    const lines = Array.from({ length }, (_, i) => chunkAt(i, chunks.a));
    const long = [header, ...lines, completeAt(length)];
    expect(collect(long, { speed: Infinity })).toHaveLength(length + 1);
    expect(observe((scheduler) => replayChat(long, { scheduler }))).toHaveLength(length + 1);
  });

  it('reads no more than its consumer takes, and closes what it reads from', () => {
    let lines = 0;
    let closed = false;
    const produce = function* () {
      try {
        for (const line of recording) {
          lines++;
          yield line;
        }
      } finally {
        closed = true;
      }
    };
    const taken: ChatChunk[] = [];
    replayChat(produce(), { speed: Infinity })
      .pipe(take(1))
      .subscribe((chunk) => taken.push(chunk));
    expect(taken).toEqual([chunks.a]);
    expect({ lines, closed }).toEqual({ lines: 2, closed: true });
  });

  it('does nothing until it is subscribed to', () => {
    let read = false;
    const produce = function* () {
      read = true;
      yield* recording;
    };
    const result = replayChat(produce(), { speed: Infinity });
    expect(read).toBe(false);
    result.subscribe();
    expect(read).toBe(true);
  });

  it('takes all time from the given scheduler, and leaves no timer behind', () => {
    jest.useFakeTimers();
    const scheduler = new VirtualTimeScheduler();
    replayChat(recording, { scheduler }).subscribe().unsubscribe();
    expect(scheduler.actions).toEqual([]);
    const log = observe((foreign) => replayChat(recording, { scheduler: foreign }));
    expect(log.map(({ time }) => time)).toEqual([2, 6, 8, 8]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('catches up with a consumer that was busy', () => {
    jest.useFakeTimers();
    const times: number[] = [];
    const start = Date.now();
    const busy = tap<ChatChunk>(() => {
      times.push(Date.now() - start);
      jest.setSystemTime(Date.now() + 5);
    });
    replayChat(recording).pipe(busy).subscribe();
    jest.runAllTimers();
    expect(times).toEqual([2, 7, 12]);
  });

  it('comes to an end at a speed that makes fractions of a ms', () => {
    const log = observe((scheduler) => replayChat(recording, { speed: 7, scheduler }));
    expect(log.map(({ kind }) => kind)).toEqual(['N', 'N', 'N', 'C']);
    expect(log.at(-1)?.time).toBeCloseTo(8 / 7);
  });

  it('waits once for each chunk, though the clock counts whole ms and timers do not', () => {
    const scheduler = new VirtualTimeScheduler();
    scheduler.now = () => Math.floor(scheduler.frame);
    const timers = jest.spyOn(scheduler, 'schedule');
    const played: ChatChunk[] = [];
    replayChat(recording, { speed: 7, scheduler }).subscribe((chunk) => played.push(chunk));
    scheduler.flush();
    expect(played).toEqual([chunks.a, chunks.b, chunks.d]);
    expect(timers).toHaveBeenCalledTimes(3);
  });

  it('plays what becomes due between two looks at the clock', () => {
    const scheduler = new VirtualTimeScheduler();
    let looks = 0;
    scheduler.now = () => looks++;
    const log: unknown[] = [];
    replayChat(recording, { scheduler }).subscribe({
      next: (chunk) => log.push(chunk),
      complete: () => log.push('complete'),
    });
    scheduler.flush();
    expect(log).toEqual([chunks.a, chunks.b, chunks.d, 'complete']);
  });
});

describe('a chat that was recorded', () => {
  it.each<[string, Parameters<typeof start>[0]]>([
    ['ends well', [{ thinking: 'Hm. ' }, 'Hel', 'lo', { done: true, eval_count: 2 }]],
    ['is cut off', ['Hel', 'lo', { fault: 'cut' }]],
    ['is refused', [{ error: 'no such model', status: 404 }]],
    ['fails in mid-stream', ['Hel', { error: 'out of memory' }]],
    ['is no chat', ['Hel', { raw: '<html>\n' }]],
  ])('from a server is replayed as it came, when it %s', async (_, script) => {
    const ollama = await start(script);
    const lines: string[] = [];
    const original = await listen(ask(ollama).pipe(recordChat((line) => lines.push(line))));
    const replayed = await listen(replayChat(lines, { speed: Infinity }));
    expect(replayed).toEqual(original);
    expect({ ...Object(replayed.error) }).toEqual({ ...Object(original.error) });
  });

  it('behind bufferForUi is replayed with the marks of its parts', () => {
    const scheduler = new VirtualTimeScheduler();
    const lines: string[] = [];
    const log: unknown[] = [];
    concat(
      of({ ...answer('Hello, world!'), reset: true as const }),
      of(done()).pipe(delay(50, scheduler)),
    )
      .pipe(
        splitThinking(),
        bufferForUi({ pace: { maxLag: 40 }, every: 10, scheduler }),
        recordChat((line) => lines.push(line), { scheduler }),
      )
      .subscribe((each) => log.push(each));
    scheduler.flush();
    expect(log.length).toBeGreaterThan(3);
    expect(collect(lines, { speed: Infinity })).toEqual([...log, 'complete']);
  });

  const text = fc.string({ unit: 'binary' });
  const chunk: fc.Arbitrary<ChatChunk> = fc.oneof(
    text.map(answer),
    text.map(thinking),
    text.map((name) => toolCall(name, { name })),
  );
  const timed = fc.array(fc.record({ wait: fc.nat(20), chunk }));
  const ending = fc.constantFrom('complete', 'error', 'left');

  it('is replayed with the same chunks at the same times and the same end, by any speed', () => {
    fc.assert(
      fc.property(timed, ending, fc.constantFrom(1, 2, 10, Infinity), (given, how, speed) => {
        const message = createMessage();
        for (const each of given) message.add(each.chunk);
        const partial = given.length ? message.snapshot() : undefined;
        const end = {
          complete: EMPTY,
          error: throwError(() => new OllamaTruncatedError('cut', { partial })),
          left: NEVER,
        }[how];

        const lines: string[] = [];
        const original = observe((scheduler) =>
          from(given).pipe(
            concatMap(({ wait, chunk }) => of(chunk).pipe(delay(wait, scheduler))),
            concatWith(end),
            recordChat((line) => lines.push(line), { scheduler }),
          ),
        );
        const again: string[] = [];
        const replayed = observe((scheduler) =>
          replayChat(lines.join(''), { speed, scheduler }).pipe(
            recordChat((line) => again.push(line), { scheduler }),
          ),
        );
        const expected = original.map((each): object => ({
          ...each,
          time: expect.closeTo(each.time / speed) as unknown,
        }));
        expect(replayed).toEqual(expected);
        if (speed === 1) expect(again).toEqual(lines);
      }),
    );
  });
});
