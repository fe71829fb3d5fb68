import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Ollama } from 'ollama/browser';
import {
  concatMap,
  from,
  lastValueFrom,
  of,
  pipe,
  throwError,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import { sumStatistics } from '../../lib/core/message/statistics.js';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { accumulateResponse } from '../../lib/operators/accumulateResponse.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { collectToolCalls } from '../../lib/operators/collectToolCalls.js';
import { retryChat } from '../../lib/operators/retryChat.js';
import { createJoinedMessage } from '../../lib/tools/joinedMessage.js';
import { runChunks } from '../../lib/tools/runChunks.js';
import { runMessage } from '../../lib/tools/runMessage.js';
import { shareChat } from '../../lib/operators/shareChat.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { tapThroughput } from '../../lib/operators/tapThroughput.js';
import { timeoutChat } from '../../lib/operators/timeoutChat.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { FinishEvent, ToolRunEvent } from '../../lib/tools/events.js';
import { runTools, type RunToolsOptions } from '../../lib/tools/runTools.js';
import type { ChatChunk, ChatStatistics, ChunkMarks, ToolCall } from '../../lib/types/index.js';
import { start } from '../sources/support.js';
import { delta, final } from '../support/chunks.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';
import { groupByMessage, readMessages } from '../support/messages.js';
import { REQUEST, chunks, model, rawCall, run, runAll, tool } from './support.js';

const { answer, done, thinking, toolCall } = chunk;

type Chunk = ChatChunk & ChunkMarks;

const x = tool('x', () => 'ok');
const pay = tool('pay', () => 'paid', { needsApproval: true });

const finish = (fields: Partial<FinishEvent> = {}): FinishEvent => ({
  type: 'finish',
  step: 1,
  reason: 'stop',
  messages: [],
  statistics: {},
  ...fields,
});

/** The chunks of one answer as the events of a run. */
const toRun: OperatorFunction<ChatChunk, ToolRunEvent> = concatMap((chunk): ToolRunEvent[] => {
  const event: ToolRunEvent = { type: 'chunk', step: 1, chunk };
  return chunk.done ? [event, finish({ statistics: sumStatistics(chunk) })] : [event];
});

describeOperatorContract({ name: 'runMessage', operator: () => pipe(toRun, runMessage()) });

function collect<T>(source: Observable<T>): T[] {
  const values: T[] = [];
  source.subscribe({ next: (value) => values.push(value), error: () => undefined });
  return values;
}

const messagesOf = (source: Observable<ToolRunEvent>) =>
  readMessages(collect(source.pipe(runMessage())));

describe('runMessage', () => {
  // prettier-ignore
  it('emits a run as one message', diagram('runMessage', (m) => {
    const names = 'xcbrdsaefz';
    const events = runAll(run(model(of(toolCall('x'), done()), of(answer('Hello'), done())), [x]));
    const values = Object.fromEntries(events.map((event, i) => [names.charAt(i), event]));
    const source = m.cold<ToolRunEvent>('  --(xcb)-r-(ds)-a-(efz|)', values);
    const expected = '                     --y------------a-(f|)';
    const subs = '                         ^----------------!';
    m.expect(source.pipe(runMessage())).toBeObservable(expected, {
      y: answer(''), a: answer('Hello'), f: { ...done(), ...sumStatistics(done(), done()) },
    });
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'runMessage()', results: { result: expected } };
  }));

  // prettier-ignore
  it('cancels the run in the frame in which the consumer unsubscribes', marbles((m) => {
    const one = m.cold('    ----t----x---------(d|)', chunks);
    const toolX = m.cold('           --------------------(p|)');
    const unsub = '         --------------!';
    const expected = '      ----t----y-----';
    const subs = '          ^-------------!';
    const toolSubs = '      ---------^----!';
    const result = run(model(one), [tool('x', () => toolX)]).pipe(runMessage());
    m.expect(result, unsub).toBeObservable(expected, { t: thinking('Hm'), y: answer('') });
    m.expect(one).toHaveSubscriptions(subs);
    m.expect(toolX).toHaveSubscriptions(toolSubs);
  }));

  // prettier-ignore
  it('passes an error on, without a final chunk', marbles((m) => {
    const error = new Error('no network');
    const one = m.cold('    -----t----(d#)', chunks, error);
    const expected = '      -----t----#';
    m.expect(run(model(one), []).pipe(runMessage())).toBeObservable(expected, chunks, error);
  }));

  it('emits the chunks of an answer without calls as they are', () => {
    const sent = [
      thinking('Hm'),
      answer(''),
      answer('Hello'),
      Object.assign(done(), { shard: 'b' }),
    ];
    const result = collect(run(model(from(sent)), [x]).pipe(runMessage()));
    expect(result).toEqual(sent);
    expect(result.slice(0, 3).every((each, i) => each === sent[i])).toBe(true);
  });

  it('makes a delta of a final chunk with text, when it arrives', () => {
    const whole = {
      ...final({ eval_count: 2 }),
      message: delta({ content: 'Hi', thinking: 'Hm' }).message,
    };
    const [event, end] = [{ type: 'chunk', step: 1, chunk: whole } as const, finish()];
    const [first, ...rest] = collect(from([event, end]).pipe(runMessage()));
    expect(first).toEqual(delta({ content: 'Hi', thinking: 'Hm' }));
    expect(rest).toEqual([final({})]);
  });

  it('leaves what is about the last chunk of an answer out of the final chunk', () => {
    const last = { ...answer('Hello'), merged: 3, phase: 'answer', logprobs: [] } as const;
    const result = collect(run(model(of(last)), []).pipe(runMessage()));
    expect(result).toEqual([last, final({})]);
  });

  it.each([
    ['max-steps', { maxSteps: 1 }],
    ['stop-when', { stopWhen: () => true }],
  ] as const)('says why the run ended: %s', (reason, options) => {
    const [last] = collect(
      run(model(of(toolCall('x'), done())), [x], options).pipe(runMessage()),
    ).slice(-1);
    expect(last).toEqual({ ...done(), done_reason: reason });
  });

  it('keeps the calls that wait for a decision, and removes those that were answered', () => {
    const calls = [rawCall('x', {}, { id: 'a' }), rawCall('pay', { n: 1 }), rawCall('gone', {})];
    const client = model(of(answer('So:'), delta({ tool_calls: calls }), done()));
    const result = collect(run(client, [x, pay], { approve: () => 'suspend' }).pipe(runMessage()));
    expect(result.map(({ message }) => message.tool_calls)).toEqual([
      undefined,
      undefined,
      [{ id: 'call_1', function: { name: 'pay', arguments: { n: 1 } } }],
    ]);
    expect(result.at(-1)).toMatchObject({ done: true, done_reason: 'approval' });
  });

  it('has a final chunk for a run that made no request', () => {
    const pending = [{ id: 'a', function: { name: 'pay', arguments: {} } }];
    expect(
      collect(of(finish({ step: 0, reason: 'approval', pending })).pipe(runMessage())),
    ).toEqual([
      {
        model: '',
        created_at: '',
        message: { role: 'assistant', content: '', tool_calls: pending },
        done: true,
        done_reason: 'approval',
      },
    ]);
  });
});

