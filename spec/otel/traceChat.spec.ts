import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  SpanKind,
  SpanStatusCode,
  context,
  trace,
  type Meter,
  type Tracer,
} from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import {
  EMPTY,
  NEVER,
  Subject,
  VirtualTimeScheduler,
  concat,
  concatMap,
  delay,
  from,
  lastValueFrom,
  of,
  interval,
  map,
  take,
  takeUntil,
  takeWhile,
  throwError,
  timer,
  toArray,
  type Observable,
} from 'rxjs';
import type { Context } from 'rxjs-marbles/jest';
import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaTruncatedError,
} from '../../lib/errors.js';
import { answerText } from '../../lib/operators/answerText.js';
import { retryChat } from '../../lib/operators/retryChat.js';
import { shareChat } from '../../lib/operators/shareChat.js';
import { raceChat } from '../../lib/sources/raceChat.js';
import { traceChat, type TraceChatOptions } from '../../lib/otel/index.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChatRequest } from '../../lib/types/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { marbles } from '../support/marbles.js';
import { draw, setOptIn, toMs, useSdk } from './support.js';

const { answer, done, thinking } = chunk;
const sdk = useSdk();
const request: ChatRequest = {
  model: 'qwen3',
  messages: [{ role: 'user', content: 'What is my secret?' }],
};

// Without an exporter, which has timers of its own.
const silent = new BasicTracerProvider().getTracer('spec');
describeOperatorContract({
  name: 'traceChat',
  operator: (scheduler) => traceChat({ request, scheduler, tracer: silent }),
  keepsType: true,
});

const chunks: Readonly<Record<string, ChatChunk>> = {
  a: answer('Hel'),
  b: answer('lo'),
  d: done(),
};
const failure = new OllamaTruncatedError('cut');

/** A marble test, and then what was exported. */
const inMarbles = (test: (m: Context) => void, then: () => void) => (): void => {
  marbles(test)();
  then();
};

/** Subscribes to a chat with a span until it ends, by virtual time. */
function run(source: Observable<ChatChunk>, options: Partial<TraceChatOptions> = {}): unknown[] {
  const scheduler = new VirtualTimeScheduler();
  const log: unknown[] = [];
  source.pipe(traceChat({ request, scheduler, ...options })).subscribe({
    next: ({ message }) => log.push(message.content),
    error: (error: unknown) => log.push(error),
    complete: () => log.push('end'),
  });
  scheduler.flush();
  return log;
}

