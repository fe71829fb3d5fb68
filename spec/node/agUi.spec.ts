import { text } from 'node:stream/consumers';
import { describe, expect, it, jest } from '@jest/globals';
import { HttpAgent, type Interrupt } from '@ag-ui/client';
import { of, tap, type Observable } from 'rxjs';
import { isOllamaError } from '../../lib/errors.js';
import {
  agUi,
  fromAgUiInput,
  pipeToResponse,
  toAgUiEvents,
  type AgUiEvent,
  type AgUiOptions,
} from '../../lib/node/index.js';
import { chunk } from '../../lib/testing/index.js';
import { runTools } from '../../lib/tools/runTools.js';
import type { Streamed } from '../../lib/tools/events.js';
import type { Message, OllamaClient } from '../../lib/types/index.js';
import { diagram } from '../support/diagram.js';
import { listen } from '../sources/support.js';
import { add, failing, failingTool, pay, payingModel, secretError, twoTools } from './runs.js';
import { serve } from './support.js';

const { answer, done } = chunk;

/** A client of AG-UI with a server that answers every request with a source. */
async function agentWith(source$: Observable<Streamed>) {
  const url = await serve((request, response) => {
    void (async () => {
      const input = JSON.parse(await text(request)) as AgUiOptions;
      await pipeToResponse(source$, response, { format: agUi(input) });
    })();
  });
  return new HttpAgent({
    url,
    initialMessages: [{ id: 'u1', role: 'user', content: 'Hi' }],
  });
}

/** The same with a server that stores the history, and makes the calls that are approved. */
async function agentWithRuns(client: OllamaClient) {
  let stored: readonly Message[] = [{ role: 'system', content: 'You are a pirate' }];
  const statuses: number[] = [];
  const url = await serve((request, response) => {
    void (async () => {
      const input = JSON.parse(await text(request)) as AgUiOptions;
      try {
        const { messages, decisions } = fromAgUiInput(input, stored);
        const run$ = runTools(
          { model: 'qwen3', messages },
          { tools: [add, pay], client, decisions, approve: () => 'suspend' },
        ).pipe(
          tap((event) => {
            if (event.type === 'finish') stored = event.messages;
          }),
        );
        await pipeToResponse(run$, response, { format: agUi(input) });
      } catch (error) {
        response.writeHead(isOllamaError(error, 'validation') ? 400 : 500).end(String(error));
      }
      statuses.push(response.statusCode);
    })();
  });
  const agent = new HttpAgent({
    url,
    initialMessages: [{ id: 'u1', role: 'user', content: 'Pay, please.' }],
  });
  return { agent, statuses, stored: () => stored };
}

const told = (agent: HttpAgent) =>
  agent.messages.slice(1).map(({ role, content, ...rest }) => {
    const calls = (rest as { toolCalls?: { function: { name: string; arguments: string } }[] })
      .toolCalls;
    const called = calls?.map(({ function: { name, arguments: args } }) => `${name}${args}`);
    return [role, content, ...(called ?? [])];
  });