describe('a step that is requested again', () => {
  const failing = (...sent: readonly ChatChunk[]) =>
    from(sent).pipe((source) => concatError(source));
  const concatError = (source: Observable<ChatChunk>): Observable<ChatChunk> =>
    from([source, throwError(() => new Error('busy'))]).pipe(concatMap((each) => each));
  /** Requests that fail are made again, step by step. */
  const retrying = (...attempts: readonly Observable<ChatChunk>[]) => {
    const client = model(...attempts);
    return {
      chat: (request: (typeof client.requests)[number]) =>
        from([0]).pipe(
          concatMap(() => client.chat(request)),
          retryChat({ count: 3, delay: 0, when: 'restart', shouldRetry: () => true }),
        ),
    };
  };

  it.each([
    ['in mid-stream', [answer('Lost')]],
    ['after its final chunk', [answer('Lost'), done()]],
    ['after thinking', [thinking('Lost')]],
  ])('%s, keeps the texts of the steps before', async (_, lost) => {
    const client = retrying(
      of(thinking('First.'), answer('So: '), toolCall('x'), done()),
      failing(...lost),
      of(answer('Hel'), answer('lo'), done()),
    );
    const result: Chunk[] = [];
    await lastValueFrom(
      run(client, [x]).pipe(runMessage(), (source) =>
        source.pipe(concatMap((each) => (result.push(each), of(each)))),
      ),
    );
    expect(readMessages(result)).toEqual([
      { thinking: 'First.', content: 'So: Hello', calls: [], done: true },
    ]);
    const [again] = result.filter(({ reset }) => reset);
    expect(again).toMatchObject({ message: { thinking: 'First.', content: 'So: Hel' } });
    expect(result.some(({ restart }) => restart)).toBe(false);
  });

  it('that is the first one, has nothing to keep', () => {
    const client = model(of(answer('Lost'), { ...answer('Hi'), reset: true }, done()));
    const result = collect(run(client, []).pipe(runMessage()));
    expect(result).toEqual([answer('Lost'), { ...answer('Hi'), reset: true }, done()]);
  });

  it('without a failure before it, voids nothing', () => {
    // A client of the user's own, which makes two messages of one request.
    const client = model(of(answer('One.'), done(), { ...answer('Two.'), reset: true }, done()));
    const result = collect(run(client, []).pipe(runMessage()));
    expect(result.slice(0, -1)).toEqual([answer('One.'), answer('Two.')]);
  });
});

