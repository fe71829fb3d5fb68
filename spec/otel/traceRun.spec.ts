import { afterEach, describe, expect, it } from '@jest/globals';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import {
  NEVER,
  VirtualTimeScheduler,
  concat,
  concatMap,
  from,
  map,
  merge,
  noop,
  of,
  take,
  takeUntil,
  tap,
  throwError,
  timer,
  type Observable,
} from 'rxjs';
import {
  OllamaConnectionError,
  OllamaTimeoutError,
  OllamaTruncatedError,
} from '../../lib/errors.js';
import { retryChat } from '../../lib/operators/retryChat.js';
import { traceRun, traceTools, type TraceRunOptions } from '../../lib/otel/index.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { DefinedTool } from '../../lib/tools/defineTool.js';
import type { FinishEvent, ToolRunEvent } from '../../lib/tools/events.js';
import { runTools, type RunToolsOptions } from '../../lib/tools/runTools.js';
import type { ChatChunk, ChatRequest, OllamaClient } from '../../lib/types/index.js';
import { tool } from '../tools/support.js';
import { draw, setOptIn, toMs, useSdk } from './support.js';

const { answer, done, toolCall } = chunk;
const sdk = useSdk();
const request: ChatRequest = {
  model: 'qwen3',
  messages: [{ role: 'user', content: 'What is my secret?' }],
};
const call = (name: string, args: Record<string, unknown> = {}) =>
  toolCall(name, args, `call_${name}`);

interface Play {
  /** Answers of the model. Each comes 100 ms after it was asked. */
  readonly answers: readonly (readonly ChatChunk[] | Error)[];
  readonly tools?: (scheduler: VirtualTimeScheduler) => readonly DefinedTool[];
  readonly options?: Partial<RunToolsOptions>;
  readonly trace?: TraceRunOptions;
  /** When the subscriber unsubscribes, in ms. */
  readonly until?: number;
}

/** Runs it in virtual time, and gives its events, or its error. */
function play({ answers, tools = () => [], options, trace: traced, until }: Play) {
  const scheduler = new VirtualTimeScheduler();
  const log: unknown[] = [];
  let finish: FinishEvent | undefined;
  const client = scriptedClient((_, at) => {
    const given = answers[at] ?? [];
    const chunk$ = given instanceof Error ? throwError(() => given) : from(given);
    return timer(100, scheduler).pipe(concatMap(() => chunk$));
  });
  runTools(request, { tools: tools(scheduler), client, scheduler, ...options })
    .pipe(
      traceRun({ request, scheduler, ...traced }),
      takeUntil(until === undefined ? NEVER : timer(until, scheduler)),
    )
    .subscribe({
      next: (event) => {
        log.push(event.type);
        if (event.type === 'finish') finish = event;
      },
      error: (error: unknown) => log.push(error),
    });
  scheduler.flush();
  return { log, finish };
}

const find = (name: string): ReadableSpan => {
  const span = sdk.spans().find((each) => each.name === name);
  if (!span) throw new Error(`There is no span ${name}.`);
  return span;
};

const late = (name: string, ms: number) => (scheduler: VirtualTimeScheduler) => [
  tool(name, () => timer(ms, scheduler).pipe(map(() => 'sunny'))),
];