describe('the span of a chat', () => {
  // prettier-ignore
  it('lasts from the subscription to the end, and lets every chunk through', inMarbles((m) => {
    const source = m.cold('  --a---b---(d|)', chunks);
    const expected = '       --a---b---(d|)';
    const subs = '           ^---------!';
    m.expect(source.pipe(traceChat({ request }))).toBeObservable(expected, chunks);
    m.expect(source).toHaveSubscriptions(subs);
  }, () => {
    const span = sdk.span();
    expect(span.name).toBe('chat qwen3');
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.status).toEqual({ code: SpanStatusCode.UNSET });
    expect(toMs(span.startTime)).toBe(0);
    expect(toMs(span.duration)).toBe(10);
    expect(span.attributes['gen_ai.response.time_to_first_chunk']).toBe(0.002);
  }));

  // prettier-ignore
  it('ends with an error', inMarbles((m) => {
    const source = m.cold('  --a-#', chunks, failure);
    const expected = '       --a-#';
    m.expect(source.pipe(traceChat({ request }))).toBeObservable(expected, chunks, failure);
  }, () => {
    const span = sdk.span();
    expect(toMs(span.duration)).toBe(4);
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span.attributes).toMatchObject({
      'error.type': 'truncated',
      'gen_ai.response.finish_reasons': ['error'],
    });
  }));

  // prettier-ignore
  it('ends when the subscriber unsubscribes', inMarbles((m) => {
    const source = m.cold('  --a---b---(d|)', chunks);
    const unsub = '          ----!';
    const expected = '       --a';
    const subs = '           ^---!';
    m.expect(source.pipe(traceChat({ request })), unsub).toBeObservable(expected, chunks);
    m.expect(source).toHaveSubscriptions(subs);
  }, () => {
    const span = sdk.span();
    expect(toMs(span.duration)).toBe(4);
    expect(span.status).toEqual({ code: SpanStatusCode.UNSET });
    expect(span.attributes).toMatchObject({
      'error.type': 'cancelled',
      'gen_ai.response.finish_reasons': ['error'],
    });
  }));

  it('has what the request and the final chunk say', () => {
    run(of(answer('Hi'), { ...done(), model: 'qwen3:4b', done_reason: 'length' }), {
      request: {
        ...request,
        think: 'high',
        format: 'json',
        options: {
          seed: 7,
          temperature: 0.5,
          top_k: 40,
          top_p: 0.9,
          num_predict: 100,
          stop: ['\n'],
          presence_penalty: 0.1,
          frequency_penalty: 0.2,
        },
      },
      server: 'user:password@gpu.local',
      conversationId: 'c1',
    });
    expect(sdk.span().attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'ollama',
      'gen_ai.request.model': 'qwen3',
      'server.address': 'gpu.local',
      'server.port': 11434,
      'gen_ai.conversation.id': 'c1',
      'gen_ai.request.stream': true,
      'gen_ai.output.type': 'json',
      'gen_ai.request.reasoning.level': 'high',
      'gen_ai.request.seed': 7,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.top_k': 40,
      'gen_ai.request.top_p': 0.9,
      'gen_ai.request.max_tokens': 100,
      'gen_ai.request.stop_sequences': ['\n'],
      'gen_ai.request.presence_penalty': 0.1,
      'gen_ai.request.frequency_penalty': 0.2,
      'gen_ai.response.model': 'test',
      'gen_ai.response.finish_reasons': ['length'],
      'gen_ai.response.time_to_first_chunk': 0,
      'gen_ai.usage.input_tokens': 26,
      'gen_ai.usage.output_tokens': 100,
      'ollama.total_duration': 3.3,
      'ollama.load_duration': 0.8,
      'ollama.prompt_eval_duration': 0.5,
      'ollama.eval_duration': 2,
    });
    expect(sdk.logged).toEqual([]);
  });

  it.each([
    ['http://gpu', 'gpu', 80],
    ['https://ollama.com', 'ollama.com', 443],
    ['[::1]:8080', '[::1]', 8080],
    ['0.0.0.0', '127.0.0.1', 11434],
  ])('has the address and the port of the server %s', (server, address, port) => {
    run(of(done()), { server });
    expect(sdk.span().attributes).toMatchObject({ 'server.address': address, 'server.port': port });
  });

  it('has no figures of a stream, and no limit, where there is none', () => {
    run(of(done()), { request: { ...request, stream: false, options: { num_predict: -1 } } });
    const { attributes } = sdk.span();
    expect(Object.keys(attributes)).not.toContain('gen_ai.request.stream');
    expect(Object.keys(attributes)).not.toContain('gen_ai.request.max_tokens');
    expect(Object.keys(attributes)).not.toContain('gen_ai.response.time_to_first_chunk');
  });

  it.each<[string, Partial<ChatRequest>, string, unknown]>([
    ['a limit of zero', { options: { num_predict: 0 } }, 'gen_ai.request.max_tokens', 0],
    [
      'no limit among other options',
      { options: { top_k: 5 } },
      'gen_ai.request.max_tokens',
      undefined,
    ],
    ['a level of thinking', { think: 'high' }, 'gen_ai.request.reasoning.level', 'high'],
    ['no level where it only thinks', { think: true }, 'gen_ai.request.reasoning.level', undefined],
  ])('has %s', (_, fields, name, value) => {
    run(of(done()), { request: { ...request, ...fields } });
    expect(sdk.span().attributes[name]).toBe(value);
  });

  it('has no durations that the server did not measure', () => {
    const { model, created_at, message } = done();
    run(of({ model, created_at, message, done: true }));
    const names = Object.keys(sdk.span().attributes);
    expect(names.filter((name) => name.startsWith('ollama.'))).toEqual([]);
  });

  it('has no reason where the server sends none', () => {
    const { done_reason: _, ...final } = done();
    run(of(final as ChatChunk));
    expect(Object.keys(sdk.span().attributes)).not.toContain('gen_ai.response.finish_reasons');
  });

  it('begins for each subscription', () => {
    const traced = of(done()).pipe(traceChat({ request }));
    expect(sdk.spans()).toHaveLength(0);
    traced.subscribe();
    traced.subscribe();
    expect(sdk.spans()).toHaveLength(2);
  });
});

