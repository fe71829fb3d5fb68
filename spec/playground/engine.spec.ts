import { describe, expect, it } from '@jest/globals';
import {
  NEVER,
  asyncScheduler,
  interval,
  map,
  merge,
  of,
  range,
  take,
  takeUntil,
  timer,
  type Observable,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { timeoutChat } from '../../lib/operators/timeoutChat.js';
import { chunk, marbleChat } from '../../lib/testing/index.js';
import { MAX_EVENTS } from '../../site/playground/engine/limits.js';
import { play } from '../../site/playground/engine/play.js';
import type { Line, Played, Track } from '../../site/playground/engine/played.js';
import { parseScript } from '../../site/playground/script.js';

const { answer, done } = chunk;

const line = (texts: readonly string[], pace = 10): Line => ({
  events: [...texts.map(answer), done()].map((value, n) => ({ at: (n + 1) * pace, value })),
  end: { at: (texts.length + 1) * pace },
});

const pipe =
  (...operators: Parameters<Track>[1]) =>
  (sources: Readonly<Record<string, Observable<never>>>, track: Track) =>
    track(sources['source$'] ?? NEVER, operators);

const toTimes = ({ results: [result] }: Played) =>
  result?.events.map((event) => [event.at, event.end ?? event.value]);

describe('the engine of the playground', () => {
  it('records what each operator emits, when it is subscribed to, and which timers it starts', () => {
    const { inputs, stages, results } = play(
      { source$: [line(['<thi', 'nk>Hm</think>', 'Hel', 'lo'])] },
      pipe(
        ['splitThinking()', splitThinking()],
        ['bufferForUi({ every: 15 })', bufferForUi({ every: 15 })],
        ['accumulateMessage()', accumulateMessage()],
      ),
    );
    expect(stages.map(({ label, events }) => [label, events.map(({ at }) => at)])).toEqual([
      ['splitThinking()', [20, 30, 40, 50, 50]],
      ['bufferForUi({ every: 15 })', [35, 35, 50, 50, 50]],
      ['accumulateMessage()', [35, 35, 50, 50, 50]],
    ]);
    expect(stages.map(({ spans }) => spans)).toEqual(Array(3).fill([{ from: 0, to: 50 }]));
    expect(stages.map(({ clocks }) => clocks.filter(({ from, to }) => to > from))).toEqual([
      [],
      [
        { from: 20, to: 35, ms: 15, fired: true },
        { from: 40, to: 50, ms: 15, fired: false },
      ],
      [],
    ]);
    expect(inputs).toEqual({ source$: [{ from: 0, to: 50, line: 0 }] });
    expect(results[0]?.events.at(-2)).toEqual({
      at: 50,
      value: { role: 'assistant', content: 'Hello', thinking: 'Hm' },
    });
  });

  it('gives each subscription a line of its own, and the last one again and again', () => {
    const fails: Line = { events: [], end: { at: 10, error: new Error('no') } };
    const ends: Line = { events: [{ at: 5, value: 'a' }], end: { at: 5 } };
    const played = play({ source$: [fails, ends] }, ({ source$ = NEVER }) =>
      source$.pipe(takeUntil(timer(4))),
    );
    expect(played.inputs).toEqual({ source$: [{ from: 0, to: 4, line: 0 }] });
    const twice = play({ source$: [fails, ends] }, ({ source$ = NEVER }) =>
      merge(source$, source$, source$),
    );
    expect(twice.inputs['source$']?.map((run) => run.line)).toEqual([0, 1, 1]);
  });

  it('unsubscribes everything at the time of the consumer', () => {
    const { inputs, stages } = play(
      { source$: [line(['a', 'b', 'c'])] },
      pipe(['bufferForUi({ every: 50 })', bufferForUi({ every: 50 })]),
      25,
    );
    expect(inputs).toEqual({ source$: [{ from: 0, to: 25, line: 0 }] });
    expect(stages[0]).toMatchObject({ events: [], spans: [{ from: 0, to: 25 }] });
    expect(stages[0]?.clocks).toEqual([{ from: 10, to: 25, ms: 50, fired: false }]);
  });

  it.each(['-t-u--a-b-(d|)', '--a---b----c-#', '-(tuab)-----------c--d|', 'a-b 80ms c'])(
    'emits the same as the TestScheduler, also where a timer is due with a chunk: %s',
    (marbles) => {
      const chat = marbleChat(marbles);
      const { inputs } = parseScript({ marbles, letters: '', frame: 1 });
      for (const operator of [bufferForUi({ every: 4 }), timeoutChat({ idle: 4 })]) {
        const wanted: unknown[] = [];
        const scheduler = new TestScheduler(() => undefined);
        scheduler.run(({ cold }) => {
          cold(...chat)
            .pipe(operator)
            .subscribe({
              next: (value) => wanted.push([scheduler.now(), value]),
              error: () => wanted.push([scheduler.now(), 'error']),
              complete: () => wanted.push([scheduler.now(), 'complete']),
            });
        });
        expect(toTimes(play(inputs, pipe(['it', operator as never])))).toEqual(wanted);
      }
    },
  );

  it('lets a synchronous source stop when the consumer has enough', () => {
    let taken = 0;
    const endless$ = range(0, 1e9).pipe(map((n) => (taken = n)));
    const { stages } = play({}, (_, track) => track(endless$ as never, [['take(3)', take(3)]]));
    expect(stages[0]?.events).toHaveLength(4);
    expect(taken).toBe(2);
  });

  it('ends what never ends after a minute', () => {
    const { results, isCut } = play({}, () => interval(1000));
    expect(results[0]?.events).toHaveLength(60);
    expect(isCut).toBe(true);
  });

  it('ends after so many events, though they come synchronously', () => {
    const { results, isCut } = play({}, () => range(0, 1e9));
    expect(results[0]?.events).toHaveLength(MAX_EVENTS);
    expect(isCut).toBe(true);
  });

  it('has several results by their labels', () => {
    const { results } = play({}, () => ({ one: of(1), two: timer(5) }));
    expect(results.map(({ label, events }) => [label, events[0]])).toEqual([
      ['one', { at: 0, value: 1 }],
      ['two', { at: 5, value: 0 }],
    ]);
  });

  it('says what is missing if there is no result', () => {
    expect(() => play({}, () => ({ one: 1 }))).toThrow('has to end with an Observable');
    expect(() => play({}, () => undefined as never)).toThrow('has to end with an Observable');
    expect(() => play({}, () => (() => 1) as never)).toThrow('has to end with an Observable');
  });

  it('leaves the schedulers of RxJS as they were, also after an error', () => {
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => play({}, fail)).toThrow('no');
    play({}, () => timer(1));
    expect(Object.keys(asyncScheduler)).not.toContain('schedule');
    expect(asyncScheduler.now()).toBeGreaterThan(1e9);
  });
});
