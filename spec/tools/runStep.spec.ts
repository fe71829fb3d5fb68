import { describe, expect, it } from '@jest/globals';
import { EMPTY, Subject, concat, map, of, take, tap, throwError, type Observable } from 'rxjs';
import { OllamaStreamError, OllamaToolError, isOllamaError } from '../../lib/errors.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { chunk } from '../../lib/testing/index.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import { runTools } from '../../lib/tools/runTools.js';
import type { ChatChunk, ChunkMarks, Message, ToolCall } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import { marbles } from '../support/marbles.js';
import {
  REQUEST,
  chunks,
  events,
  model,
  only,
  rawCall,
  run,
  runAll,
  toLabel,
  tool,
} from './support.js';

const { answer, done, thinking, toolCall } = chunk;

const labels = (result: Observable<ToolRunEvent>): Observable<string> => result.pipe(map(toLabel));

/** Tells its argument `n` and the id of its call. */
const echo = tool('echo', ({ call }) => `${JSON.stringify(call.function.arguments)} ${call.id}`);
const fast = ['x', 'y', 'z'].map((name) => tool(name, () => 'ok'));

const calls = (...tool_calls: readonly ToolCall[]): ChatChunk => delta({ tool_calls });
const finalCalls = (...tool_calls: readonly ToolCall[]): ChatChunk => ({
  ...done(),
  message: { role: 'assistant', content: '', tool_calls },
});

/** What the model is sent after an answer of these chunks: what is new in its messages. */
function followUp(...sent: readonly ChatChunk[]): readonly Message[] {
  const client = model(of(...sent), of(done()));
  runAll(run(client, [echo]));
  expect(client.requests).toHaveLength(2);
  return client.requests[1]?.messages?.slice(REQUEST.messages.length) ?? [];
}

const told = (messages: readonly Message[]): string[] =>
  messages.filter(({ role }) => role === 'tool').map(({ content }) => content);