describe('the kind of an ending', () => {
  it.each<[string, unknown, string]>([
    ['an HTTP status', new OllamaHttpError('busy', 503), '503'],
    ['a redirect in a browser', new OllamaHttpError('redirect', 0), 'http'],
    ['no connection', new OllamaConnectionError('refused'), 'connection'],
    ['an error line', new OllamaStreamError('failed'), 'stream'],
    ['a malformed line', new OllamaProtocolError('no chunk'), 'protocol'],
    ['no final chunk', new OllamaTruncatedError('cut'), 'truncated'],
    ['silence', new OllamaTimeoutError('slow', 'idle'), 'timeout'],
    ['an error of the program', new RangeError('wrong'), 'RangeError'],
    ['a name that could be anything', Object.assign(new Error('x'), { name: 'id 7' }), '_OTHER'],
    ['a name that is a number', Object.assign(new Error('x'), { name: 7 }), '_OTHER'],
    ['a text', 'wrong', '_OTHER'],
    ['nothing', undefined, '_OTHER'],
  ])('of %s is an error', (_, error, type) => {
    expect(run(throwError(() => error))).toEqual([error]);
    const { attributes, status } = sdk.span();
    expect(attributes['error.type']).toBe(type);
    expect(status).toEqual({ code: SpanStatusCode.ERROR });
  });

  it('is no error once the final chunk is there, though the subscriber leaves at it', () => {
    const log: string[] = [];
    concat(of(answer('Hi'), done()), NEVER)
      .pipe(
        traceChat({ request }),
        takeWhile(({ done: isFinal }) => !isFinal, true),
      )
      .subscribe({ complete: () => log.push('end') });
    expect(log).toEqual(['end']);
    expect(sdk.span().attributes).toMatchObject({ 'gen_ai.response.finish_reasons': ['stop'] });
    expect(Object.keys(sdk.span().attributes)).not.toContain('error.type');
  });

  it('is a cancellation, if an operator before it has ended the chat', () => {
    expect(run(of(answer('Hi'), done()).pipe(take(1)))).toEqual(['Hi', 'end']);
    expect(sdk.span().attributes).toMatchObject({ 'error.type': 'cancelled' });
    expect(sdk.span().status).toEqual({ code: SpanStatusCode.UNSET });
  });

  it('is a cancellation before the first chunk too', () => {
    NEVER.pipe(traceChat<ChatChunk>({ request, captureContent: true }))
      .subscribe()
      .unsubscribe();
    const { attributes } = sdk.span();
    expect(Object.keys(attributes)).not.toContain('gen_ai.output.messages');
    expect(attributes).toMatchObject({ 'error.type': 'cancelled' });
    expect(Object.keys(attributes)).not.toContain('gen_ai.response.time_to_first_chunk');
    expect(Object.keys(attributes)).not.toContain('gen_ai.response.model');
  });
});