describe('the spans of a run', () => {
  it('are the run, and below it each chat and each call', () => {
    const { log } = play({
      answers: [
        [call('weather'), done()],
        [answer('Sunny.'), done()],
      ],
      tools: late('weather', 50),
      trace: { agentName: 'forecast' },
    });
    expect(log.at(-1)).toBe('finish');
    expect(draw(sdk.spans())).toEqual([
      'invoke_agent forecast',
      '  chat qwen3',
      '  execute_tool weather',
      '  chat qwen3',
    ]);
    const times = sdk
      .spans()
      .map(({ name, startTime, endTime }) => [name, toMs(startTime), toMs(endTime)]);
    expect(times).toEqual([
      ['chat qwen3', 0, 100],
      ['execute_tool weather', 100, 150],
      ['chat qwen3', 150, 250],
      ['invoke_agent forecast', 0, 250],
    ]);
    expect(find('invoke_agent forecast').kind).toBe(SpanKind.INTERNAL);
    expect(find('execute_tool weather').kind).toBe(SpanKind.INTERNAL);
    expect(find('chat qwen3').kind).toBe(SpanKind.CLIENT);
    expect(sdk.logged).toEqual([]);
  });

  it('have what is known of each', () => {
    play({
      answers: [
        [call('weather', { city: 'Rome' }), done()],
        [answer('Sunny.'), done()],
      ],
      tools: late('weather', 50),
      trace: { agentName: 'forecast', conversationId: 'c1', server: 'gpu' },
    });
    expect(find('invoke_agent forecast').attributes).toEqual({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'forecast',
      'gen_ai.request.model': 'qwen3',
      'gen_ai.conversation.id': 'c1',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 52,
      'gen_ai.usage.output_tokens': 200,
    });
    expect(find('execute_tool weather').attributes).toEqual({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.agent.name': 'forecast',
      'gen_ai.tool.name': 'weather',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': 'call_weather',
    });
    expect(find('chat qwen3').attributes).toMatchObject({
      'gen_ai.request.model': 'qwen3',
      'gen_ai.response.time_to_first_chunk': 0.1,
      'gen_ai.usage.output_tokens': 100,
      'gen_ai.conversation.id': 'c1',
      'server.address': 'gpu',
    });
  });

  it('learn the model from the answer, where there is no request', () => {
    play({ answers: [[answer('Hi'), done()]], trace: { request: undefined } });
    expect(draw(sdk.spans())).toEqual(['invoke_agent', '  chat test']);
    expect(find('chat test').attributes).toMatchObject({ 'gen_ai.request.model': 'test' });
    expect(Object.keys(find('invoke_agent').attributes)).not.toContain('gen_ai.request.model');
  });

  it('are below the span that was active', () => {
    trace.getTracer('spec').startActiveSpan('POST /chat', (handler) => {
      play({ answers: [[answer('Hi'), done()]] });
      handler.end();
    });
    expect(draw(sdk.spans())).toEqual(['POST /chat', '  invoke_agent', '    chat qwen3']);
  });

  it('are of calls side by side, as they run', () => {
    play({
      answers: [
        [call('x'), call('y'), done()],
        [answer('Hi'), done()],
      ],
      tools: (scheduler) => [...late('x', 80)(scheduler), ...late('y', 50)(scheduler)],
    });
    const ended = sdk.spans().map(({ name, endTime }) => `${name} ${String(toMs(endTime))}`);
    expect(ended).toContain('execute_tool x 180');
    expect(ended).toContain('execute_tool y 150');
  });

  it('are those of each subscription', () => {
    const client: OllamaClient = { chat: () => of(answer('Hi'), done()) };
    const run$ = runTools(request, { tools: [], client }).pipe(traceRun({ request }));
    run$.subscribe();
    run$.subscribe();
    expect(draw(sdk.spans())).toEqual([
      'invoke_agent',
      '  chat qwen3',
      'invoke_agent',
      '  chat qwen3',
    ]);
  });

  it('are made once, though two operators trace a run', () => {
    const client = scriptedClient((_, at) => (at ? [answer('Hi'), done()] : [call('x'), done()]));
    runTools(request, { tools: [tool('x', () => 1)], client })
      .pipe(traceRun({ agentName: 'inner' }), traceRun({ agentName: 'outer' }))
      .subscribe();
    const calls = sdk.spans().filter(({ name }) => name === 'execute_tool x');
    expect(calls).toHaveLength(1);
  });
});

