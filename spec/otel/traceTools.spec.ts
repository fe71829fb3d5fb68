import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode, propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import {
  NEVER,
  Subject,
  concatMap,
  defer,
  from,
  lastValueFrom,
  map,
  of,
  throwError,
  timer,
  toArray,
  type Observable,
} from 'rxjs';
import { traceRun, traceTools } from '../../lib/otel/index.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import { inTurn } from '../../lib/testing/node/index.js';
import type { DefinedTool } from '../../lib/tools/defineTool.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import { runTools } from '../../lib/tools/runTools.js';
import type { IdentifiedToolCall, Message } from '../../lib/types/index.js';
import { serve } from '../node/support.js';
import { start } from '../testing/node/support.js';
import { tool } from '../tools/support.js';
import { draw, setOptIn, useSdk } from './support.js';

const { answer, done, toolCall } = chunk;
const sdk = useSdk();
const request = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] };
const child = (name: string): void => {
  trace.getTracer('spec').startSpan(name).end();
};

/** A run whose model calls the tool x once. */
const runX = (tools: readonly DefinedTool[]): Observable<ToolRunEvent> =>
  runTools(request, {
    tools,
    client: scriptedClient((_, at) =>
      at ? [answer('Hi'), done()] : [toolCall('x', { city: 'secret' }, 'call_x'), done()],
    ),
  });

const results = (events: readonly ToolRunEvent[]): unknown[] =>
  events.flatMap((event) => (event.type === 'tool-result' ? [event.result] : []));

const later = <T>(value: T): Promise<T> =>
  new Promise((resolve) => {
    setImmediate(resolve, value);
  });

async function* stream(): AsyncGenerator<number> {
  child('inside');
  yield await later(1);
  child('inside');
  yield await later(2);
}

/** What a tool may return, and its result. */
const RETURNED: readonly (readonly [string, () => unknown, unknown])[] = [
  [
    'a value',
    () => {
      child('inside');
      return 7;
    },
    7,
  ],
  [
    'a promise',
    async () => {
      await later(0);
      child('inside');
      return 'sunny';
    },
    'sunny',
  ],
  [
    'an Observable',
    () =>
      defer(() => {
        child('inside');
        return timer(1).pipe(
          map(() => {
            child('inside');
            return 2;
          }),
        );
      }),
    2,
  ],
  ['an async iterable', stream, 2],
  [
    'a promise of an Observable',
    () =>
      later(
        defer(() => {
          child('inside');
          return of(2, 3);
        }),
      ),
    3,
  ],
  [
    'nothing',
    () => {
      child('inside');
    },
    undefined,
  ],
];

describe.each(RETURNED)('a tool that returns %s', (_, execute, result) => {
  it('runs inside its span', async () => {
    const events = await lastValueFrom(runX(traceTools([tool('x', execute)])).pipe(toArray()));
    expect(results(events)).toEqual([result]);
    const [first, ...inside] = draw(sdk.spans());
    expect(first).toBe('execute_tool x');
    expect(new Set(inside)).toEqual(new Set(['  inside']));
  });

  it('runs inside the span that its run has for the call', async () => {
    const traced = runX(traceTools([tool('x', execute)])).pipe(traceRun({ request }));
    const events = await lastValueFrom(traced.pipe(toArray()));
    expect(results(events)).toEqual([result]);
    const lines = draw(sdk.spans());
    expect(lines.filter((line) => line.includes('execute_tool'))).toEqual(['  execute_tool x']);
    expect(lines).toContain('    inside');
    expect(lines.filter((line) => line.endsWith('inside'))).toEqual(
      lines.filter((line) => line === '    inside'),
    );
  });

  it('emits the same events as without a trace', async () => {
    const types = (tools: readonly DefinedTool[]) =>
      lastValueFrom(
        runX(tools).pipe(
          map(({ type }) => type),
          toArray(),
        ),
      );
    const plain = tool('x', execute);
    expect(await types(traceTools([plain]))).toEqual(await types([plain]));
  });
});