describe('the content of a chat', () => {
  const secrets = /secret|42/;
  const chat$ = of(thinking('The secret is 42.'), answer('It is 42.'), done());

  it('is in no attribute, and in no status', () => {
    run(
      concat(
        chat$,
        throwError(() => new OllamaProtocolError('The line is: 42')),
      ),
    );
    const { attributes, status, events, name } = sdk.span();
    expect(JSON.stringify({ attributes, status, events, name })).not.toMatch(secrets);
  });

  it('is recorded on request, as the conventions have it', () => {
    run(chat$, { captureContent: true });
    const { attributes } = sdk.span();
    expect(JSON.parse(String(attributes['gen_ai.input.messages']))).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'What is my secret?' }] },
    ]);
    expect(JSON.parse(String(attributes['gen_ai.output.messages']))).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'The secret is 42.' },
          { type: 'text', content: 'It is 42.' },
        ],
      },
    ]);
  });

  it('has calls, their results and that there are images, but no bytes', () => {
    const call = { id: 'c', function: { name: 'add', arguments: { x: 1 } } };
    const messages = [
      { role: 'user', content: 'Look', images: ['AAAA'] },
      { role: 'assistant', content: '', tool_calls: [call] },
      { role: 'tool', content: '2', tool_name: 'add', tool_call_id: 'c' },
    ];
    run(of(done()), { captureContent: true, request: { model: 'qwen3', messages } });
    expect(JSON.parse(String(sdk.span().attributes['gen_ai.input.messages']))).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'Look' }, { type: 'image' }] },
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'c', name: 'add', arguments: { x: 1 } }],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: '2' }] },
    ]);
  });

  it('has the words of an error too', () => {
    run(
      throwError(() => new OllamaProtocolError('The line is: 42')),
      { captureContent: true },
    );
    expect(sdk.span().status).toEqual({ code: SpanStatusCode.ERROR, message: 'The line is: 42' });
  });

  it('passes through a redaction', () => {
    run(
      concat(
        chat$,
        throwError(() => new Error('42')),
      ),
      {
        captureContent: (messages) =>
          messages.map(({ role, content }) => ({
            role,
            content: content.replace(/secret|42/g, '…'),
          })),
      },
    );
    const { attributes, status } = sdk.span();
    expect(attributes['gen_ai.input.messages']).toContain('What is my …?');
    expect(attributes['gen_ai.output.messages']).toContain('It is ….');
    expect(JSON.stringify({ attributes, status })).not.toMatch(secrets);
  });

  it('is not recorded at all by a redaction that fails, and the chat goes through', () => {
    const log = run(chat$, {
      captureContent: () => {
        throw new Error('from the redaction');
      },
    });
    expect(log).toEqual(['', 'It is 42.', '', 'end']);
    expect(JSON.stringify(sdk.span().attributes)).not.toMatch(secrets);
    expect(sdk.logged).toHaveLength(2);
  });
});