describe('a run that ends early', () => {
  it('is cancelled before the first chunk, with the chat that was asked for', () => {
    play({ answers: [[answer('Hi'), done()]], until: 50 });
    expect(draw(sdk.spans())).toEqual(['invoke_agent (cancelled)', '  chat qwen3 (cancelled)']);
    expect(find('invoke_agent').status).toEqual({ code: SpanStatusCode.UNSET });
    expect(find('invoke_agent').attributes['gen_ai.response.finish_reasons']).toEqual(['error']);
  });

  it('has a chat of an unknown model, where there is no request', () => {
    play({ answers: [[answer('Hi'), done()]], until: 50, trace: { request: undefined } });
    expect(draw(sdk.spans())).toEqual(['invoke_agent (cancelled)', '  chat (cancelled)']);
  });

  it('is cancelled in the middle of a call', () => {
    play({
      answers: [[call('x'), done()]],
      tools: late('x', 100),
      until: 150,
    });
    expect(draw(sdk.spans())).toEqual([
      'invoke_agent (cancelled)',
      '  chat qwen3',
      '  execute_tool x (cancelled)',
    ]);
    expect(toMs(find('execute_tool x').duration)).toBe(50);
  });

  it('is cancelled between two chats', () => {
    play({
      answers: [
        [call('x'), done()],
        [answer('Hi'), done()],
      ],
      tools: () => [tool('x', () => 1)],
      until: 150,
    });
    expect(draw(sdk.spans())).toEqual([
      'invoke_agent (cancelled)',
      '  chat qwen3',
      '  execute_tool x',
      '  chat qwen3 (cancelled)',
    ]);
  });

  it('fails with its chat', () => {
    const error = new OllamaConnectionError('down');
    expect(play({ answers: [error] }).log).toEqual([error]);
    expect(draw(sdk.spans())).toEqual(['invoke_agent (connection)', '  chat qwen3 (connection)']);
    expect(find('invoke_agent').status).toEqual({ code: SpanStatusCode.ERROR });
    expect(find('chat qwen3').status).toEqual({ code: SpanStatusCode.ERROR });
  });

  it('fails with what its own callback throws, which is no error of a chat', () => {
    const error = new RangeError('from stopWhen');
    play({
      answers: [[call('x'), done()]],
      tools: () => [tool('x', () => 1)],
      options: {
        stopWhen: () => {
          throw error;
        },
      },
    });
    expect(draw(sdk.spans())).toEqual([
      'invoke_agent (RangeError)',
      '  chat qwen3',
      '  execute_tool x',
    ]);
  });

  it.each([
    ['max-steps', { maxSteps: 1 }],
    ['stop-when', { stopWhen: () => true }],
  ])('is no error at its limit: %s', (reason, options) => {
    play({ answers: [[call('x'), done()]], tools: () => [tool('x', () => 1)], options });
    expect(draw(sdk.spans())).toEqual(['invoke_agent', '  chat qwen3', '  execute_tool x']);
    expect(find('invoke_agent').attributes['gen_ai.response.finish_reasons']).toEqual([reason]);
  });
});