describe('an answer that was thinking', () => {
  const tagged = (...steps: readonly ChatChunk[][]) => {
    const client = model(...steps.map((step) => from(step)));
    return {
      chat: (request: (typeof client.requests)[number]) =>
        client.chat(request).pipe(splitThinking()),
    };
  };

  it('does not make thinking of the answers of the steps before', () => {
    const client = tagged(
      [answer('I look.</think>'), answer('One moment. '), toolCall('x'), done()],
      [answer('It is '), answer('ok.</think>'), answer('All is well.'), done()],
    );
    expect(messagesOf(run(client, [x]))).toEqual([
      {
        thinking: 'I look.It is ok.',
        content: 'One moment. All is well.',
        calls: [],
        done: true,
      },
    ]);
  });

  it('is marked where the steps before have no answer', () => {
    const client = tagged(
      [thinking('Hm. '), toolCall('x'), done()],
      [answer('It is ok.</think>'), answer('All is well.'), done()],
    );
    const result = collect(run(client, [x]).pipe(runMessage())) as Chunk[];
    expect(result.filter(({ reclassify }) => reclassify)).toHaveLength(1);
    expect(result.filter(({ reset }) => reset)).toEqual([]);
    expect(readMessages(result)).toMatchObject([
      { thinking: 'Hm. It is ok.', content: 'All is well.' },
    ]);
  });
});

/** What a run is made of: the answers of its steps, and how it is limited. */
interface Scenario {
  readonly steps: readonly (readonly Chunk[])[];
  readonly options: Partial<RunToolsOptions>;
}

const call = (name: string, i: number): ToolCall => rawCall(name, {}, { id: `id_${String(i)}` });

const anyChunk = (i: number): fc.Arbitrary<Chunk> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.string({ maxLength: 4 }).map((text) => answer(text)) },
    { weight: 2, arbitrary: fc.string({ maxLength: 4 }).map((text) => thinking(text)) },
    fc.record({ content: fc.string(), thinking: fc.string() }).map((texts) => delta(texts)),
    fc
      .constantFrom('x', 'fails', 'gone', 'pay')
      .map((name) => delta({ tool_calls: [call(name, i)] })),
    {
      weight: 1,
      arbitrary: fc.string().map((text) => ({ ...answer(text), reset: true as const })),
    },
  );