describe('a chat that is tried again', () => {
  const unreachable = new OllamaConnectionError('down');
  const attempts = (...sources: readonly Observable<ChatChunk>[]) => {
    let at = 0;
    return from([0]).pipe(concatMap(() => sources[at++] ?? EMPTY));
  };

  it('has a span per attempt, side by side, with the trace before retryChat', () => {
    const scheduler = new VirtualTimeScheduler();
    attempts(
      throwError(() => unreachable),
      of(answer('Hi'), done()),
    )
      .pipe(traceChat({ request, scheduler }), retryChat({ count: 1, delay: 100, scheduler }))
      .subscribe();
    scheduler.flush();
    expect(draw(sdk.spans())).toEqual(['chat qwen3 (connection)', 'chat qwen3']);
  });

  it('has one span for all attempts, with the trace after it', () => {
    const scheduler = new VirtualTimeScheduler();
    attempts(
      throwError(() => unreachable),
      of(answer('Hi'), done()).pipe(delay(20, scheduler)),
    )
      .pipe(retryChat({ count: 1, delay: 100, scheduler }), traceChat({ request, scheduler }))
      .subscribe();
    scheduler.flush();
    const span = sdk.span();
    expect(toMs(span.duration)).toBe(120);
    expect(Object.keys(span.attributes)).not.toContain('ollama.attempts');
  });

  it('has how often the answer was begun', () => {
    const scheduler = new VirtualTimeScheduler();
    const cut$ = concat(
      of(answer('H')),
      throwError(() => failure),
    );
    attempts(cut$, cut$, of(answer('Hi'), done()))
      .pipe(
        retryChat({ count: 2, delay: 0, when: 'restart', scheduler }),
        traceChat({ request, scheduler, captureContent: true }),
      )
      .subscribe();
    scheduler.flush();
    expect(sdk.span().attributes).toMatchObject({
      'ollama.attempts': 3,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.output.messages': expect.stringContaining('"content":"Hi"'),
    });
  });

  it('has both, the attempts within the whole', async () => {
    const traced$ = attempts(
      timer(1).pipe(concatMap(() => throwError(() => unreachable))),
      of(answer('Hi'), done()),
    ).pipe(
      traceChat({ request: { model: 'attempt' } }),
      retryChat({ count: 1, delay: 1 }),
      traceChat({ request }),
    );
    await lastValueFrom(traced$);
    expect(draw(sdk.spans())).toEqual([
      'chat qwen3',
      '  chat attempt (connection)',
      '  chat attempt',
    ]);
  });
});

describe('a chat with several subscribers', () => {
  it('has one span before shareChat, and one per subscriber after it', () => {
    const source = new Subject<ChatChunk>();
    const shared$ = source.pipe(traceChat({ request: { model: 'shared' } }), shareChat());
    const each$ = shared$.pipe(traceChat({ request: { model: 'each' } }));
    const first = each$.subscribe();
    each$.subscribe();
    source.next(answer('Hi'));
    first.unsubscribe();
    source.next(done());
    source.complete();
    expect(
      draw(sdk.spans())
        .map((line) => line.trim())
        .sort(),
    ).toEqual(['chat each', 'chat each (cancelled)', 'chat shared']);
  });

  it('has a span per racer, of which the losers are cancelled', () => {
    const scheduler = new VirtualTimeScheduler();
    const racer = (model: string, ms: number) =>
      of(answer('Hi'), done()).pipe(
        delay(ms, scheduler),
        traceChat({ request: { model }, scheduler }),
      );
    raceChat([racer('slow', 50), racer('quick', 10)], { scheduler }).subscribe();
    scheduler.flush();
    expect(draw(sdk.spans()).sort()).toEqual(['chat quick', 'chat slow (cancelled)']);
  });
});

describe('the place of a span', () => {
  let tracer: Tracer;
  beforeEach(() => {
    tracer = trace.getTracer('spec');
  });

  it('is below the span that was active when the chat was subscribed to', () => {
    const traced = of(done()).pipe(traceChat({ request }));
    tracer.startActiveSpan('handler', (handler) => {
      traced.subscribe();
      handler.end();
    });
    expect(draw(sdk.spans())).toEqual(['handler', '  chat qwen3']);
  });

  it('is above what the source starts', () => {
    const source = from([0]).pipe(
      concatMap(() => {
        tracer.startSpan('POST').end();
        return of(done());
      }),
    );
    run(source);
    expect(draw(sdk.spans())).toEqual(['chat qwen3', '  POST']);
  });

  it('is beside the chat before it, where one follows the other', async () => {
    const chat = (model: string) =>
      timer(1).pipe(
        concatMap(() => of(done())),
        traceChat<ChatChunk>({ request: { model } }),
      );
    await tracer.startActiveSpan('handler', async (handler) => {
      await lastValueFrom(concat(chat('first'), chat('second'), chat('third')));
      handler.end();
    });
    expect(draw(sdk.spans())).toEqual(['handler', '  chat first', '  chat second', '  chat third']);
  });

  it('is nowhere, where tracing is suppressed', () => {
    context.with(suppressTracing(context.active()), () => {
      expect(run(of(done()))).toEqual(['', 'end']);
    });
    expect(sdk.spans()).toEqual([]);
  });
});