describe('the span of a tool', () => {
  it('has what is known of the tool and the call, and no content', async () => {
    await lastValueFrom(runX(traceTools([tool('x', () => 'secret')])));
    expect(sdk.span().attributes).toEqual({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'x',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': 'call_x',
      'gen_ai.tool.description': 'Does x',
    });
  });

  it('has content on request', async () => {
    const tools = traceTools([tool('x', () => of('a', 'secret'))], { captureContent: true });
    await lastValueFrom(runX(tools));
    expect(sdk.span().attributes).toMatchObject({
      'gen_ai.tool.call.arguments': '{"city":"secret"}',
      'gen_ai.tool.call.result': 'secret',
    });
  });

  it.each<[string, unknown, unknown]>([
    ['a text', 'sunny', 'sunny'],
    ['an object', { sky: 'sunny' }, '{"sky":"sunny"}'],
    ['nothing', undefined, ''],
    ['a bigint', 7n, ''],
  ])('has %s as a text', async (_, result, text) => {
    await lastValueFrom(runX(traceTools([tool('x', () => result)], { captureContent: true })));
    expect(sdk.span().attributes['gen_ai.tool.call.result']).toBe(text);
  });

  it('has what a redaction makes of a message with the call, and of one with its result', async () => {
    const seen: (readonly Message[])[] = [];
    const captureContent = (messages: readonly Message[]) => {
      seen.push(messages);
      return messages;
    };
    await lastValueFrom(runX(traceTools([tool('x', () => 'secret')], { captureContent })));
    const call = {
      id: 'call_x',
      function: { name: 'x', arguments: { city: 'secret' } },
    };
    expect(seen).toMatchObject([
      [{ role: 'assistant', content: '', tool_calls: [call] }],
      [{ role: 'tool', content: 'secret', tool_name: 'x', tool_call_id: 'call_x' }],
    ]);
  });

  it.each<[string, (messages: readonly Message[]) => readonly Message[]]>([
    ['leaves them out', () => []],
    ['makes other ones', () => [{ role: 'assistant', content: '' }]],
    ['has no calls', () => [{ role: 'assistant', content: '', tool_calls: [] }]],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
  ])('has no content where a redaction %s, and the tool runs', async (_, captureContent) => {
    const tools = traceTools([tool('x', () => 'secret')], { captureContent });
    const events = await lastValueFrom(runX(tools).pipe(toArray()));
    expect(results(events)).toEqual(['secret']);
    expect(JSON.stringify(sdk.span().attributes)).not.toContain('secret');
  });

  it('is not cancelled by a call that is aborted after its result', async () => {
    const [traced] = traceTools([tool('x', () => Promise.resolve(1))]);
    const aborter = new AbortController();
    const call = { id: 'call_x', function: { name: 'x', arguments: {} } };
    await traced?.execute({}, { call, signal: aborter.signal });
    aborter.abort();
    expect(Object.keys(sdk.span().attributes)).not.toContain('error.type');
    expect(sdk.logged).toEqual([]);
  });

  it('has a result that JSON can express, or none', async () => {
    const ring: { self?: unknown } = {};
    ring.self = ring;
    const tools = traceTools([tool('x', () => of(ring, 7n, 'ok'))], { captureContent: true });
    await lastValueFrom(runX(tools));
    expect(sdk.span().attributes['gen_ai.tool.call.result']).toBe('ok');
  });

  const error = new RangeError('wrong');
  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw error;
      },
    ],
    ['rejects', () => Promise.reject(error)],
    ['fails', () => throwError(() => error)],
    ['rejects later', () => later(throwError(() => error))],
  ])('is an error if the tool %s, and the run gets that error', async (_, execute) => {
    const events = await lastValueFrom(runX(traceTools([tool('x', execute)])).pipe(toArray()));
    const [failed] = events.flatMap((event) => (event.type === 'tool-error' ? [event.error] : []));
    expect(failed).toBe(error);
    expect(sdk.span().attributes['error.type']).toBe('RangeError');
    expect(sdk.span().status).toEqual({ code: SpanStatusCode.ERROR });
  });

  it.each<[string, () => unknown]>([
    ['a promise', () => new Promise(() => undefined)],
    ['an Observable', () => NEVER],
    ['a promise of an Observable', () => Promise.resolve(NEVER)],
  ])('is cancelled if the run ends while it waits for %s', async (_, execute) => {
    const started = new Subject<void>();
    const waiting = lastValueFrom(started, { defaultValue: undefined });
    const run = runX(
      traceTools([
        tool('x', () => {
          setImmediate(() => {
            started.complete();
          });
          return execute();
        }),
      ]),
    ).subscribe();
    await waiting;
    run.unsubscribe();
    expect(sdk.span().attributes['error.type']).toBe('cancelled');
    expect(sdk.span().status).toEqual({ code: SpanStatusCode.UNSET });
  });

  it('is measured by the latest names', async () => {
    setOptIn('gen_ai_latest_experimental');
    const tools = traceTools([tool('x', () => 1)]);
    setOptIn(undefined);
    await lastValueFrom(runX(tools));
    expect(await sdk.points()).toEqual([
      {
        name: 'gen_ai.execute_tool.duration',
        attributes: { 'gen_ai.tool.name': 'x', 'gen_ai.tool.type': 'function' },
        value: { sum: expect.any(Number), count: 1 },
      },
    ]);
  });
});