describe('a step of runTools', () => {
  // prettier-ignore
  it('starts the calls of a chunk at once, in their order', marbles((m) => {
    const first = m.cold('  ----------w-------------------(d|)', chunks);
    const second = m.cold('                               ----------(d|)', chunks);
    const expected = '      ----------(cxX1yY2zZ3)--------(cs)------(csf|)';
    m.expect(labels(run(model(first, second), fast))).toBeObservable(expected, events);
  }));

  // prettier-ignore
  it('starts each call of several chunks as it comes', marbles((m) => {
    const first = m.cold('  ----------x---------y---------(d|)', chunks);
    const second = m.cold('                               ----------(d|)', chunks);
    const expected = '      ----------(cxX1)----(cyY2)----(cs)------(csf|)';
    m.expect(labels(run(model(first, second), fast))).toBeObservable(expected, events);
  }));

  // prettier-ignore
  it('finds the calls of the final chunk, and waits for them', marbles((m) => {
    const first = m.cold('  ----------a---------(W|)', chunks);
    const toolX = m.cold('                      --------------------(p|)');
    const second = m.cold('                                         ----------(d|)', chunks);
    const expected = '      ----------c---------(cxXyY2zZ3)---------(p1s)-----(csf|)';
    const [, y, z] = fast;
    const tools = [tool('x', () => toolX), y, z].filter((each) => each !== undefined);
    m.expect(labels(run(model(first, second), tools))).toBeObservable(expected, events);
  }));

  describe('takes calls in every shape that servers give them:', () => {
    const one = rawCall('echo', { n: 1 }, { id: 'call_a' });
    const two = rawCall('echo', { n: 2 }, { id: 'call_b' });
    const results: Message[] = [
      { role: 'tool', content: '{"n":1} call_a', tool_name: 'echo', tool_call_id: 'call_a' },
      { role: 'tool', content: '{"n":2} call_b', tool_name: 'echo', tool_call_id: 'call_b' },
    ];
    const both: Message = { role: 'assistant', content: '', tool_calls: [one, two] };

    it.each([
      ['one a chunk', [calls(one), calls(two), done()]],
      ['all in one chunk', [calls(one, two), done()]],
      ['all on the final chunk', [finalCalls(one, two)]],
      ['some before it and some on it', [calls(one), finalCalls(two)]],
    ])('%s', (_, sent) => {
      expect(followUp(...sent)).toEqual([both, ...results]);
    });

    it('with an index each, with the same index, or with none', () => {
      const first = { id: 'call_a', function: { index: 0, name: 'echo', arguments: { n: 1 } } };
      const second = { id: 'call_b', function: { index: 0, name: 'echo', arguments: { n: 2 } } };
      expect(followUp(calls(first), calls(second), done())).toEqual([
        { ...both, tool_calls: [first, second] },
        ...results,
      ]);
      expect(followUp(calls(first), calls(two), done())).toEqual([
        { ...both, tool_calls: [first, two] },
        ...results,
      ]);
    });

    it('the same call twice', () => {
      const again = rawCall('echo', { n: 1 });
      const messages = followUp(calls(again), calls(again), done());
      expect(messages).toHaveLength(3);
      expect(told(messages)).toEqual(['{"n":1} call_0', '{"n":1} call_1']);
      // One chunk object for both, as a replay may send it.
      expect(told(followUp(calls(again, again), done()))).toHaveLength(2);
    });

    it('without an id: then none is sent back', () => {
      const bare = [rawCall('echo', { n: 1 }), rawCall('echo', { n: 2 }, { id: '' })] as const;
      expect(followUp(calls(...bare), done())).toEqual([
        { ...both, tool_calls: bare },
        { role: 'tool', content: '{"n":1} call_0', tool_name: 'echo' },
        { role: 'tool', content: '{"n":2} call_1', tool_name: 'echo' },
      ]);
    });

    it.each([
      ['empty', {}, {}],
      ['missing', undefined, {}],
      ['null', null, {}],
      ['an empty string', '', {}],
      ['an object as a string', '{"n":1}', { n: 1 }],
    ])('arguments that are %s', (_, given, expected) => {
      const [message, result] = followUp(calls(rawCall('echo', given)), done());
      expect(message?.tool_calls?.[0]?.function.arguments).toEqual(expected);
      expect(result?.content).toBe(`${JSON.stringify(expected)} call_0`);
    });

    it.each([
      ['a string that is no JSON', '{"n": 1', '"{\\"n\\": 1"'],
      ['a list', [1], '[1]'],
      ['a number', 7, '7'],
      ['a string with a list', '[1]', '"[1]"'],
    ])(
      'arguments that are %s: the model is told, and they are sent back as {}',
      (_, given, shown) => {
        const client = model(of(calls(rawCall('echo', given)), done()), of(done()));
        const all = runAll(run(client, [echo]));
        const text = `Error: The arguments have to be a JSON object, and were: ${shown}`;
        expect(all.map(toLabel)).not.toContain('tool-start echo');
        expect(only(all, 'tool-error')).toMatchObject([{ text, error: expect.any(Error) }]);
        // The events show what the model said.
        expect(only(all, 'tool-call')[0]?.call.function.arguments).toEqual(given);
        expect(client.requests[1]?.messages?.slice(-2)).toEqual([
          { role: 'assistant', content: '', tool_calls: [rawCall('echo', {})] },
          { role: 'tool', content: text, tool_name: 'echo' },
        ]);
      },
    );

    it('arguments that are no JSON and long: the model is told how they begin', () => {
      const [, result] = followUp(calls(rawCall('echo', `{"text": "${'x'.repeat(5000)}`)), done());
      expect(result?.content.length).toBeLessThan(300);
      expect(result?.content).toMatch(/x…$/);
    });

    it.each([
      ['a name', rawCall(undefined, { n: 1 }), rawCall(undefined, { n: 1 })],
      ['a function', { id: 'call_a' } as ToolCall, { id: 'call_a', function: { arguments: {} } }],
    ])('without %s: the model is told', (_, given, sentBack) => {
      const [message, result] = followUp(calls(given), done());
      expect(message?.tool_calls).toEqual([sentBack]);
      expect(result).toMatchObject({
        role: 'tool',
        content: 'Error: There is no tool "". The tools are: echo.',
      });
    });

    it('between text and thinking, and in one chunk with them', () => {
      const messages = followUp(
        thinking('Two '),
        delta({ thinking: 'calls.', content: 'So', tool_calls: [one] }),
        answer(', and'),
        calls(two),
        answer(' done.'),
        done(),
      );
      expect(messages).toEqual([
        { ...both, thinking: 'Two calls.', content: 'So, and done.' },
        ...results,
      ]);
    });

    it('in more than one step: ids that are filled in are unique in the run', () => {
      const bare = rawCall('echo', {});
      const client = model(
        of(calls(bare, bare), done()),
        of(calls({ ...bare, id: 'call_own' }), calls(bare), done()),
        of(calls(bare), done()),
        of(done()),
      );
      const ids = only(runAll(run(client, [echo])), 'tool-call').map(({ call }) => call.id);
      expect(ids).toEqual(['call_0', 'call_1', 'call_own', 'call_3', 'call_4']);
    });
  });

  it("takes thinking out of the content where the client's pipeline does", () => {
    const server = model(
      of(answer('<think>Hm</think>So:'), toolCall('echo'), done()),
      of(answer('<think>Well</think>Hello'), done()),
    );
    const client = {
      chat: (request: typeof REQUEST) =>
        fromOllamaChat(request, { client: server }).pipe(splitThinking()),
    };
    const [finish] = only(runAll(run(client, [echo])), 'finish');
    expect(finish?.messages.map(({ thinking: thought, content }) => [thought, content])).toEqual([
      [undefined, 'Hi'],
      ['Hm', 'So:'],
      [undefined, '{} call_0'],
      ['Well', 'Hello'],
    ]);
  });

  it("takes a client's word for it where it completes without a final chunk, or with none at all", () => {
    const all = runAll(run(model(of(toolCall('x')), EMPTY), fast));
    expect(only(all, 'step-finish')).toMatchObject([
      { reason: 'stop', results: [{ content: 'ok' }], statistics: {} },
      { reason: 'stop', message: { content: '' }, results: [] },
    ]);
    expect(all.at(-1)).toMatchObject({ type: 'finish', step: 2, reason: 'empty' });
  });

  // prettier-ignore
  it('starts over where the request was made again: what ran for the first attempt is stopped', marbles((m) => {
    const values = { ...chunks, n: { ...toolCall('y', {}, 'id_y'), reset: true } };
    const first = m.cold('  ----------x---------n---------(d|)', values);
    const toolX = m.cold('            ----------------------------------------(p|)');
    const toolY = m.cold('                      ---------------(q|)');
    const second = m.cold('                                    ----------(d|)', chunks);
    const expected = '      ----------(cxX)-----(cyY)-----c----(q2s)-----(csf|)';
    const toolSubs = '      ----------^---------!';
    const signals: AbortSignal[] = [];
    const tools = [
      tool('x', ({ signal }) => {
        signals.push(signal);
        return toolX;
      }),
      tool('y', () => toolY),
    ];
    const client = model(first, second);
    m.expect(labels(run(client, tools))).toBeObservable(expected, events);
    m.expect(toolX).toHaveSubscriptions(toolSubs);
    m.flush();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(client.requests[1]?.messages?.slice(1)).toEqual([
      toolCall('y', {}, 'id_y').message,
      { role: 'tool', content: 'q', tool_name: 'y', tool_call_id: 'id_y' },
    ]);
  }));

  it.each([
    { event: 'chunk', before: ['chunk'], made: 0 },
    { event: 'tool-call x', before: ['chunk', 'tool-call x'], made: 0 },
    { event: 'tool-start x', before: ['chunk', 'tool-call x', 'tool-start x'], made: 0 },
    {
      event: 'tool-progress x',
      before: ['chunk', 'tool-call x', 'tool-start x', 'tool-progress x'],
      made: 1,
    },
  ])('starts over while $event is being delivered', ({ event, before, made }) => {
    const said$ = new Subject<ChatChunk & ChunkMarks>();
    let runs = 0;
    const x = tool('x', () => {
      runs++;
      return of('p', 'q');
    });
    const seen: string[] = [];
    labels(run({ chat: () => said$ }, [x])).subscribe((label) => {
      seen.push(label);
      if (label !== event || seen.length > before.length) return;
      said$.next({ ...answer('Hi'), reset: true });
      said$.next(done());
      said$.complete();
    });
    said$.next(toolCall('x'));
    expect(seen).toEqual([...before, 'chunk', 'chunk', 'step-finish', 'finish']);
    expect(runs).toBe(made);
  });

  it('stops a synchronous model as soon as the consumer has enough', () => {
    let sent = 0;
    let made = 0;
    const endless = function* () {
      for (;;) {
        sent++;
        yield toolCall('x');
      }
    };
    const x = tool('x', () => ++made);
    const seen: string[] = [];
    // Four events a call: the chunk, the call, its start and its result.
    run({ chat: endless }, [x])
      .pipe(take(6))
      .subscribe((event) => seen.push(toLabel(event)));
    expect(seen).toHaveLength(6);
    expect([sent, made]).toEqual([2, 1]);
  });

  describe('when the stream fails', () => {
    const failure = () => new OllamaStreamError('out of memory', { error: 'out of memory' });
    const callX = toolCall('x', {}, 'id_x').message;
    const resultX: Message = { role: 'tool', content: 'ok', tool_name: 'x', tool_call_id: 'id_x' };
    const turn = [toolCall('x', {}, 'id_x'), done()];

    function fail(...answers: readonly Observable<ChatChunk>[]): unknown {
      const errors: unknown[] = [];
      run(model(...answers), fast).subscribe({ error: (error: unknown) => errors.push(error) });
      expect(errors).toHaveLength(1);
      return errors[0];
    }

    it('gives a copy of the error with the messages so far, and changes nothing of the error', () => {
      const error: OllamaStreamError = failure();
      Object.freeze(error);
      const failed = fail(throwError(() => error));
      expect(failed).toBeInstanceOf(OllamaStreamError);
      expect(failed).toMatchObject({ message: error.message, history: REQUEST.messages });
      expect((failed as Error).stack).toBe(error.stack);
      expect(error).not.toHaveProperty('history');
    });

    it('gives each of two runs its own history, also where their error is one object', () => {
      const error = failure();
      const client = model(
        throwError(() => error),
        throwError(() => error),
      );
      const histories: unknown[] = [];
      for (const content of ['one', 'two']) {
        runTools(
          { model: 'm', messages: [{ role: 'user', content }] },
          { tools: [] },
          { client },
        ).subscribe({
          error: (failed: unknown) => histories.push((failed as OllamaStreamError).history),
        });
      }
      expect(histories).toEqual([
        [{ role: 'user', content: 'one' }],
        [{ role: 'user', content: 'two' }],
      ]);
    });

    it('gives the finished steps, and what had come of the one that failed', () => {
      const error = failure();
      const said = [thinking('Hm'), answer('Hel'), calls(rawCall('y', '{"n":'))];
      const failed = fail(
        of(...turn),
        concat(
          of(...said),
          throwError(() => error),
        ),
      );
      expect((failed as OllamaStreamError).history).toEqual([
        ...REQUEST.messages,
        callX,
        resultX,
        { role: 'assistant', content: 'Hel', thinking: 'Hm', tool_calls: [rawCall('y', {})] },
        expect.objectContaining({ role: 'tool', tool_name: 'y' }),
      ]);
    });

    // prettier-ignore
    it('gives the results that had come, leaves out other calls, and stops their tools', marbles((m) => {
      const error = failure();
      const first = m.cold('  ----------x---------y-------------------#', chunks, error);
      const toolX = m.cold('            -----(p|)');
      const toolY = m.cold('                      ------------------------------(q|)');
      const expected = '      ----------(cxX)(p1)-(cyY)---------------#';
      const ySubs = '         --------------------^-------------------!';
      const tools = [tool('x', () => toolX), tool('y', () => toolY)];
      const histories: unknown[] = [];
      const result = run(model(first), tools).pipe(
        tap({ error: (failed: unknown) => histories.push((failed as OllamaStreamError).history) }),
      );
      m.expect(labels(result)).toBeObservable(expected, events, error);
      m.expect(toolY).toHaveSubscriptions(ySubs);
      m.flush();
      expect(histories[0]).toEqual([
        ...REQUEST.messages,
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'id_x', function: { index: 0, name: 'x', arguments: {} } }],
        },
        { role: 'tool', content: 'p', tool_name: 'x', tool_call_id: 'id_x' },
      ]);
    }));
  });

  describe("with onToolError: 'throw'", () => {
    const boom = new Error('no network');
    const failing = tool('x', () => {
      throw boom;
    });

    it.each<[string, Parameters<typeof run>[1], ChatChunk, string]>([
      ['a tool that throws', [failing], toolCall('x'), 'The call to "x" failed. no network'],
      [
        'an unknown tool',
        [],
        toolCall('x'),
        'The call to "x" failed. There is no tool "x". The tools are: none.',
      ],
      [
        'arguments that are no object',
        [failing],
        calls(rawCall('x', 1)),
        'The call to "x" failed. The arguments have to be a JSON object, and were: 1',
      ],
    ])('%s fails the run', (_, tools, chunk, message) => {
      const errors: unknown[] = [];
      const said = of(thinking('Hm'), answer('So:'), chunk, done());
      const client = model(of(toolCall('y', {}, 'id_y'), done()), said);
      const y = tool('y', () => 'ok');
      run(client, [...tools, y].slice(0, 2), {
        onToolError: 'throw',
        prepareStep: (step) => ({ tools: step === 1 ? [y] : tools }),
      }).subscribe({ error: (error: unknown) => errors.push(error) });
      const [error] = errors;
      if (!isOllamaError(error, 'tool')) throw error;
      expect(error).toBeInstanceOf(OllamaToolError);
      expect(error.message).toBe(message);
      expect(error.call.function.name).toBe('x');
      expect(error.cause).toBeInstanceOf(Error);
      expect(error.partial).toMatchObject({ role: 'assistant', thinking: 'Hm', content: 'So:' });
      expect(error.history).toEqual([
        ...REQUEST.messages,
        expect.objectContaining({ role: 'assistant' }),
        { role: 'tool', content: 'ok', tool_name: 'y', tool_call_id: 'id_y' },
        // Its call has no result.
        { role: 'assistant', thinking: 'Hm', content: 'So:' },
      ]);
    });

    it('the cause is what the tool threw', () => {
      const errors: unknown[] = [];
      run(model(of(toolCall('x'), done())), [failing], { onToolError: 'throw' }).subscribe({
        error: (error: unknown) => errors.push(error),
      });
      expect((errors[0] as Error).cause).toBe(boom);
    });

    // prettier-ignore
    it('stops the model and the other tools in the same frame', marbles((m) => {
      const first = m.cold('  ----------x---------y---------(d|)', chunks);
      const toolX = m.cold('            --------------------------------(p|)');
      const toolY = m.cold('                      -----#');
      const expected = '      ----------(cxX)-----(cyY)#';
      const firstSubs = '     ^------------------------!';
      const xSubs = '         ----------^--------------!';
      const error = new OllamaToolError('The call to "y" failed. error', { function: { name: 'y', arguments: {} } });
      const tools = [tool('x', () => toolX), tool('y', () => toolY)];
      const result = run(model(first), tools, { onToolError: 'throw' });
      m.expect(labels(result)).toBeObservable(expected, events, error);
      m.expect(first).toHaveSubscriptions(firstSubs);
      m.expect(toolX).toHaveSubscriptions(xSubs);
    }));
  });
});