describe('the span of a call', () => {
  const denied = { needsApproval: true };

  it('is an error where the tool fails, and the run goes on', () => {
    const { log } = play({
      answers: [
        [call('x'), done()],
        [answer('Hi'), done()],
      ],
      tools: () => [
        tool('x', () => {
          throw new RangeError('secret');
        }),
      ],
    });
    expect(log.at(-1)).toBe('finish');
    expect(draw(sdk.spans())).toContain('  execute_tool x (RangeError)');
    expect(find('execute_tool x').status).toEqual({ code: SpanStatusCode.ERROR });
    expect(find('invoke_agent').status).toEqual({ code: SpanStatusCode.UNSET });
  });

  it('is an error where it ends the run', () => {
    play({
      answers: [[call('x'), done()]],
      tools: () => [
        tool('x', () => {
          throw new RangeError('secret');
        }),
      ],
      options: { onToolError: 'throw' },
    });
    expect(draw(sdk.spans())).toEqual([
      'invoke_agent (tool)',
      '  chat qwen3 (cancelled)',
      '  execute_tool x (RangeError)',
    ]);
  });

  it('is an error where it ends the run after the chat', () => {
    play({
      answers: [[call('x'), done()]],
      tools: (scheduler) => [
        tool('x', () =>
          timer(50, scheduler).pipe(
            map(() => {
              throw new RangeError('secret');
            }),
          ),
        ),
      ],
      options: { onToolError: 'throw' },
    });
    expect(draw(sdk.spans())).toEqual([
      'invoke_agent (tool)',
      '  chat qwen3',
      '  execute_tool x (RangeError)',
    ]);
  });

  it('is cancelled where the run fails for another reason', () => {
    const scheduler = new VirtualTimeScheduler();
    const client = scriptedClient(() => of(call('x'), done()));
    merge(
      runTools(request, { tools: [tool('x', () => NEVER)], client, scheduler }),
      timer(50, scheduler).pipe(
        map((): ToolRunEvent => {
          throw new OllamaTimeoutError('The run took too long.', 'total');
        }),
      ),
    )
      .pipe(traceRun({ request, scheduler }))
      .subscribe({ error: noop });
    scheduler.flush();
    expect(draw(sdk.spans()).sort()).toEqual([
      '  chat qwen3',
      '  execute_tool x (cancelled)',
      'invoke_agent (timeout)',
    ]);
  });

  it('is a timeout where the tool takes too long', () => {
    play({
      answers: [
        [call('x'), done()],
        [answer('Hi'), done()],
      ],
      tools: late('x', 100),
      options: { toolTimeout: 50 },
    });
    expect(draw(sdk.spans())).toContain('  execute_tool x (timeout)');
    expect(toMs(find('execute_tool x').duration)).toBe(50);
  });

  it('is there for a tool that does not exist', () => {
    play({
      answers: [
        [call('nope'), done()],
        [answer('Hi'), done()],
      ],
    });
    expect(draw(sdk.spans())).toContain('  execute_tool nope (Error)');
  });

  it('is denied without an approval, which is no error', () => {
    play({
      answers: [
        [call('x'), done()],
        [answer('Hi'), done()],
      ],
      tools: () => [tool('x', () => 1, denied)],
    });
    expect(draw(sdk.spans())).toContain('  execute_tool x (denied)');
    expect(find('execute_tool x').status).toEqual({ code: SpanStatusCode.UNSET });
  });

  it('is not there while a call waits for a decision', () => {
    play({
      answers: [[call('x'), done()]],
      tools: () => [tool('x', () => 1, denied)],
      options: { approve: () => 'suspend' },
    });
    expect(draw(sdk.spans())).toEqual(['invoke_agent', '  chat qwen3']);
    expect(find('invoke_agent').attributes['gen_ai.response.finish_reasons']).toEqual(['approval']);
  });

  it('is in the run that makes the call by a decision, before its first chat', () => {
    const tools = (scheduler: VirtualTimeScheduler) => [
      tool('x', () => timer(50, scheduler).pipe(map(() => 1)), denied),
    ];
    const { finish } = play({
      answers: [[call('x'), done()]],
      tools,
      options: { approve: () => 'suspend' },
    });
    const earlier = sdk.spans().length;
    const scheduler = new VirtualTimeScheduler();
    const client = scriptedClient(() =>
      timer(100, scheduler).pipe(concatMap(() => of(answer('Hi'), done()))),
    );
    runTools(
      { ...request, messages: finish?.messages ?? [] },
      { tools: tools(scheduler), client, scheduler, decisions: { call_x: true } },
    )
      .pipe(traceRun({ request, scheduler }))
      .subscribe();
    scheduler.flush();
    const times = sdk
      .spans()
      .slice(earlier)
      .map(({ name, startTime, endTime }) => [name, toMs(startTime), toMs(endTime)]);
    expect(times).toEqual([
      ['execute_tool x', 0, 50],
      ['chat qwen3', 50, 150],
      ['invoke_agent', 0, 150],
    ]);
  });

  it('is cancelled where the chat is requested again', () => {
    const scheduler = new VirtualTimeScheduler();
    let at = 0;
    const cut$ = concat(
      of(call('x')),
      timer(20, scheduler).pipe(concatMap(() => throwError(() => new OllamaTruncatedError('cut')))),
    );
    const again$ = concat(of(answer('Hi')), timer(50, scheduler).pipe(map(() => done())));
    const client: OllamaClient = {
      chat: () =>
        of(0).pipe(
          concatMap(() => (at++ ? again$ : cut$)),
          retryChat<ChatChunk>({ count: 1, delay: 0, when: 'restart', scheduler }),
        ),
    };
    runTools(request, { tools: [tool('x', () => NEVER)], client })
      .pipe(traceRun({ request, scheduler }))
      .subscribe();
    scheduler.flush();
    expect(toMs(find('execute_tool x').duration)).toBe(20);
    expect(toMs(find('invoke_agent').duration)).toBe(70);
    // The two below the run start at once.
    expect(draw(sdk.spans()).sort()).toEqual([
      '  chat qwen3',
      '  execute_tool x (cancelled)',
      'invoke_agent',
    ]);
    expect(find('chat qwen3').attributes['ollama.attempts']).toBe(2);
  });
});