describe('a traced tool', () => {
  it('is validated and approved as the tool is, also if that is an instance of a class', async () => {
    class Counter implements DefinedTool {
      #asked = 0;
      readonly tool = {
        type: 'function',
        function: { name: 'x', description: 'Counts', parameters: { type: 'object' } },
      };
      validate(args: unknown): unknown {
        this.#asked++;
        return args;
      }
      needsApproval(_: unknown, { id }: IdentifiedToolCall): boolean {
        this.#asked++;
        return id !== 'call_x';
      }
      execute(): number {
        return this.#asked;
      }
    }
    const counter = new Counter();
    const [traced] = traceTools([counter]);
    expect(traced?.tool).toBe(counter.tool);
    const events = await lastValueFrom(runX(traceTools([counter])).pipe(toArray()));
    expect(results(events)).toEqual([2]);
  });

  it.each([
    [undefined, 'tools is not an array, but undefined.'],
    [[{}], 'tools has an element that is not a tool.'],
  ])('is made of a tool alone: %p', (tools, message) => {
    expect(() => traceTools(tools as never)).toThrow(message);
  });
});

describe('requests over HTTP', () => {
  const instrumentation = new UndiciInstrumentation();
  beforeEach(() => {
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    instrumentation.setTracerProvider(trace.getTracerProvider());
    instrumentation.enable();
  });
  afterEach(() => {
    instrumentation.disable();
    propagation.disable();
  });

  it('are children of the tool that makes them, and carry its trace', async () => {
    const parents: unknown[] = [];
    const weather = await serve(({ headers }, response) => {
      parents.push(headers['traceparent']);
      response.end('sunny');
    });
    const ollama = await start(
      inTurn(
        [{ tool_calls: [{ function: { name: 'x', arguments: {} } }] }, { done: true }],
        ['Sunny.', { done: true }],
      ),
    );
    const ask = tool('x', async ({ signal }) => {
      const response = await fetch(weather, { signal });
      return response.text();
    });
    const run$ = runTools(request, { tools: traceTools([ask]), host: ollama.url }).pipe(
      traceRun({ request, agentName: 'forecast', server: ollama.url }),
    );
    const events = await lastValueFrom(run$.pipe(toArray()));
    expect(results(events)).toEqual(['sunny']);

    const spans = sdk.spans();
    const nameOf = (id: string | undefined) =>
      spans.find((span) => span.spanContext().spanId === id)?.name;
    const requests = spans.filter(({ name }) => /^(GET|POST)$/.test(name));
    expect(
      requests.map(({ name, parentSpanContext: parent }) => [name, nameOf(parent?.spanId)]),
    ).toEqual([
      ['POST', 'invoke_agent forecast'],
      ['GET', 'execute_tool x'],
      ['POST', 'invoke_agent forecast'],
    ]);
    const traces = [...new Set(spans.map((span) => span.spanContext().traceId))];
    expect(traces).toHaveLength(1);
    const get = requests[1]?.spanContext().spanId ?? '';
    expect(parents).toEqual([`00-${String(traces[0])}-${get}-01`]);
  });
});

describe('a tool without a context manager', () => {
  it('has its span in the run all the same', async () => {
    const { context } = await import('@opentelemetry/api');
    context.disable();
    const traced = runX(
      traceTools([tool('x', () => from([1]).pipe(concatMap((one) => later(one))))]),
    );
    await lastValueFrom(traced.pipe(traceRun({ request })));
    expect(draw(sdk.spans())).toEqual([
      'invoke_agent',
      '  chat qwen3',
      '  execute_tool x',
      '  chat qwen3',
    ]);
  });
});