const anyFinal: fc.Arbitrary<Chunk> = fc
  .record({
    content: fc.constantFrom('', '', 'end'),
    calls: fc.constantFrom([], [], [call('x', 99)]),
    reason: fc.constantFrom('stop', 'stop', 'length'),
    marks: fc.constantFrom({}, {}, {}, { reset: true as const }, { reclassify: true as const }),
    statistics: fc.record(
      { eval_count: fc.nat(100), eval_duration: fc.nat(1e9), load_duration: fc.nat(1e9) },
      { requiredKeys: [] },
    ),
  })
  .map(({ content, calls, reason, marks, statistics }) => ({
    ...marks,
    ...final({ done_reason: reason, ...statistics }),
    message: delta({ content, ...(calls.length && { tool_calls: calls }) }).message,
  }));

const anyStep: fc.Arbitrary<Chunk[]> = fc
  .tuple(
    fc
      .integer({ min: 0, max: 5 })
      .chain((size) => fc.tuple(...Array.from({ length: size }, (_, i) => anyChunk(i)))),
    fc.option(anyFinal, { nil: undefined, freq: 6 }),
    // A whole attempt that is requested again, after its final chunk.
    fc.boolean(),
  )
  .map(([chunks, end, restarted]) => {
    const step = [...chunks, ...(end ? [end] : [])];
    if (!restarted || !end) return step;
    return [...step, { ...answer('again'), reset: true, restart: true } as const, end];
  });

const anyScenario: fc.Arbitrary<Scenario> = fc.record({
  steps: fc.array(anyStep, { minLength: 1, maxLength: 5 }),
  options: fc.constantFrom<Partial<RunToolsOptions>>(
    {},
    { maxSteps: 2 },
    { stopWhen: (steps) => steps.length > 1 },
    { approve: () => true },
    { approve: () => 'suspend' },
    { onToolError: 'throw' },
  ),
});

function play({ steps, options }: Scenario): ToolRunEvent[] {
  const client = scriptedClient((_, i) => from(steps[i] ?? [answer('Done.'), done()]));
  const fails = tool('fails', () => {
    throw new Error('no');
  });
  const events: ToolRunEvent[] = [];
  run(client, [x, pay, fails], options).subscribe({
    next: (event) => events.push(event),
    error: () => undefined,
  });
  return events;
}

/** The chunks of each step. Each step is a stream of messages of its own. */
function stepsOf(events: readonly ToolRunEvent[]): Chunk[][] {
  const steps = new Map<number, Chunk[]>();
  for (const event of events) {
    if (event.type !== 'chunk') continue;
    steps.set(event.step, [...(steps.get(event.step) ?? []), event.chunk]);
  }
  return [...steps.values()];
}

function textsOf(steps: readonly Chunk[][]) {
  const messages = steps.flatMap(readMessages);
  return {
    content: messages.map(({ content }) => content).join(''),
    thinking: messages.map(({ thinking }) => thinking).join(''),
  };
}