describe('an agent of AG-UI', () => {
  it('shows thinking, two tools and the answer', async () => {
    const agent = await agentWith(twoTools());
    await agent.runAgent();
    expect(told(agent)).toEqual([
      ['reasoning', 'Hm, 17.'],
      ['assistant', 'Let me see.', 'add{"x":17,"y":23}', 'count{}'],
      ['tool', '{"sum":40}'],
      ['tool', '3'],
      ['assistant', 'It is 40.'],
    ]);
  });

  it('gets progress, and how many tokens it took', async () => {
    const agent = await agentWith(twoTools());
    const progress: unknown[] = [];
    let usage: unknown;
    await agent.runAgent(undefined, {
      onCustomEvent: ({ event }) => void progress.push([event.name, event.value]),
      onRunFinishedEvent: ({ event }) => void (usage = event.usage),
    });
    expect(progress).toEqual(
      ['1', '2', '3'].map((value) => ['tool-progress', { toolCallId: 'call_b', value }]),
    );
    expect(usage).toEqual([
      { provider: 'ollama', model: 'test', inputTokens: 52, outputTokens: 200 },
    ]);
  });

  it('is told of the failure of a tool, and of no more than that', async () => {
    const agent = await agentWith(failingTool());
    await agent.runAgent();
    expect(told(agent)).toContainEqual(['tool', 'Error: The tool failed.']);
  });

  it('is told of an error', async () => {
    const agent = await agentWith(failing(secretError()));
    let message: string | undefined;
    await agent
      .runAgent(undefined, { onRunErrorEvent: ({ event }) => void (message = event.message) })
      .catch(() => undefined);
    expect(message).toBe('The answer could not be completed.');
    expect(told(agent)).toEqual([
      ['reasoning', 'Hm.'],
      ['assistant', 'Hel'],
    ]);
  });

  it('is told that an answer was stopped', async () => {
    const agent = await agentWith(of(answer('Hel')));
    let outcome: unknown;
    await agent.runAgent(undefined, {
      onRunFinishedEvent: ({ event }) => void (outcome = event.outcome),
    });
    expect(outcome).toEqual({ type: 'cancelled' });
  });

  it.each([
    [{ approved: true }, 'paid'],
    [{ approved: false, reason: 'Too much.' }, 'The call was not approved: Too much.'],
    [{}, 'The call was not approved.'],
  ])('answers an interrupt with %j', async (payload, result) => {
    const { agent, statuses } = await agentWithRuns(payingModel());
    await agent.runAgent();
    const [interrupt, ...others] = agent.pendingInterrupts as [Interrupt];
    expect(interrupt).toMatchObject({
      id: 'call_p',
      reason: 'tool_call',
      toolCallId: 'call_p',
      message: 'It costs 5 €.',
    });
    expect(others).toEqual([]);
    await agent.runAgent({
      resume: [{ interruptId: interrupt.id, status: 'resolved', payload }],
    });
    expect(statuses).toEqual([200, 200]);
    expect(told(agent)).toEqual([
      ['assistant', 'I pay.', 'add{"x":1,"y":2}', 'pay{"amount":5}'],
      ['tool', '{"sum":3}'],
      ['tool', result],
      ['assistant', 'Done.'],
    ]);
    expect(agent.pendingInterrupts).toEqual([]);
  });

  it('cancels an interrupt, which denies the call', async () => {
    const { agent, stored } = await agentWithRuns(payingModel());
    await agent.runAgent();
    await agent.runAgent({ resume: [{ interruptId: 'call_p', status: 'cancelled' }] });
    expect(stored().at(-2)?.content).toBe('The call was not approved.');
  });

  it('can approve no call whose arguments it has changed', async () => {
    // The agent logs what it rejects with.
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const { agent, statuses, stored } = await agentWithRuns(payingModel());
    await agent.runAgent();
    const before = stored();
    agent.setMessages(
      JSON.parse(JSON.stringify(agent.messages).replaceAll('amount\\":5', 'amount\\":6')) as never,
    );
    const resume = [
      { interruptId: 'call_p', status: 'resolved', payload: { approved: true } } as const,
    ];
    await expect(agent.runAgent({ resume })).rejects.toThrow();
    expect(statuses).toEqual([200, 400]);
    expect(stored()).toBe(before);
    jest.restoreAllMocks();
  });
});

const ids = { threadId: 't', runId: 'r' };
const typesOf = (events: readonly AgUiEvent[]) => events.map(({ type }) => type);

