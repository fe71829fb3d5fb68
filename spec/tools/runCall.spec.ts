import { describe, expect, it, jest } from '@jest/globals';
import {
  EMPTY,
  NEVER,
  Subject,
  VirtualTimeScheduler,
  lastValueFrom,
  map,
  of,
  throwError,
  timer,
  toArray,
  type Observable,
} from 'rxjs';
import { z } from 'zod';
import { OllamaValidationError } from '../../lib/errors.js';
import { chunk } from '../../lib/testing/index.js';
import { defineTool } from '../../lib/tools/defineTool.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import type { Approval } from '../../lib/tools/approval.js';
import type { RunToolsOptions } from '../../lib/tools/runTools.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { marbles } from '../support/marbles.js';
import { chunks, events, model, only, run, runAll, toLabel, tool } from './support.js';

const { done, toolCall } = chunk;

const labels = (result: Observable<ToolRunEvent>): Observable<string> => result.pipe(map(toLabel));

/** One call, with these arguments, and then nothing more. */
const calling = (args: Readonly<Record<string, unknown>> = {}, name = 'x') =>
  model(of(toolCall(name, args), done()), of(done()));

const collect = (result: Observable<ToolRunEvent>): Promise<ToolRunEvent[]> =>
  lastValueFrom(result.pipe(toArray()));

const textsOf = (all: readonly ToolRunEvent[]): string[] =>
  all.flatMap((event) => ('text' in event ? [event.text] : []));

