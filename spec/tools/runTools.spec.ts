import { describe, expect, it } from '@jest/globals';
import { map, of, retry, throwError, type Observable } from 'rxjs';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import { runTools, type StepChange } from '../../lib/tools/runTools.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import type { ChatChunk, Message } from '../../lib/types/index.js';
import { delta, final } from '../support/chunks.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';
import { REQUEST, chunks, events, model, only, run, runAll, toLabel, tool } from './support.js';

const { answer, done, thinking, toolCall } = chunk;

const labels = (result: Observable<ToolRunEvent>): Observable<string> => result.pipe(map(toLabel));

const toCall = (name: string) => ({
  id: `id_${name}`,
  function: { index: 0, name, arguments: {} },
});

/** As much of an event as a picture needs. */
const toShown = (event: ToolRunEvent) => {
  if (event.type === 'chunk') return event.chunk;
  const { type } = event;
  return 'call' in event ? { type, call: event.call } : { type };
};

/** A model that calls the tool x in each of its first `n` answers, and then says hello. */
const calling = (n: number) =>
  scriptedClient((_, i) => (i < n ? [toolCall('x'), done()] : [answer('Hello'), done()]));

const user = REQUEST.messages;
const hello: Message = { role: 'assistant', content: 'Hello' };
const callX: Message = {
  role: 'assistant',
  content: '',
  tool_calls: [{ function: { name: 'x', arguments: {} } }],
};
const resultX: Message = { role: 'tool', content: 'ok', tool_name: 'x' };
const x = tool('x', () => 'ok');

