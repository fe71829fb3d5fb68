import { describe, expect, it, jest } from '@jest/globals';
import {
  NEVER,
  VirtualTimeScheduler,
  delay,
  finalize,
  of,
  switchMap,
  throwError,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { z } from 'zod';
import { OllamaTimeoutError } from '../../lib/errors.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import { defineTool } from '../../lib/tools/defineTool.js';
import { runTools, type RunToolsOptions } from '../../lib/tools/runTools.js';
import { model, only, run, runAll, tool } from './support.js';

const { answer, done, thinking, toolCall } = chunk;

const x = tool('x', () => 'ok');

describe('runTools refuses, when it is called,', () => {
  it.each<[string, object]>([
    ...[0, -1, 1.5, NaN, -Infinity, '4', null].flatMap((count): [string, object][] => [
      [`concurrency: ${String(count)}`, { concurrency: count }],
      [`maxSteps: ${String(count)}`, { maxSteps: count }],
    ]),
    ...[-1, NaN, -Infinity, '1s', null].map((ms): [string, object] => [
      `toolTimeout: ${String(ms)}`,
      { toolTimeout: ms },
    ]),
  ])('%s', (name, option) => {
    const client = model();
    expect(() => run(client, [x], option as Partial<RunToolsOptions>)).toThrow(RangeError);
    expect(() => run(client, [x], option as Partial<RunToolsOptions>)).toThrow(
      String(name.split(':')[0]),
    );
    expect(client.requests).toEqual([]);
  });

  it('but takes Infinity and undefined', () => {
    for (const options of [
      { concurrency: Infinity, maxSteps: Infinity, toolTimeout: Infinity },
      { concurrency: undefined, maxSteps: undefined, toolTimeout: undefined },
    ]) {
      const client = model(of(toolCall('x'), done()), of(answer('So.'), done()));
      expect(runAll(run(client, [x], options)).at(-1)).toMatchObject({ reason: 'stop' });
    }
  });
});

describe('toolTimeout', () => {
  const waiting = (toolTimeout: number) => {
    const scheduler = new VirtualTimeScheduler(undefined, Infinity);
    const client = model(of(toolCall('x'), done()), of(answer('So.'), done()));
    const events: unknown[] = [];
    run(client, [tool('x', () => NEVER)], { toolTimeout, scheduler }).subscribe((event) => {
      if (event.type === 'tool-error') events.push([scheduler.frame, event.error]);
    });
    scheduler.flush();
    return events;
  };

  it('is an OllamaTimeoutError of the kind tool', () => {
    expect(waiting(30)).toEqual([[30, expect.any(OllamaTimeoutError)]]);
    expect(waiting(30)).toMatchObject([[30, { kind: 'tool', code: 'timeout' }]]);
  });

  it('of Infinity never passes, and sets no timer', () => {
    jest.useFakeTimers();
    expect(waiting(Infinity)).toEqual([]);
    run(model(of(toolCall('x'), done())), [tool('x', () => NEVER)], {
      toolTimeout: Infinity,
    }).subscribe();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('may be longer than one timer can wait', () => {
    expect(waiting(2 ** 32)).toMatchObject([[2 ** 32, { kind: 'tool' }]]);
  });
});

describe('where the requests are sent', () => {
  it('may stand in the options, and the third argument has priority', () => {
    const [inOptions, third] = [0, 1].map(() => scriptedClient([answer('So.'), done()]));
    if (!inOptions || !third) throw new Error('There are two.');
    runAll(runTools({ model: 'm' }, { tools: [], client: inOptions }));
    expect([inOptions.requests.length, third.requests.length]).toEqual([1, 0]);
    runAll(runTools({ model: 'm' }, { tools: [], client: inOptions }, { client: third }));
    expect([inOptions.requests.length, third.requests.length]).toEqual([1, 1]);
    // An option is not a field of the request.
    expect(Object.keys(inOptions.requests[0] ?? {}).sort()).toEqual([
      'messages',
      'model',
      'stream',
    ]);
  });
});

describe('the reason of finish', () => {
  it.each([
    ['an answer', [answer('Hi'), done()], 'stop', 1],
    [
      'an answer that was cut by the limit',
      [answer('Hi'), done({ reason: 'length' })],
      'length',
      1,
    ],
    [
      'thinking that was cut by the limit',
      [thinking('Hm'), done({ reason: 'length' })],
      'length',
      0,
    ],
    ['no answer', [done()], 'empty', 0],
    ['white space', [answer('\n '), done()], 'empty', 0],
    ['no chunk', [], 'empty', 0],
    ['thinking alone', [thinking('Hm'), done()], 'thinking-only', 0],
    ['thinking and white space', [thinking('Hm'), answer('\n'), done()], 'thinking-only', 0],
    ['a model that was loaded', [done({ reason: 'load' })], 'load', 0],
  ] as const)('for %s, also after tools', (_, chunks, reason, messages) => {
    const [finish] = only(runAll(run(model(of(...chunks)), [x])), 'finish');
    expect(finish?.reason).toBe(reason);
    // An answer without text is not part of the history.
    expect(finish?.messages).toHaveLength(1 + messages);
    const client = model(of(toolCall('x'), done()), of(...chunks));
    const [second] = only(runAll(run(client, [x])), 'finish');
    expect(second).toMatchObject({ step: 2, reason });
    expect(second?.messages).toHaveLength(1 + 2 + messages);
  });
});

describe('a result', () => {
  it.each<[string, () => unknown, true | undefined]>([
    ['of an Observable', () => of('half', 'whole'), true],
    ['of a promise of an Observable', () => of('whole'), true],
    ['that is a value', () => 'whole', undefined],
    ['that is a list', () => ['half', 'whole'], undefined],
  ])('%s says whether it was shown as progress', (_, execute, fromProgress) => {
    const client = model(of(toolCall('x'), done()), of(done()));
    const [result] = only(runAll(run(client, [tool('x', execute)])), 'tool-result');
    expect(result?.fromProgress).toBe(fromProgress);
  });
});

describe('valid arguments', () => {
  it.each([
    ['an Observable', of(1, 2)],
    ['a list', [1, 2]],
    ['a text', 'ab'],
  ])('that the schema makes %s reach the tool as they are', (_, made) => {
    const seen: unknown[] = [];
    const x = defineTool({
      name: 'x',
      description: 'Does x',
      parameters: Object.assign(z.object({}), {
        '~standard': {
          ...z.object({})['~standard'],
          validate: () => ({ value: made }),
        },
      }),
      execute: (args) => void seen.push(args),
    });
    runAll(run(model(of(toolCall('x'), done()), of(done())), [x]));
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBe(made);
  });
});

describe('a teardown that throws', () => {
  const broken = new Error('teardown');
  const tearing = <T>(source: Observable<T>): Observable<T> =>
    source.pipe(
      finalize(() => {
        throw broken;
      }),
    );

  it.each<[string, (scheduler: SchedulerLike) => Observable<unknown>]>([
    ['completes', (scheduler) => timer(5, scheduler)],
    [
      'fails',
      (scheduler) =>
        timer(5, scheduler).pipe(switchMap(() => throwError(() => new Error('other')))),
    ],
    ['takes too long', () => NEVER],
  ])('fails a tool that %s, and the run continues', (_, execute) => {
    const scheduler = new VirtualTimeScheduler();
    const client = model(of(toolCall('x'), done()), of(answer('So.'), done()));
    const failing = tool('x', () => tearing(execute(scheduler)));
    const events: unknown[] = [];
    run(client, [failing], { toolTimeout: 10, scheduler }).subscribe((event) => {
      events.push('text' in event ? event.text : event.type);
    });
    scheduler.flush();
    expect(events).toContain('Error: teardown');
    expect(events.at(-1)).toBe('finish');
  });

  it('of the client fails the run, with the error itself', () => {
    const errors: unknown[] = [];
    const scheduler = new VirtualTimeScheduler();
    const client = model(tearing(of(answer('Hi'), done()).pipe(delay(5, scheduler))));
    run(client, []).subscribe({ error: (error: unknown) => errors.push(error) });
    scheduler.flush();
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBe(broken);
  });

  it('does not keep the signal of its tool from being aborted', () => {
    const signals: AbortSignal[] = [];
    const failing = tool('x', ({ signal }) => {
      signals.push(signal);
      return tearing(NEVER);
    });
    const subscription = run(model(of(toolCall('x'), done())), [failing]).subscribe();
    expect(() => {
      subscription.unsubscribe();
    }).toThrow('teardown');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});