describe('a tool of runTools', () => {
  describe('gives a result:', () => {
    it.each<[string, unknown, string]>([
      ['a string, told as it is', 'It "rains".', 'It "rains".'],
      ['an empty string', '', ''],
      ['a number', 391, '391'],
      ['false', false, 'false'],
      ['an object, told as JSON', { city: 'Bonn', rain: [1, 2] }, '{"city":"Bonn","rain":[1,2]}'],
      ['a list, which is no stream', ['a', 'b'], '["a","b"]'],
      [
        'an object with keys that make one think',
        { then: 1, getReader: 2 },
        '{"then":1,"getReader":2}',
      ],
      ['null', null, 'null'],
      ['nothing', undefined, 'null'],
      ['what JSON has no word for', () => 1, 'null'],
    ])('%s', (_, result, text) => {
      const all = runAll(run(calling(), [tool('x', () => result)]));
      expect(only(all, 'tool-result')).toMatchObject([{ result, text }]);
      expect(only(all, 'tool-progress')).toEqual([]);
      expect(only(all, 'step-finish')[0]?.results[0]?.content).toBe(text);
    });

    it('what JSON can’t say is an error that the model is told', () => {
      const all = runAll(run(calling(), [tool('x', () => 1n)]));
      expect(textsOf(all)).toEqual([expect.stringMatching(/^Error: .*BigInt/)]);
    });

    it('a promise', async () => {
      const all = await collect(run(calling(), [tool('x', async () => ({ n: 1 }))]));
      expect(all.map(toLabel)).not.toContain('tool-progress x');
      expect(only(all, 'tool-result')).toMatchObject([{ result: { n: 1 }, text: '{"n":1}' }]);
    });

    it('an async iterable: each value is progress, the last one the result', async () => {
      const count = async function* () {
        yield 'one';
        yield 'two';
      };
      const all = await collect(run(calling(), [tool('x', count)]));
      expect(only(all, 'tool-progress').map(({ value }) => value)).toEqual(['one', 'two']);
      expect(only(all, 'tool-result')).toMatchObject([{ result: 'two', text: 'two' }]);
    });

    it('a web stream', async () => {
      const stream = () => new Blob(['rain']).stream().pipeThrough(new TextDecoderStream());
      const all = await collect(run(calling(), [tool('x', stream)]));
      expect(only(all, 'tool-progress').map(({ value }) => value)).toEqual(['rain']);
      expect(textsOf(all)).toEqual(['rain']);
    });

    it('a promise of a stream', async () => {
      const all = await collect(run(calling(), [tool('x', async () => of('one', 'two'))]));
      expect(only(all, 'tool-progress').map(({ value }) => value)).toEqual(['one', 'two']);
      expect(textsOf(all)).toEqual(['two']);
    });

    // prettier-ignore
    it('an Observable: each value is progress as it comes, the last one the result', marbles((m) => {
      const first = m.cold('  ----------x---------(d|)', chunks);
      const toolX = m.cold('            -----p----------p-----|');
      const second = m.cold('                                 ----------(d|)', chunks);
      const expected = '      ----------(cxX)p----c-----p-----(1s)------(csf|)';
      const result = run(model(first, second), [tool('x', () => toolX)]);
      m.expect(labels(result)).toBeObservable(expected, events);
    }));

    it('an Observable without a value', () => {
      expect(textsOf(runAll(run(calling(), [tool('x', () => EMPTY)])))).toEqual(['null']);
    });
  });

  it('is given its arguments as the schema makes them, the call and a signal', () => {
    const seen: unknown[] = [];
    const x = defineTool({
      name: 'x',
      description: 'Does x',
      parameters: z.object({ n: z.string().transform(Number), unit: z.string().default('mm') }),
      execute(args, { call, signal }) {
        seen.push(args, call, signal.aborted, this.name);
      },
    });
    runAll(run(calling({ n: '17' }), [x]));
    const call = { id: 'call_0', function: { name: 'x', arguments: { n: '17' } } };
    expect(seen).toEqual([{ n: 17, unit: 'mm' }, call, false, 'x']);
  });

  describe('is not called, and the model told why, if', () => {
    const execute = jest.fn();
    const x = defineTool({
      name: 'x',
      description: 'Does x',
      parameters: z.object({ n: z.number(), list: z.array(z.object({ s: z.string() })) }),
      execute,
    });

    it('the arguments are invalid: with every issue and where it is', () => {
      const all = runAll(run(calling({ n: '1', list: [{ s: 'a' }, {}] }), [x]));
      expect(all.map(toLabel).filter((label) => label.startsWith('tool'))).toEqual([
        'tool-call x',
        'tool-error x',
      ]);
      const [event] = only(all, 'tool-error');
      expect(event?.text).toBe(
        'Error: n: Invalid input: expected number, received string; ' +
          'list.1.s: Invalid input: expected string, received undefined',
      );
      expect(event?.error).toBeInstanceOf(OllamaValidationError);
      expect(event?.error).toMatchObject({
        issues: [{ path: ['n'] }, { path: ['list', 1, 's'] }],
        text: '{"n":"1","list":[{"s":"a"},{}]}',
      });
      expect(execute).not.toHaveBeenCalled();
    });

    it('there is no such tool: with the names of those there are', () => {
      const all = runAll(run(calling({}, 'y'), [x, tool('z', () => 'ok')]));
      expect(textsOf(all)).toEqual(['Error: There is no tool "y". The tools are: x, z.']);
      expect(execute).not.toHaveBeenCalled();
    });

    it('the arguments are found to be invalid later', async () => {
      const known = async (name: string) => Promise.resolve(name === 'Bonn');
      const y = defineTool({
        name: 'x',
        description: 'Does x',
        parameters: z.object({ city: z.string().refine(known, 'is unknown') }),
        execute: ({ city }) => `Rain in ${city}.`,
      });
      expect(textsOf(await collect(run(calling({ city: 'Köln' }), [y])))).toEqual([
        'Error: city: is unknown',
      ]);
      expect(textsOf(await collect(run(calling({ city: 'Bonn' }), [y])))).toEqual([
        'Rain in Bonn.',
      ]);
    });
  });

  it.each<[string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw new TypeError('no network');
      },
      'Error: no network',
    ],
    [
      'throws what is no error',
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- some do
        throw 'no network';
      },
      'Error: no network',
    ],
    ['rejects', () => Promise.reject(new Error('no network')), 'Error: no network'],
    [
      'fails as an Observable',
      () => throwError(() => new Error('no network')),
      'Error: no network',
    ],
    [
      'fails as an async iterable',
      async function* () {
        yield 1;
        throw new Error('no network');
      },
      'Error: no network',
    ],
  ])('that %s is told to the model, and the run goes on', async (_, execute, text) => {
    const client = calling();
    const all = await collect(run(client, [tool('x', execute)]));
    expect(textsOf(all)).toEqual([text]);
    expect(all.map(toLabel)).toContain('tool-error x');
    expect(client.requests[1]?.messages?.at(-1)).toEqual({
      role: 'tool',
      content: text,
      tool_name: 'x',
    });
    expect(all.at(-1)).toMatchObject({ type: 'finish', reason: 'empty' });
  });

  describe('runs beside others:', () => {
    // prettier-ignore
    it('results come as they are ready, and are sent in the order of the calls', marbles((m) => {
      const first = m.cold('  ----------w---------(d|)', chunks);
      const toolX = m.cold('            ------------------------------(p|)');
      const toolY = m.cold('            --------------------(q|)');
      const toolZ = m.cold('            ---------------(r|)');
      const second = m.cold('                                         ----------(d|)', chunks);
      const expected = '      ----------(cxXyYzZ)-c----(r3)-(q2)------(p1s)-----(csf|)';
      const client = model(first, second);
      const tools = [tool('x', () => toolX), tool('y', () => toolY), tool('z', () => toolZ)];
      m.expect(labels(run(client, tools))).toBeObservable(expected, events);
      m.flush();
      expect(client.requests[1]?.messages?.slice(-3)).toEqual([
        { role: 'tool', content: 'p', tool_name: 'x', tool_call_id: 'id_x' },
        { role: 'tool', content: 'q', tool_name: 'y', tool_call_id: 'id_y' },
        { role: 'tool', content: 'r', tool_name: 'z', tool_call_id: 'id_z' },
      ]);
    }));

    // prettier-ignore
    it('as many as concurrency says, the others in their turn', marbles((m) => {
      const first = m.cold('  ----------w---------(d|)', chunks);
      const toolX = m.cold('            ------------------------------(p|)');
      const toolY = m.cold('            ---------------(q|)');
      const toolZ = m.cold('                           -----(r|)');
      const second = m.cold('                                         ----------(d|)', chunks);
      const expected = '      ----------(cxXyYz)--c----(q2Z)(r3)------(p1s)-----(csf|)';
      const zSubs = '         -------------------------^----!';
      const tools = [tool('x', () => toolX), tool('y', () => toolY), tool('z', () => toolZ)];
      const result = run(model(first, second), tools, { concurrency: 2 });
      m.expect(labels(result)).toBeObservable(expected, events);
      m.expect(toolZ).toHaveSubscriptions(zSubs);
    }));

    // prettier-ignore
    it('one by one', marbles((m) => {
      const first = m.cold('  ----------w---------------------------------------(d|)', chunks);
      const toolX = m.cold('            ----------(p|)');
      const toolY = m.cold('                      ----------(q|)');
      const toolZ = m.cold('                                ----------(r|)');
      const second = m.cold('                                                   ----------(d|)', chunks);
      const expected = '      ----------(cxXyz)---(p1Y)-----(q2Z)-----(r3)------(cs)------(csf|)';
      const tools = [tool('x', () => toolX), tool('y', () => toolY), tool('z', () => toolZ)];
      const result = run(model(first, second), tools, { concurrency: 1 });
      m.expect(labels(result)).toBeObservable(expected, events);
    }));

    it('four, if nothing is said', () => {
      const five = model(of(...Array.from({ length: 5 }, () => toolCall('x')), done()));
      const gates = Array.from({ length: 5 }, () => new Subject<string>());
      let started = 0;
      const seen: string[] = [];
      const subscription = run(five, [tool('x', () => gates[started++])]).subscribe((event) => {
        seen.push(event.type);
      });
      expect(seen.filter((type) => type === 'tool-call')).toHaveLength(5);
      expect(started).toBe(4);
      gates[2]?.complete();
      expect(started).toBe(5);
      subscription.unsubscribe();
    });
  });

  describe('that needs approval', () => {
    const gated = (name: string, execute: () => unknown = () => 'ok') =>
      tool(name, execute, { needsApproval: true });

    // prettier-ignore
    it('waits for it, while the model goes on and others run', marbles((m) => {
      const first = m.cold('  ----------w----------(d|)', chunks);
      const yes = m.cold('              ------------------------------(t|)', { t: true });
      const second = m.cold('                                         ----------(d|)', chunks);
      const expected = '      ----------(cxAyY2zZ3)c------------------(X1s)-----(csf|)';
      const yesSubs = '       ----------^-----------------------------!';
      const tools = [gated('x'), tool('y', () => 'ok'), tool('z', () => 'ok')];
      const result = run(model(first, second), tools, { approve: () => yes });
      m.expect(labels(result)).toBeObservable(expected, events);
      m.expect(yes).toHaveSubscriptions(yesSubs);
    }));

    // prettier-ignore
    it('takes no place of another while it waits, and waits for one when it is approved', marbles((m) => {
      const first = m.cold('  ----------w---------(d|)', chunks);
      const yes = m.cold('              ---------------(t|)', { t: true });
      const toolY = m.cold('            ------------------------------(q|)');
      const second = m.cold('                                         ----------(d|)', chunks);
      const expected = '      ----------(cxAyYz)--c-------------------(q2Z3X1s)-(csf|)';
      const tools = [gated('x'), tool('y', () => toolY), tool('z', () => 'ok')];
      const result = run(model(first, second), tools, { approve: () => yes, concurrency: 1 });
      m.expect(labels(result)).toBeObservable(expected, events);
    }));

    // prettier-ignore
    it('is denied by the first answer, and the rest of it is let go', marbles((m) => {
      const first = m.cold('  ----------x-------------------(d|)', chunks);
      const no = m.cold('               ----------f---t---', { f: false, t: true });
      const second = m.cold('                               ----------(d|)', chunks);
      const expected = '      ----------(cxA)-----D---------(cs)------(csf|)';
      const noSubs = '        ----------^---------!';
      const result = run(model(first, second), [gated('x')], { approve: () => no });
      m.expect(labels(result)).toBeObservable(expected, events);
      m.expect(no).toHaveSubscriptions(noSubs);
    }));

    // prettier-ignore
    it('is let go of in the frame the consumer leaves, while it waits', marbles((m) => {
      const first = m.cold('  ----------x---------(d|)', chunks);
      const never = m.cold('            ------------------------------------');
      const unsub = '         ----------------------------------------!';
      const expected = '      ----------(cxA)-----c--------------------';
      const subs = '          ----------^-----------------------------!';
      const execute = jest.fn();
      const result = run(model(first), [gated('x', execute)], { approve: () => never });
      m.expect(labels(result), unsub).toBeObservable(expected, events);
      m.expect(never).toHaveSubscriptions(subs);
      m.flush();
      expect(execute).not.toHaveBeenCalled();
    }));

    it.each<[string, RunToolsOptions['approve'], string]>([
      ['refused', () => false, 'The call was not approved.'],
      [
        'refused for a reason',
        () => ({ approved: false, reason: 'not on Sundays' }),
        'The call was not approved: not on Sundays',
      ],
      ['refused by an Observable', () => of({ approved: false }), 'The call was not approved.'],
      ['refused by a list', () => [false, true], 'The call was not approved.'],
      ['not answered', () => EMPTY, 'The call was not approved.'],
      [
        'nobody can give',
        undefined,
        'The call was not approved: this program cannot approve calls',
      ],
      ['given', () => true, 'ok'],
      ['given for a reason', () => ({ approved: true, reason: 'why not' }), 'ok'],
      ['given by an Observable', () => of(true), 'ok'],
    ])('which is %s', (_, approve, text) => {
      const execute = jest.fn(() => 'ok');
      const client = calling();
      const all = runAll(run(client, [gated('x', execute)], { ...(approve && { approve }) }));
      expect(textsOf(all)).toEqual([text]);
      expect(execute).toHaveBeenCalledTimes(text === 'ok' ? 1 : 0);
      expect(only(all, 'tool-denied')).toHaveLength(text === 'ok' ? 0 : 1);
      expect(client.requests[1]?.messages?.at(-1)?.content).toBe(text);
    });

    it.each<[string, () => Promise<Approval> | AsyncIterable<Approval>]>([
      ['a promise', async () => ({ approved: true })],
      [
        'an async iterable',
        async function* () {
          yield true;
        },
      ],
    ])('which comes as %s', async (_, approve) => {
      expect(textsOf(await collect(run(calling(), [gated('x')], { approve })))).toEqual(['ok']);
    });

    it('is told by its arguments, as the schema makes them', () => {
      const asked: unknown[] = [];
      const x = defineTool({
        name: 'x',
        description: 'Pays',
        parameters: z.object({ amount: z.string().transform(Number) }),
        needsApproval: ({ amount }) => Number.isInteger(amount) && amount > 100,
        execute: () => 'paid',
      });
      const approve = (call: unknown) => {
        asked.push(call);
        return false;
      };
      expect(textsOf(runAll(run(calling({ amount: '20' }), [x], { approve })))).toEqual(['paid']);
      expect(asked).toEqual([]);
      const all = runAll(run(calling({ amount: '200' }), [x], { approve }));
      expect(textsOf(all)).toEqual(['The call was not approved.']);
      expect(asked).toEqual([only(all, 'tool-call')[0]?.call]);
    });

    it('is asked for nothing if the call can’t be made anyway', () => {
      const approve = jest.fn(() => true);
      const x = defineTool({
        name: 'x',
        description: 'Does x',
        parameters: z.object({ n: z.number() }),
        needsApproval: true,
        execute: () => 'ok',
      });
      runAll(run(calling(), [x], { approve }));
      expect(approve).not.toHaveBeenCalled();
    });
  });

  describe('that takes too long', () => {
    // prettier-ignore
    it('is stopped, and the model told', marbles((m) => {
      const first = m.cold('  ----------w---------(d|)', chunks);
      const toolX = m.cold('            -------------p------------------------(p|)');
      const toolY = m.cold('            --------------------------(q|)');
      const second = m.cold('                                         ----------(d|)', chunks);
      const expected = '      ----------(cxXyYzZ3)c--p------------(q2)(Es)------(csf|)';
      const xSubs = '         ----------^-----------------------------!';
      const aborted: boolean[] = [];
      const tools = [
        tool('x', ({ signal }) => {
          signal.addEventListener('abort', () => aborted.push(true));
          return toolX;
        }),
        tool('y', () => toolY),
        tool('z', () => 'ok'),
      ];
      const client = model(first, second);
      const result = run(client, tools, { toolTimeout: 30 });
      m.expect(labels(result)).toBeObservable(expected, events);
      m.expect(toolX).toHaveSubscriptions(xSubs);
      m.flush();
      expect(aborted).toEqual([true]);
      expect(client.requests[1]?.messages?.at(-3)?.content).toBe('Error: It took longer than 30 ms.');
    }));

    // prettier-ignore
    it('has its time from its start, not from its call', marbles((m) => {
      const first = m.cold('  ----------x---------(d|)', chunks);
      const yes = m.cold('              ------------------------------(t|)', { t: true });
      const toolX = m.cold('                                          -----(p|)');
      const second = m.cold('                                              ----------(d|)', chunks);
      const expected = '      ----------(cxA)-----c-------------------X----(p1s)-----(csf|)';
      const x = tool('x', () => toolX, { needsApproval: true });
      const result = run(model(first, second), [x], { approve: () => yes, toolTimeout: 10 });
      m.expect(labels(result)).toBeObservable(expected, events);
    }));

    it('has its time from the scheduler, and leaves no timer behind', () => {
      jest.useFakeTimers();
      const scheduler = new VirtualTimeScheduler();
      const client = model(of(toolCall('x'), toolCall('y'), done()), of(done()));
      const tools = [tool('x', () => NEVER), tool('y', () => timer(20, scheduler))];
      const seen: string[] = [];
      run(client, tools, { toolTimeout: 30, scheduler }).subscribe((event) => {
        seen.push(`${String(scheduler.frame)} ${toLabel(event)}`);
      });
      scheduler.flush();
      expect(seen.filter((label) => !label.startsWith('0 '))).toEqual([
        '20 tool-progress y',
        '20 tool-result y',
        '30 tool-error x',
        '30 step-finish',
        '30 chunk',
        '30 step-finish',
        '30 finish',
      ]);
      expect(jest.getTimerCount()).toBe(0);
      expect(scheduler.actions).toEqual([]);
    });

    it('tells its signal before it tells the model', () => {
      const scheduler = new VirtualTimeScheduler();
      const order: string[] = [];
      const x = tool('x', ({ signal }) => {
        signal.addEventListener('abort', () => order.push('abort'));
        return NEVER;
      });
      run(calling(), [x], { toolTimeout: 30, scheduler }).subscribe(({ type }) => order.push(type));
      scheduler.flush();
      expect(order.slice(order.indexOf('abort'))).toEqual([
        'abort',
        'tool-error',
        'step-finish',
        'chunk',
        'step-finish',
        'finish',
      ]);
    });
  });

  it('has a signal that is not aborted if it ends by itself', async () => {
    const signals: AbortSignal[] = [];
    const watched = (name: string, execute: () => unknown) =>
      tool(name, ({ signal }) => {
        signals.push(signal);
        return execute();
      });
    const chunk: ChatChunk[] = ['a', 'b', 'c', 'd'].map((name) => toolCall(name));
    const tools = [
      watched('a', () => 'ok'),
      watched('b', async () => 'ok'),
      watched('c', () => of(1)),
      watched('d', () => {
        throw new Error('no network');
      }),
    ];
    await collect(run(model(of(...chunk, done()), of(done())), tools, { toolTimeout: 1000 }));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, false, false]);
  });
});

describe('a tool that', () => {
  const client = () => model(of(toolCall('x'), done()), of(done()));

  it('completes without a value has none, and none from its progress', () => {
    const [result] = only(runAll(run(client(), [tool('x', () => EMPTY)])), 'tool-result');
    expect(result).toMatchObject({ result: undefined });
    expect(result).not.toHaveProperty('fromProgress');
  });

  it('throws what can not be made a string has failed', () => {
    const odd: unknown = Object.create(null);
    const tools = [
      tool('x', () => {
        throw odd;
      }),
    ];
    expect(only(runAll(run(client(), tools)), 'tool-error')[0]?.text).toContain('The tool failed.');
  });
});