describe('over random runs, runMessage', () => {
  it('has the texts of runChunks, and one final chunk with the sum of the statistics', () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const events = play(scenario);
        const end = events.find((event): event is FinishEvent => event.type === 'finish');
        const steps = stepsOf(events);
        const result = collect(from(events).pipe(runMessage()));
        const message = readMessages(result);
        expect(message.length).toBeLessThanOrEqual(1);
        expect(message[0] ?? { content: '', thinking: '' }).toMatchObject(textsOf(steps));
        expect(message[0]?.calls ?? []).toEqual(end?.pending ?? []);
        // A run that failed has no final chunk.
        const finals = result.filter((each) => each.done);
        expect(finals).toHaveLength(end ? 1 : 0);
        expect(result.slice(0, -1).every((each) => !each.done)).toBe(true);
        if (!end) return;
        const sum = steps
          .flatMap(groupByMessage)
          .flat()
          .filter((each) => each.done)
          .reduce<ChatStatistics>((total, each) => sumStatistics(total, each), {});
        expect(sumStatistics(finals[0] ?? {})).toEqual(sum);
        expect(finals[0]).toMatchObject({ done_reason: end.reason });
      }),
      { numRuns: 300 },
    );
  });

  it('is one message for every operator after it', () => {
    const keepers: Readonly<Record<string, () => MonoTypeOperatorFunction<Chunk>>> = {
      bufferForUi: () => bufferForUi({ every: 0 }),
      splitThinking: () => splitThinking({ tags: [] }),
      tapThroughput: () => tapThroughput(() => undefined),
      timeoutChat: () => timeoutChat({ idle: 1000 }),
      retryChat: () => retryChat({ count: 1 }),
      shareChat: () => shareChat(),
    };
    fc.assert(
      fc.property(anyScenario, fc.constantFrom(...Object.values(keepers)), (scenario, keep) => {
        const joined = collect(from(play(scenario)).pipe(runMessage()));
        const kept = collect(from(joined).pipe(keep()));
        expect(readMessages(kept)).toEqual(readMessages(joined));
        expect(kept.filter((each) => each.done)).toHaveLength(
          joined.filter((each) => each.done).length,
        );
      }),
    );
  });

  it('is one message for every operator that projects', () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const joined = collect(from(play(scenario)).pipe(runMessage()));
        const [message] = readMessages(joined);
        if (!message?.done) return;
        const whole = {
          content: message.content,
          ...(message.thinking && { thinking: message.thinking }),
        };
        expect(collect(from(joined).pipe(accumulateMessage())).at(-1)).toMatchObject(whole);
        expect(collect(from(joined).pipe(accumulateResponse())).at(-1)).toMatchObject({
          message: whole,
          done: true,
        });
        expect(collect(from(joined).pipe(collectToolCalls()))).toEqual([message.calls]);
      }),
    );
  });
});

describe('a run written as NDJSON', () => {
  const run$ = () =>
    run(
      model(
        of(thinking('Look.'), answer('One moment. '), toolCall('x'), done()),
        of(answer('All is '), answer('well.'), done()),
      ),
      [x],
    );

  async function readOfficially(operator: OperatorFunction<ToolRunEvent, ChatChunk>) {
    const lines = collect(run$().pipe(operator)).map((each) => `${JSON.stringify(each)}\n`);
    const ollama = await start(lines.map((raw) => ({ raw })));
    const client = new Ollama({ host: ollama.url });
    const answer = await client.chat({ ...REQUEST, stream: true });
    let content = '';
    let finals = 0;
    for await (const part of answer) {
      content += part.message.content;
      if (part.done) {
        finals++;
        break;
      }
    }
    return { content, finals };
  }

  it('is read to its end by the official client', async () => {
    expect(await readOfficially(runMessage())).toEqual({
      content: 'One moment. All is well.',
      finals: 1,
    });
  });

  it('of runChunks would be read to the end of its first step', async () => {
    expect(await readOfficially(runChunks())).toEqual({ content: 'One moment. ', finals: 1 });
  });

  it('is read by fromOllamaChat, and so by a run of tools whose model is a gateway', async () => {
    const lines = collect(run$().pipe(runMessage())).map((each) => `${JSON.stringify(each)}\n`);
    const ollama = await start(lines.map((raw) => ({ raw })));
    const end = await lastValueFrom(runTools(REQUEST, { tools: [x], host: ollama.url }));
    expect(end).toMatchObject({
      reason: 'stop',
      messages: [...REQUEST.messages, { content: 'One moment. All is well.', thinking: 'Look.' }],
      statistics: sumStatistics(done(), done()),
    });
  });
});

describe('createJoinedMessage', () => {
  it('keeps the messages of a step before one that is requested again', () => {
    const joined = createJoinedMessage();
    const again: ChatChunk & ChunkMarks = { ...answer('c'), reset: true };
    const chunks = [answer('a'), done(), answer('b'), again].flatMap((each) =>
      joined.next({ type: 'chunk', step: 1, chunk: each }),
    );
    expect(readMessages(chunks).map(({ content }) => content)).toEqual(['ac']);
  });
});