describe('toAgUiEvents', () => {
  // prettier-ignore
  it('opens and closes messages, steps and the run', diagram('toAgUiEvents', (m) => {
    const source = m.cold('  ---a-------(d|)', { a: answer('Hel'), d: done({ promptEvalCount: 3, evalCount: 7 }) });
    const subs = '           ^----------!';
    const expected = '       ---(stba)--(eof|)';
    m.expect(source.pipe(toAgUiEvents(ids))).toBeObservable(expected, {
      s: { type: 'RUN_STARTED', ...ids },
      t: { type: 'STEP_STARTED', stepName: 'step 1' },
      b: { type: 'TEXT_MESSAGE_START', messageId: 'r-m1', role: 'assistant' },
      a: { type: 'TEXT_MESSAGE_CONTENT', messageId: 'r-m1', delta: 'Hel' },
      e: { type: 'TEXT_MESSAGE_END', messageId: 'r-m1' },
      o: { type: 'STEP_FINISHED', stepName: 'step 1' },
      f: {
        type: 'RUN_FINISHED',
        ...ids,
        outcome: { type: 'success' },
        usage: [{ provider: 'ollama', model: 'test', inputTokens: 3, outputTokens: 7 }],
      },
    });
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'toAgUiEvents({ threadId, runId })', results: { result: expected } };
  }));

  it('names the run that it continues', async () => {
    const { values } = await listen(of(done()).pipe(toAgUiEvents({ ...ids, parentRunId: 'p' })));
    expect(values[0]).toEqual({ type: 'RUN_STARTED', ...ids, parentRunId: 'p' });
  });

  it('leaves the calls of a chat to the client', async () => {
    const called = chunk.toolCall('add', { x: 1 }, 'call_a');
    const { values } = await listen(of(called, done()).pipe(toAgUiEvents(ids)));
    expect(typesOf(values)).toEqual([
      'RUN_STARTED',
      'STEP_STARTED',
      'TOOL_CALL_START',
      'TOOL_CALL_ARGS',
      'TOOL_CALL_END',
      'STEP_FINISHED',
      'RUN_FINISHED',
    ]);
    expect(values.at(-1)).toMatchObject({
      outcome: { type: 'success', pendingToolCallIds: ['call_a'] },
    });
  });

  it('has one step per request of a run', async () => {
    const { values } = await listen(twoTools().pipe(toAgUiEvents(ids)));
    expect(
      values.flatMap((event) => ('stepName' in event ? [`${event.type} ${event.stepName}`] : [])),
    ).toEqual([
      'STEP_STARTED step 1',
      'STEP_FINISHED step 1',
      'STEP_STARTED step 2',
      'STEP_FINISHED step 2',
    ]);
  });

  it('ends thinking before the answer begins, and the answer before more thinking', async () => {
    const source$ = of(chunk.thinking('Hm'), answer('It is'), chunk.thinking('Oh'), done());
    const { values } = await listen(source$.pipe(toAgUiEvents(ids)));
    expect(typesOf(values).slice(2, -2)).toEqual([
      'REASONING_START',
      'REASONING_MESSAGE_START',
      'REASONING_MESSAGE_CONTENT',
      'REASONING_MESSAGE_END',
      'REASONING_END',
      'TEXT_MESSAGE_START',
      'TEXT_MESSAGE_CONTENT',
      'TEXT_MESSAGE_END',
      'REASONING_START',
      'REASONING_MESSAGE_START',
      'REASONING_MESSAGE_CONTENT',
      'REASONING_MESSAGE_END',
      'REASONING_END',
    ]);
  });

  it('has no tokens that the server did not count', async () => {
    const usageOf = async (...chunks: readonly Streamed[]) => {
      const { values } = await listen(of(...chunks).pipe(toAgUiEvents(ids)));
      return (values.at(-1) as { readonly usage?: unknown }).usage;
    };
    const { prompt_eval_count: _, eval_count: __, ...final } = done();
    expect(await usageOf(answer('Hel'))).toBeUndefined();
    expect(await usageOf(final)).toBeUndefined();
    const model = { provider: 'ollama', model: 'test' };
    expect(await usageOf({ ...final, prompt_eval_count: 3 })).toEqual([
      { ...model, inputTokens: 3 },
    ]);
    expect(await usageOf({ ...final, eval_count: 7 })).toEqual([{ ...model, outputTokens: 7 }]);
  });

  it('tells that an attempt is void, and begins another message', async () => {
    const again = { ...answer('Hello'), reset: true };
    const { values } = await listen(of(answer('Hel'), again, done()).pipe(toAgUiEvents(ids)));
    expect(values).toContainEqual({ type: 'CUSTOM', name: 'reset', value: { messageId: 'r-m1' } });
    expect(values).toContainEqual({
      type: 'TEXT_MESSAGE_CONTENT',
      messageId: 'r-m2',
      delta: 'Hello',
    });
  });

  it('closes what is open before an error', async () => {
    const { values } = await listen(failing(secretError()).pipe(toAgUiEvents(ids)));
    expect(values.slice(-3)).toEqual([
      { type: 'TEXT_MESSAGE_END', messageId: 'r-m1' },
      { type: 'STEP_FINISHED', stepName: 'step 1' },
      { type: 'RUN_ERROR', message: 'The answer could not be completed.', code: 'internal' },
    ]);
  });

  it.each([
    [{}, 'threadId is of type undefined.'],
    [{ threadId: 't', runId: 7 }, 'runId is of type number.'],
    [{ ...ids, parentRunId: null }, 'parentRunId is of type null.'],
    [undefined, 'threadId is of type undefined.'],
  ])('refuses ids that are none: %j', (options, message) => {
    const expected = new TypeError(`${message} Set it to the string that the client sent.`);
    expect(() => toAgUiEvents(options as AgUiOptions)).toThrow(expected);
    expect(() => agUi(options as AgUiOptions)).toThrow(expected);
  });
});