describe('the content of a run', () => {
  const answers = [
    [call('weather', { city: 'secret' }), done()],
    [answer('A secret.'), done()],
  ];
  const tools = () => [tool('weather', () => ({ sky: 'secret' }))];
  const text = () =>
    JSON.stringify(sdk.spans().map(({ attributes, status }) => [attributes, status]));

  it('is in no span', () => {
    play({ answers, tools, trace: { agentName: 'forecast' } });
    expect(text()).not.toContain('secret');
  });

  it('is recorded on request: the prompt and the answer with the run, and each call', () => {
    play({ answers, tools, trace: { captureContent: true } });
    const { attributes } = find('invoke_agent');
    expect(attributes['gen_ai.input.messages']).toContain('What is my secret?');
    expect(attributes['gen_ai.output.messages']).toContain('A secret.');
    expect(find('execute_tool weather').attributes).toMatchObject({
      'gen_ai.tool.call.arguments': '{"city":"secret"}',
      'gen_ai.tool.call.result': '{"sky":"secret"}',
    });
    const [first, second] = sdk.spans().filter(({ name }) => name === 'chat qwen3');
    expect(first?.attributes['gen_ai.output.messages']).toContain('"name":"weather"');
    expect(second?.attributes['gen_ai.output.messages']).toContain('A secret.');
    expect(Object.keys(first?.attributes ?? {})).not.toContain('gen_ai.input.messages');
  });

  it('has no answer where the run ends without one, and no prompt without a request', () => {
    play({
      answers,
      tools,
      options: { maxSteps: 1 },
      trace: { captureContent: true, request: undefined },
    });
    const names = Object.keys(find('invoke_agent').attributes);
    expect(names.filter((name) => name.endsWith('.messages'))).toEqual([]);
    expect(sdk.logged).toEqual([]);
  });

  it('passes through a redaction', () => {
    play({ answers, tools, trace: { captureContent: () => [] } });
    expect(text()).not.toContain('secret');
    expect(find('invoke_agent').attributes['gen_ai.input.messages']).toBe('[]');
  });
});