describe('runTools', () => {
  it('tells each call by one and the same object, everywhere', () => {
    const calls: unknown[] = [];
    const asked = tool('x', ({ call }) => calls.push(call), { needsApproval: true });
    const approve = (call: unknown): boolean => calls.push(call) > 0;
    for (const event of runAll(run(calling(1), [asked], { approve }))) {
      if ('call' in event) calls.push(event.call);
    }
    expect(calls).toHaveLength(6);
    expect(new Set(calls).size).toBe(1);
  });

  // prettier-ignore
  it('is a chat with a finish, where nothing is called', marbles((m) => {
    const first = m.cold('  ----------t---------a---------(d|)', chunks);
    const subs = '          ^-----------------------------!';
    const expected = '      ----------c---------c---------(csf|)';
    m.expect(labels(run(model(first), []))).toBeObservable(expected, events);
    m.expect(first).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('starts a tool as its call comes, and asks again when model and tools are through', marbles((m) => {
    const first = m.cold('  ----------x---------a---------(d|)', chunks);
    const toolX = m.cold('            ---------------(p|)');
    const second = m.cold('                               ----------a---------(d|)', chunks);
    const expected = '      ----------(cxX)-----c----(p1)-(cs)------c---------(csf|)';
    const firstSubs = '     ^-----------------------------!';
    const toolSubs = '      ----------^--------------!';
    const secondSubs = '    ------------------------------^-------------------!';
    const result = run(model(first, second), [tool('x', () => toolX)]);
    m.expect(labels(result)).toBeObservable(expected, events);
    m.expect(first).toHaveSubscriptions(firstSubs);
    m.expect(toolX).toHaveSubscriptions(toolSubs);
    m.expect(second).toHaveSubscriptions(secondSubs);
  }));

  // prettier-ignore
  it('makes the calls as they come, and asks again with the results', diagram('runTools', (m) => {
    const one = m.cold('    --x---------(d|)', chunks);
    const toolX = m.cold('    ------(p|)');
    const two = m.cold('                ----a-(d|)', chunks);
    const expected = '      --(xcb)-(pr)(ds)a-(dsf|)';
    const result = run(model(one, two), [tool('x', () => toolX)]).pipe(map(toShown));
    const call = toCall('x');
    m.expect(result).toBeObservable(expected, {
      ...chunks,
      c: { type: 'tool-call', call }, b: { type: 'tool-start', call },
      p: { type: 'tool-progress', call }, r: { type: 'tool-result', call },
      s: { type: 'step-finish' }, f: { type: 'finish' },
    });
    m.expect(one).toHaveSubscriptions('  ^-----------!');
    m.expect(toolX).toHaveSubscriptions('--^-----!');
    m.expect(two).toHaveSubscriptions('  ------------^-----!');
    return {
      inputs: { model: one, tool: toolX, again: two },
      call: 'runTools(request, { tools })',
      results: { result: expected },
    };
  }));

  // prettier-ignore
  it('cancels the model and all its tools synchronously when the consumer unsubscribes', diagram('runTools-unsubscribe', (m) => {
    const answers = m.cold('  --x-----y---------(d|)', chunks);
    const toolX = m.cold('      ------------------(p|)');
    const toolY = m.cold('            ----------(p|)');
    const unsub = '           --------------!';
    const expected = '        --(xcb)-(yef)--';
    const result = run(model(answers), [tool('x', () => toolX), tool('y', () => toolY)]).pipe(map(toShown));
    m.expect(result, unsub).toBeObservable(expected, {
      ...chunks,
      c: { type: 'tool-call', call: toCall('x') }, b: { type: 'tool-start', call: toCall('x') },
      e: { type: 'tool-call', call: toCall('y') }, f: { type: 'tool-start', call: toCall('y') },
    });
    m.expect(answers).toHaveSubscriptions('^-------------!');
    m.expect(toolX).toHaveSubscriptions('  --^-----------!');
    m.expect(toolY).toHaveSubscriptions('  --------^-----!');
    return {
      inputs: { model: answers, 'tool x': toolX, 'tool y': toolY },
      call: 'runTools(request, { tools })',
      results: { result: expected },
    };
  }));

  // prettier-ignore
  it('waits for the tools that outlast the answer', marbles((m) => {
    const first = m.cold('  ----------x---------(d|)', chunks);
    const toolX = m.cold('            -----------------------------(p|)');
    const second = m.cold('                                        ----------(d|)', chunks);
    const expected = '      ----------(cxX)-----c------------------(p1s)-----(csf|)';
    m.expect(labels(run(model(first, second), [tool('x', () => toolX)]))).toBeObservable(expected, events);
  }));

  it('does nothing before it is subscribed to, and makes a run of its own for each subscriber', () => {
    const client = calling(1);
    const result = run(client, [x]);
    expect(client.requests).toHaveLength(0);
    const both = [runAll(result), runAll(result)];
    expect(client.requests).toHaveLength(3);
    // The client's script has moved on to hello: it is the run that starts anew.
    expect(both.map((all) => only(all, 'finish')[0]?.messages)).toEqual([
      [...user, callX, resultX, hello],
      [...user, hello],
    ]);
  });

  it('starts clean when it is retried', () => {
    let failures = 0;
    const error = new Error('once');
    const client = scriptedClient(({ messages = [] }) => {
      if (messages.length === 1) return [toolCall('x'), done()];
      return failures++ ? [answer('Hello'), done()] : throwError(() => error);
    });
    const all = runAll(run(client, [x]).pipe(retry(1)));
    expect(client.requests.map(({ messages }) => messages?.length)).toEqual([1, 3, 1, 3]);
    const [finish] = only(all, 'finish');
    expect(finish).toMatchObject({ step: 2, messages: [...user, callX, resultX, hello] });
    expect(finish?.statistics.eval_count).toBe(200);
    expect(only(all, 'tool-call').map(({ call }) => call.id)).toEqual(['call_0', 'call_0']);
  });

  it('emits each event with its step, and everything that has come of the run at the end', () => {
    const client = model(
      of(thinking('Hm'), answer('I see.'), toolCall('x', {}, 'id_1'), done()),
      of(answer('Hello'), final({ eval_count: 3, total_duration: 7 })),
    );
    const all = runAll(run(client, [x]));
    expect(all.map((event) => `${String(event.step)} ${toLabel(event)}`)).toEqual([
      ...['1 chunk', '1 chunk', '1 chunk', '1 tool-call x', '1 tool-start x', '1 tool-result x'],
      ...['1 chunk', '1 step-finish', '2 chunk', '2 chunk', '2 step-finish', '2 finish'],
    ]);
    const call = { id: 'id_1', function: { index: 0, name: 'x', arguments: {} } };
    const message = {
      role: 'assistant',
      content: 'I see.',
      thinking: 'Hm',
      tool_calls: [call],
    };
    const results = [{ ...resultX, tool_call_id: 'id_1' }];
    expect(all.slice(3, 6)).toEqual([
      { type: 'tool-call', step: 1, call },
      { type: 'tool-start', step: 1, call },
      { type: 'tool-result', step: 1, call, result: 'ok', text: 'ok' },
    ]);
    expect(only(all, 'step-finish')).toEqual([
      {
        ...{ type: 'step-finish', step: 1, reason: 'stop', message, results },
        statistics: {
          total_duration: 3_300_000_000,
          load_duration: 800_000_000,
          prompt_eval_count: 26,
          prompt_eval_duration: 500_000_000,
          eval_count: 100,
          eval_duration: 2_000_000_000,
        },
      },
      {
        ...{ type: 'step-finish', step: 2, reason: 'stop', message: hello, results: [] },
        statistics: { eval_count: 3, total_duration: 7 },
      },
    ]);
    expect(all.at(-1)).toEqual({
      type: 'finish',
      step: 2,
      reason: 'stop',
      messages: [...user, message, ...results, hello],
      statistics: {
        total_duration: 3_300_000_007,
        load_duration: 800_000_000,
        prompt_eval_count: 26,
        prompt_eval_duration: 500_000_000,
        eval_count: 103,
        eval_duration: 2_000_000_000,
      },
    });
  });

  it('sends everything of the request with each step, and the tools', () => {
    const client = calling(1);
    const request = { ...REQUEST, think: true, options: { seed: 1 }, keep_alive: '5m' };
    runAll(runTools(request, { tools: [x] }, { client }));
    const { tool: told } = x;
    expect(client.requests).toEqual([
      { ...request, stream: true, tools: [told] },
      { ...request, stream: true, tools: [told], messages: [...user, callX, resultX] },
    ]);
  });

  it('does without messages in the request, and leaves those it is given alone', () => {
    const messages = Object.freeze([...user]);
    const frozen = Object.freeze({ ...REQUEST, messages });
    runAll(runTools(frozen, { tools: [x] }, { client: calling(2) }));
    expect(messages).toEqual(user);
    const all = runAll(runTools({ model: 'qwen3' }, { tools: [x] }, { client: calling(0) }));
    expect(only(all, 'finish')[0]?.messages).toEqual([hello]);
  });

  it("tells the model's own reason, whatever it is", () => {
    const reasons = ['length', 'load', undefined].map((done_reason) => {
      const { message } = answer('Hello');
      const last = { ...done(), message, ...{ done_reason } } as ChatChunk;
      return only(runAll(run(model(of(last)), [])), 'finish')[0]?.reason;
    });
    expect(reasons).toEqual(['length', 'load', 'stop']);
  });

  it('has one chunk a step where the answer is not streamed', () => {
    const whole = {
      ...done(),
      message: delta({ content: 'I see.', tool_calls: callX.tool_calls ?? [] }).message,
    };
    const all = runAll(run(model(of(whole), of(answer('Hello'), done())), [x]));
    expect(only(all, 'finish')[0]?.messages).toEqual([
      ...user,
      { ...callX, content: 'I see.' },
      resultX,
      hello,
    ]);
  });

  describe('ends at a limit, with the results of the calls that were made:', () => {
    it('maxSteps, which is 10', () => {
      const client = calling(99);
      const all = runAll(run(client, [x]));
      expect(client.requests).toHaveLength(10);
      expect(all.at(-1)).toMatchObject({ type: 'finish', step: 10, reason: 'max-steps' });
      expect(only(all, 'finish')[0]?.messages).toHaveLength(1 + 10 * 2);
      expect(only(all, 'finish')[0]?.messages.at(-1)).toEqual(resultX);
    });

    it('maxSteps, as it is given', () => {
      const client = calling(99);
      expect(runAll(run(client, [x], { maxSteps: 1 })).at(-1)).toMatchObject({
        step: 1,
        reason: 'max-steps',
      });
      // An answer at the last step is an answer.
      expect(runAll(run(calling(2), [x], { maxSteps: 3 })).at(-1)).toMatchObject({
        step: 3,
        reason: 'stop',
      });
    });

    it('stopWhen, which is asked after each step with calls', () => {
      const asked: (readonly { readonly step: number }[])[] = [];
      const toNumbers = () => asked.map((steps) => steps.map(({ step }) => step));
      const stopWhen = (steps: readonly { readonly step: number }[]) => {
        asked.push(steps);
        return steps.length === 2;
      };
      const all = runAll(run(calling(99), [x], { stopWhen }));
      expect(toNumbers()).toEqual([[1], [1, 2]]);
      expect(all.at(-1)).toMatchObject({ step: 2, reason: 'stop-when' });
      expect(only(all, 'finish')[0]?.messages).toHaveLength(1 + 2 * 2);

      asked.length = 0;
      expect(runAll(run(calling(1), [x], { stopWhen })).at(-1)).toMatchObject({ reason: 'stop' });
      expect(toNumbers()).toEqual([[1]]);
    });

    it('stopWhen, which may look for a call or a result', () => {
      const client = calling(99);
      const all = runAll(
        run(client, [x], {
          stopWhen: (steps) =>
            steps.some(({ results }) => results.some(({ content }) => content === 'ok')),
        }),
      );
      expect(client.requests).toHaveLength(1);
      expect(all.at(-1)).toMatchObject({ reason: 'stop-when' });
    });
  });

  describe('prepareStep', () => {
    it('is asked before each request, and changes nothing if it says nothing', () => {
      const asked: unknown[] = [];
      const client = calling(1);
      runAll(
        run(client, [x], {
          prepareStep: (step, messages) => {
            asked.push([step, messages]);
            return undefined;
          },
        }),
      );
      expect(asked).toEqual([
        [1, user],
        [2, [...user, callX, resultX]],
      ]);
      expect(client.requests.map(({ model: name }) => name)).toEqual(['qwen3', 'qwen3']);
    });

    it('changes fields of the request, for one step', () => {
      const client = calling(2);
      const prepareStep = (step: number): StepChange | undefined =>
        step === 2 ? { model: 'small', think: false } : undefined;
      runAll(run(client, [x], { prepareStep }));
      expect(client.requests.map(({ model: name, think }) => [name, think])).toEqual([
        ['qwen3', undefined],
        ['small', false],
        ['qwen3', undefined],
      ]);
    });

    it('changes the tools, those that the model is told and those that it can call', () => {
      const client = calling(2);
      const other = tool('x', () => 'other');
      const prepareStep = (step: number): StepChange | undefined =>
        step === 1 ? undefined : { tools: step === 2 ? [other] : [] };
      const all = runAll(run(client, [x], { prepareStep }));
      expect(client.requests.map(({ tools }) => tools)).toEqual([
        [x.tool],
        [other.tool],
        undefined,
      ]);
      expect(only(all, 'tool-result').map(({ text }) => text)).toEqual(['ok', 'other']);
    });

    it('changes the messages that are sent, and not the history', () => {
      const client = calling(1);
      const all = runAll(
        run(client, [x], {
          prepareStep: (_, messages) => ({
            messages: [{ role: 'system', content: 'Be brief.' }, ...messages.slice(-1)],
          }),
        }),
      );
      expect(client.requests.map(({ messages }) => messages?.map(({ role }) => role))).toEqual([
        ['system', 'user'],
        ['system', 'tool'],
      ]);
      expect(only(all, 'finish')[0]?.messages).toEqual([...user, callX, resultX, hello]);
    });

    it('may take its time', async () => {
      const client = calling(0);
      const done$ = new Promise<void>((resolve, reject) => {
        run(client, [], { prepareStep: async () => ({ model: 'late' }) }).subscribe({
          error: reject,
          complete: resolve,
        });
      });
      expect(client.requests).toHaveLength(0);
      await done$;
      expect(client.requests.map(({ model: name }) => name)).toEqual(['late']);
    });

    it('makes no request if the consumer leaves before it has answered', async () => {
      const client = calling(0);
      const answered = Promise.resolve({ model: 'late' });
      run(client, [], { prepareStep: () => answered })
        .subscribe()
        .unsubscribe();
      await answered;
      expect(client.requests).toHaveLength(0);
    });
  });

  describe('gives unchanged what a callback throws:', () => {
    const error = new TypeError('mine');
    const throwing = () => {
      throw error;
    };
    const gated = tool('x', () => 'ok', { needsApproval: true });

    it.each<[string, () => Observable<ToolRunEvent>]>([
      ['prepareStep', () => run(calling(1), [x], { prepareStep: throwing })],
      [
        'prepareStep, in a later step',
        () => run(calling(1), [x], { prepareStep: (step) => (step > 1 ? throwing() : undefined) }),
      ],
      ['stopWhen', () => run(calling(1), [x], { stopWhen: throwing })],
      ['approve', () => run(calling(1), [gated], { approve: throwing })],
      [
        'what approve returns',
        () => run(calling(1), [gated], { approve: () => throwError(() => error) }),
      ],
      [
        'needsApproval',
        () => run(calling(1), [tool('x', () => 'ok', { needsApproval: throwing })]),
      ],
      [
        'a client that is none of ours',
        () => run(model(throwError(() => error)), [x], { onToolError: 'throw' }),
      ],
    ])('%s', (_, start) => {
      const seen: unknown[] = [];
      start().subscribe({ error: (reason: unknown) => seen.push(reason) });
      expect(seen).toEqual([error]);
      expect(seen[0]).toBe(error);
      expect(error).not.toHaveProperty('history');
    });
  });

  // prettier-ignore
  it('lets go of the model and the tools in the frame the consumer leaves', marbles((m) => {
    const first = m.cold('  ----------x---------a---------(d|)', chunks);
    const toolX = m.cold('            -----------------------------(p|)');
    const unsub = '         --------------------!';
    const expected = '      ----------(cxX)------';
    const firstSubs = '     ^-------------------!';
    const toolSubs = '      ----------^---------!';
    m.expect(labels(run(model(first), [tool('x', () => toolX)])), unsub).toBeObservable(expected, events);
    m.expect(first).toHaveSubscriptions(firstSubs);
    m.expect(toolX).toHaveSubscriptions(toolSubs);
  }));
});