describe('what fails in OpenTelemetry', () => {
  const fail = (): never => {
    throw new Error('from telemetry');
  };
  const broken = new Proxy({}, { get: () => fail });
  const chat$ = of(answer('Hel'), answer('lo'), done());

  it.each<[string, Partial<TraceChatOptions>]>([
    ['a tracer', { tracer: broken as Tracer }],
    ['a span', { tracer: { ...trace.getTracer('x'), startSpan: () => broken } as never }],
    ['a meter', { meter: broken as Meter }],
    [
      'an instrument',
      { meter: { createHistogram: () => broken, createCounter: () => broken } as never },
    ],
  ])('does not end a chat: %s', (_, options) => {
    expect(run(chat$, options)).toEqual(['Hel', 'lo', '', 'end']);
    expect(
      run(
        throwError(() => failure),
        options,
      ),
    ).toEqual([failure]);
    expect(sdk.logged.length).toBeGreaterThan(0);
    expect(sdk.logged[0]).toEqual([
      'rxjs-ollama/otel: this part of a trace is missing',
      expect.any(Error),
    ]);
  });

  it('leaves what is inside below what is outside', () => {
    const tracer = trace.getTracer('spec');
    const source = from([0]).pipe(
      concatMap(() => {
        tracer.startSpan('POST').end();
        return of(done());
      }),
    );
    tracer.startActiveSpan('handler', (handler) => {
      run(source, { tracer: broken as Tracer });
      handler.end();
    });
    expect(draw(sdk.spans())).toEqual(['handler', '  POST']);
  });
});

describe('a value that is not a chunk', () => {
  it('is an error that says where the operator belongs', () => {
    const errors: unknown[] = [];
    of(answer('Hi'))
      .pipe(answerText(), traceChat<never>({ request }) as never)
      .subscribe({ error: (error: unknown) => errors.push(error) });
    expect(String(errors)).toContain('Place this operator before answerText()');
  });
});