describe('the metrics of a run', () => {
  afterEach(() => {
    setOptIn(undefined);
  });
  const answers = [
    [call('weather'), call('nope'), done()],
    [answer('Sunny.'), done()],
  ];

  it('are those of its chats by the older names, which have none for runs', async () => {
    play({ answers, tools: late('weather', 50) });
    const names = new Set((await sdk.points()).map(({ name }) => name));
    expect([...names]).toEqual([
      'gen_ai.client.operation.duration',
      'gen_ai.client.operation.time_to_first_chunk',
      'gen_ai.client.token.usage',
    ]);
  });

  it('are its duration, its chats and its calls by the latest names', async () => {
    setOptIn('gen_ai_latest_experimental');
    play({ answers, tools: late('weather', 50), trace: { agentName: 'forecast' } });
    const points = await sdk.points();
    const common = { 'gen_ai.agent.name': 'forecast', 'gen_ai.request.model': 'qwen3' };
    const of1 = (sum: number) => ({ sum: expect.closeTo(sum, 9), count: 1 });
    expect(points.filter(({ name }) => /agent|tool/.test(name))).toEqual([
      // The tool that does not exist took no time, and has no metric with its name.
      {
        name: 'gen_ai.execute_tool.duration',
        attributes: {
          'gen_ai.agent.name': 'forecast',
          'gen_ai.tool.name': 'weather',
          'gen_ai.tool.type': 'function',
        },
        value: of1(0.05),
      },
      { name: 'gen_ai.invoke_agent.duration', attributes: common, value: of1(0.25) },
      { name: 'gen_ai.invoke_agent.inference_calls', attributes: common, value: of1(2) },
      { name: 'gen_ai.invoke_agent.tool_calls', attributes: common, value: of1(2) },
    ]);
  });

  it('are those of its chats without a request, too', async () => {
    setOptIn('gen_ai_latest_experimental');
    for (const known of [undefined, { model: 'qwen3' }]) {
      play({ answers: [[answer('Hi'), done()]], trace: { request: known } });
    }
    const points = await sdk.points();
    const names = points.map(({ name }) => name);
    expect(names.filter((name) => name.endsWith('usage.output_tokens'))).toHaveLength(2);
    expect(sdk.logged).toEqual([]);
  });

  it('have the kind of an error', async () => {
    setOptIn('gen_ai_latest_experimental');
    play({ answers: [new OllamaConnectionError('down')] });
    const points = await sdk.points();
    expect(points.find(({ name }) => name === 'gen_ai.invoke_agent.duration')?.attributes).toEqual({
      'gen_ai.request.model': 'qwen3',
      'error.type': 'connection',
    });
  });
});

describe('traceRun', () => {
  it('lets every event through, as it is', () => {
    const before: ToolRunEvent[] = [];
    const after: ToolRunEvent[] = [];
    runTools(request, {
      tools: [tool('x', () => of(1, 2))],
      client: scriptedClient((_, at) => (at ? [answer('Hi'), done()] : [call('x'), done()])),
    })
      .pipe(
        tap((event) => before.push(event)),
        traceRun({ request }),
      )
      .subscribe((event) => after.push(event));
    expect(before.length).toBeGreaterThan(8);
    expect(after).toHaveLength(before.length);
    expect(after.every((event, at) => event === before[at])).toBe(true);
  });

  it('stops a synchronous source as soon as the consumer has enough', () => {
    let produced = 0;
    const source: Observable<ToolRunEvent> = from(
      (function* (): Generator<ToolRunEvent> {
        for (;;) {
          produced++;
          yield { type: 'chunk', step: 1, chunk: answer('Hi') };
        }
      })(),
    );
    source.pipe(traceRun(), take(3)).subscribe();
    expect(produced).toBe(3);
    expect(draw(sdk.spans())).toEqual(['invoke_agent (cancelled)', '  chat test (cancelled)']);
  });

  it.each([
    [{ scheduler: 1 }, 'scheduler is not a scheduler of RxJS'],
    [{ captureContent: 1 }, 'captureContent is a number'],
  ])('names a mistake: %p', (options, message) => {
    expect(() => traceRun(options as never)).toThrow(message);
  });

  it('survives a tracer and a meter that fail', () => {
    const fail = (): never => {
      throw new Error('from telemetry');
    };
    const broken = new Proxy({}, { get: () => fail }) as never;
    const { log } = play({
      answers: [
        [call('x'), done()],
        [answer('Hi'), done()],
      ],
      tools: () => traceTools([tool('x', () => 1)], { tracer: broken, meter: broken }),
      trace: { tracer: broken, meter: broken },
    });
    expect(log.at(-1)).toBe('finish');
    expect(log).toContain('tool-result');
    expect(sdk.logged.length).toBeGreaterThan(0);
  });
});