describe('the metrics of a chat', () => {
  afterEach(() => {
    setOptIn(undefined);
  });
  const common = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'ollama',
    'gen_ai.request.model': 'qwen3',
    'gen_ai.response.model': 'test',
  };
  const inMs = (ms: number, scheduler: VirtualTimeScheduler) => timer(ms, scheduler);
  const measure = async (
    end: Observable<never> = EMPTY,
    options: Partial<TraceChatOptions> = {},
  ) => {
    const scheduler = new VirtualTimeScheduler();
    const chunks$ = from([answer('a'), answer('b'), answer('c'), done()]).pipe(
      // 'b' and 'c' come together.
      concatMap((each, at) =>
        at === 2 ? of(each) : inMs(100, scheduler).pipe(concatMap(() => of(each))),
      ),
    );
    concat(end === EMPTY ? chunks$ : chunks$.pipe(take(1)), end)
      .pipe(traceChat<ChatChunk>({ request, scheduler, ...options }), toArray())
      .subscribe({ error: () => undefined });
    scheduler.flush();
    return sdk.points();
  };
  const of1 = (sum: unknown, count = 1) => ({ sum, count });
  const close = (sum: number) => expect.closeTo(sum, 9);

  it('have the names of version 1.41', async () => {
    expect(await measure()).toEqual([
      { name: 'gen_ai.client.operation.duration', attributes: common, value: of1(close(0.3)) },
      {
        name: 'gen_ai.client.operation.time_to_first_chunk',
        attributes: common,
        value: of1(close(0.1)),
      },
      {
        name: 'gen_ai.client.operation.time_per_output_chunk',
        attributes: common,
        value: of1(close(0.2), 2),
      },
      {
        name: 'gen_ai.client.token.usage',
        attributes: { ...common, 'gen_ai.token.type': 'input' },
        value: of1(26),
      },
      {
        name: 'gen_ai.client.token.usage',
        attributes: { ...common, 'gen_ai.token.type': 'output' },
        value: of1(100),
      },
    ]);
  });

  it.each(['gen_ai_latest_experimental', 'http, gen_ai_latest_experimental ,database'])(
    'have the latest names by OTEL_SEMCONV_STABILITY_OPT_IN=%s',
    async (value) => {
      setOptIn(value);
      const text = { ...common, 'gen_ai.token.modality': 'text' };
      expect(await measure()).toEqual([
        { name: 'gen_ai.client.inference.duration', attributes: common, value: of1(close(0.3)) },
        {
          name: 'gen_ai.client.inference.time_to_first_chunk',
          attributes: common,
          value: of1(close(0.1)),
        },
        {
          name: 'gen_ai.client.inference.time_per_output_chunk',
          attributes: common,
          value: of1(close(0.2), 2),
        },
        {
          name: 'gen_ai.client.inference.operation.input_tokens',
          attributes: common,
          value: of1(26),
        },
        {
          name: 'gen_ai.client.inference.operation.output_tokens',
          attributes: common,
          value: of1(100),
        },
        { name: 'gen_ai.client.inference.usage.input_tokens', attributes: text, value: 26 },
        { name: 'gen_ai.client.inference.usage.output_tokens', attributes: text, value: 100 },
      ]);
    },
  );

  it('keep the older names for another value', async () => {
    setOptIn('gen_ai_latest');
    const names = (await measure()).map(({ name }) => name);
    expect(names).toContain('gen_ai.client.operation.duration');
    expect(names).not.toContain('gen_ai.client.inference.duration');
  });

  it('have the kind of an error, and no tokens that nobody counted', async () => {
    const points = await measure(throwError(() => failure));
    expect(points.map(({ name }) => name)).toEqual([
      'gen_ai.client.operation.duration',
      'gen_ai.client.operation.time_to_first_chunk',
    ]);
    expect(points[0]?.attributes).toEqual({ ...common, 'error.type': 'truncated' });
    expect(points[1]?.attributes).toEqual(common);
  });

  it('count zero tokens of a kind that is unknown, by the latest names', async () => {
    setOptIn('gen_ai_latest_experimental');
    const points = await measure(throwError(() => failure));
    expect(points.filter(({ name }) => name.includes('tokens'))).toEqual([
      {
        name: 'gen_ai.client.inference.operation.input_tokens',
        attributes: { ...common, 'error.type': 'truncated' },
        value: of1(0),
      },
      {
        name: 'gen_ai.client.inference.operation.output_tokens',
        attributes: { ...common, 'error.type': 'truncated' },
        value: of1(0),
      },
      {
        name: 'gen_ai.client.inference.usage.input_tokens',
        attributes: { ...common, 'gen_ai.token.modality': 'unknown' },
        value: 0,
      },
      {
        name: 'gen_ai.client.inference.usage.output_tokens',
        attributes: { ...common, 'gen_ai.token.modality': 'unknown' },
        value: 0,
      },
    ]);
  });

  it('do not say that the tokens of an image are text', async () => {
    setOptIn('gen_ai_latest_experimental');
    const messages = [
      { role: 'system', content: 'You are a pirate' },
      { role: 'user', content: 'Look', images: ['AAAA'] },
    ];
    const points = await measure(EMPTY, { request: { model: 'qwen3', messages } });
    const modalities = points.map(({ attributes }) => attributes['gen_ai.token.modality']);
    expect(modalities.filter(Boolean)).toEqual(['unknown', 'text']);
  });

  it('have no chunks of an answer that is not streamed', async () => {
    const points = await measure(EMPTY, { request: { ...request, stream: false } });
    expect(points.filter(({ name }) => name.endsWith('chunk'))).toEqual([]);
  });

  it('have each chunk that comes by itself', async () => {
    const scheduler = new VirtualTimeScheduler();
    interval(10, scheduler)
      .pipe(
        take(30),
        map((at) => (at === 29 ? done() : answer('a'))),
        traceChat<ChatChunk>({ request, scheduler }),
      )
      .subscribe();
    scheduler.flush();
    const next = (await sdk.points()).find(({ name }) => name.endsWith('time_per_output_chunk'));
    expect(next?.value).toEqual(of1(close(0.29), 29));
  });

  it('have each chunk that comes by itself, and all of the time after a burst', async () => {
    const scheduler = new VirtualTimeScheduler();
    const burst = Array.from({ length: 100 }, () => answer('a'));
    const slow$ = from(Array.from({ length: 20 }, () => answer('b'))).pipe(
      concatMap((each) => inMs(10, scheduler).pipe(concatMap(() => of(each)))),
    );
    concat(slow$, from(burst), slow$, of(done()))
      .pipe(traceChat<ChatChunk>({ request, scheduler }))
      .subscribe();
    scheduler.flush();
    const points = await sdk.points();
    const next = points.find(({ name }) => name.endsWith('time_per_output_chunk'));
    const { sum, count } = next?.value as { readonly sum: number; readonly count: number };
    expect(sum).toBeCloseTo(0.39, 9);
    expect(count).toBeGreaterThanOrEqual(39 - 7);
    expect(count).toBeLessThanOrEqual(39);
  });

  it('are as long as the span', async () => {
    const points = await measure();
    const { sum } = points[0]?.value as { readonly sum: number };
    expect(sum).toBe(toMs(sdk.span().duration) / 1e3);
  });

  it('go to the meter of the options', async () => {
    const taken: [string, unknown][] = [];
    const take = (name: string) => (value: unknown) => taken.push([name, value]);
    const meter = {
      createHistogram: (name: string) => ({ record: take(name) }),
      createCounter: (name: string) => ({ add: take(name) }),
    } as never;
    expect(
      await measure(
        throwError(() => failure),
        { meter },
      ),
    ).toEqual([]);
    expect(taken).toEqual([
      ['gen_ai.client.operation.time_to_first_chunk', close(0.1)],
      ['gen_ai.client.operation.duration', close(0.1)],
    ]);
  });
});

describe('a mistake with traceChat', () => {
  const example = "{ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }";

  it.each<[string, unknown, string]>([
    ['no options', undefined, `The request is undefined. Pass an object such as ${example}.`],
    ['no model', { request: {} }, `The request has no model. Name one, as in ${example}.`],
    [
      'a text as captureContent',
      { request, captureContent: 'all' },
      'captureContent is a string. Pass true, or a function such as (messages) => messages.slice(-1).',
    ],
    [
      'a time as scheduler',
      { request, scheduler: 10 },
      'scheduler is not a scheduler of RxJS. Set it to one such as asyncScheduler, or omit it.',
    ],
  ])('is named: %s', (_, options, message) => {
    expect(() => traceChat(options as TraceChatOptions)).toThrow(new TypeError(message));
  });

  it('is named: a server that is none', () => {
    expect(() => traceChat({ request, server: 'ftp://x' })).toThrow(OllamaConnectionError);
    expect(() => traceChat({ request, server: 'ftp://x' })).toThrow('Set server to');
  });
});

describe('a chat', () => {
  it('can be stopped from outside in the middle', () => {
    const scheduler = new VirtualTimeScheduler();
    of(answer('Hi'), done())
      .pipe(
        delay(100, scheduler),
        traceChat({ request, scheduler }),
        takeUntil(timer(50, scheduler)),
      )
      .subscribe();
    scheduler.flush();
    expect(toMs(sdk.span().duration)).toBe(50);
    expect(sdk.span().attributes['error.type']).toBe('cancelled');
  });
});
