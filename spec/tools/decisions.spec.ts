import { describe, expect, it } from '@jest/globals';
import { concatMap, map, of, tap } from 'rxjs';
import { chunk } from '../../lib/testing/index.js';
import { inTurn } from '../../lib/testing/node/index.js';
import { checkDecisions, findSuspended, type Decisions } from '../../lib/tools/decisions.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import { runTools } from '../../lib/tools/runTools.js';
import type { Message } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import { forbidConsole, listen, start } from '../sources/support.js';
import { diagram } from '../support/diagram.js';
import { REQUEST, chunks, model, only, rawCall, run, runAll, toLabel, tool } from './support.js';

forbidConsole();

const { answer, done } = chunk;

/** Tools that note what they did. */
function makeTools() {
  const ran: string[] = [];
  const note = (name: string, needsApproval: boolean) =>
    tool(
      name,
      ({ call }) => {
        ran.push(call.id);
        return `${name} is done`;
      },
      { needsApproval },
    );
  return { ran, tools: [note('pay', true), note('look', false)] };
}

const calls = (ids: boolean, ...names: readonly string[]) =>
  delta({
    content: 'Let me see.',
    tool_calls: names.map((name, n) => rawCall(name, {}, ids ? { id: `id_${String(n)}` } : {})),
  });

/** A run in which `pay` is suspended. */
function suspend(ids = true, ...names: readonly string[]) {
  const { ran, tools } = makeTools();
  const client = model(of(calls(ids, ...names), done()));
  const all = runAll(run(client, tools, { approve: () => 'suspend' }));
  const [finish] = only(all, 'finish');
  if (!finish) throw new Error('The run has no end.');
  return { all, ran, finish };
}

/** A later run over the same history. */
function resume(messages: readonly Message[], decisions: Decisions) {
  const { ran, tools } = makeTools();
  const client = model(of(answer('Done.'), done()));
  const all = runAll(runTools({ model: 'm', messages }, { tools, decisions }, { client }));
  return { all, ran, client, finish: only(all, 'finish')[0] };
}

const texts = (messages: readonly Message[] = []) =>
  messages.map(({ role, content }) => `${role}: ${content}`);

/** As much of an event as a picture needs. */
function toShown(event: ToolRunEvent): object {
  if (event.type === 'chunk') return event.chunk;
  if (event.type === 'finish') return { type: `finish: ${event.reason}` };
  return 'call' in event ? { type: event.type, call: event.call } : { type: event.type };
}

describe('a run with a call that is suspended', () => {
  // prettier-ignore
  it('ends, and a later run makes the call that was approved', diagram('runTools-suspended', (m) => {
    const first = m.cold('    --x-----(d|)', chunks);
    const decision = m.cold(' ------------------(y|)', { y: { id_x: true } });
    const toolX = m.cold('                      -----(p|)');
    const second = m.cold('                          ----a-(d|)', chunks);
    const suspended = '       --(xcA)-(dsf|)';
    const resumed = '         ------------------(cb)-(pr)a-(dsf|)';

    const x = tool('x', () => toolX, { needsApproval: true });
    let messages: readonly Message[] = [];
    const run$ = run(model(first), [x], { approve: () => 'suspend' }).pipe(
      tap((event) => {
        if (event.type === 'finish') ({ messages } = event);
      }),
    );
    const later$ = decision.pipe(
      concatMap((decisions) =>
        runTools({ model: 'qwen3', messages }, { tools: [x], decisions, client: model(second) }),
      ),
    );
    const [call] = chunks['x']?.message.tool_calls ?? [];
    const types = { c: 'tool-call', A: 'tool-approval', b: 'tool-start', p: 'tool-progress', r: 'tool-result' };
    const values = {
      ...chunks,
      ...Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type, call }])),
      s: { type: 'step-finish' },
    };
    m.expect(run$.pipe(map(toShown))).toBeObservable(suspended, { ...values, f: { type: 'finish: approval' } });
    m.expect(later$.pipe(map(toShown))).toBeObservable(resumed, { ...values, f: { type: 'finish: stop' } });
    m.expect(first).toHaveSubscriptions('   ^-------!');
    m.expect(decision).toHaveSubscriptions('^-----------------!');
    m.expect(toolX).toHaveSubscriptions('   ------------------^----!');
    m.expect(second).toHaveSubscriptions('  -----------------------^-----!');
    return {
      inputs: { model: first, decisions: decision, tool: toolX, again: second },
      call: "runTools(request, { approve: () => 'suspend' }), then runTools({ messages }, { decisions })",
      results: { 'first run': suspended, 'later run': resumed },
    };
  }));

  it('ends with the call pending, when the other calls have results', () => {
    const { all, ran, finish } = suspend(true, 'pay', 'look');
    expect(ran).toEqual(['id_1']);
    expect(all.map(toLabel)).toEqual([
      ...['chunk', 'tool-call pay', 'tool-approval pay'],
      ...['tool-call look', 'tool-start look', 'tool-result look'],
      ...['chunk', 'step-finish', 'finish'],
    ]);
    expect(finish).toMatchObject({ step: 1, reason: 'approval', pending: [{ id: 'id_0' }] });
    expect(texts(finish.messages)).toEqual([
      'user: Hi',
      'assistant: Let me see.',
      'tool: look is done',
    ]);
    expect(finish.messages[1]?.tool_calls).toHaveLength(2);
  });

  it('has the ids of its calls in the history, also where the server gave none', () => {
    const { finish } = suspend(false, 'pay', 'look');
    expect(finish.pending?.map(({ id }) => id)).toEqual(['call_0']);
    expect(finish.messages[1]?.tool_calls?.map(({ id }) => id)).toEqual(['call_0', 'call_1']);
    expect(finish.messages[2]).toMatchObject({ role: 'tool', tool_call_id: 'call_1' });
  });
});

describe('decisions', () => {
  it('ask again about each call that has none', () => {
    const { finish } = suspend(true, 'pay', 'pay');
    const { all, ran } = resume(finish.messages, { id_0: true });
    expect(ran).toEqual(['id_0']);
    expect(only(all, 'tool-approval').map(({ call }) => call.id)).toEqual(['id_1']);
  });

  it('run the calls that are approved, with results in the order of the calls, and ask the model', () => {
    const { finish } = suspend(true, 'pay', 'look', 'pay');
    const { all, ran, client } = resume(finish.messages, { id_0: true, id_2: { approved: true } });
    expect(ran).toEqual(['id_0', 'id_2']);
    expect(all.map(toLabel)).toEqual([
      ...['tool-call pay', 'tool-start pay', 'tool-result pay'],
      ...['tool-call pay', 'tool-start pay', 'tool-result pay'],
      ...['chunk', 'chunk', 'step-finish', 'finish'],
    ]);
    expect(all.map(({ step }) => step)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
    expect(client.requests[0]?.messages?.slice(2)).toEqual([
      { role: 'tool', content: 'pay is done', tool_name: 'pay', tool_call_id: 'id_0' },
      { role: 'tool', content: 'look is done', tool_name: 'look', tool_call_id: 'id_1' },
      { role: 'tool', content: 'pay is done', tool_name: 'pay', tool_call_id: 'id_2' },
    ]);
  });

  it('send the model the reason of a denial', () => {
    const { finish } = suspend(true, 'pay');
    const { all, ran, client } = resume(finish.messages, {
      id_0: { approved: false, reason: 'too much' },
    });
    expect(ran).toEqual([]);
    expect(all.map(toLabel)).toContain('tool-denied pay');
    expect(texts(client.requests[0]?.messages).at(-1)).toBe(
      'tool: The call was not approved: too much',
    );
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a text', 'yes'],
    ['1', 1],
    ["{ approved: 'true' }", { approved: 'true' }],
  ])('of %s mean no', (_, decision) => {
    const { finish } = suspend(true, 'pay');
    const { all, ran } = resume(finish.messages, { id_0: decision } as Decisions);
    expect([ran, only(all, 'tool-denied')]).toMatchObject([
      [],
      [{ text: 'The call was not approved.' }],
    ]);
  });

  it('suspend again the calls without one', () => {
    const { finish } = suspend(true, 'pay', 'pay');
    const again = resume(finish.messages, { id_1: true });
    expect(again.ran).toEqual(['id_1']);
    expect(again.client.requests).toEqual([]);
    expect(again.finish).toMatchObject({ step: 0, reason: 'approval', pending: [{ id: 'id_0' }] });
    expect(texts(again.finish?.messages).slice(2)).toEqual(['tool: pay is done']);
    const last = resume(again.finish?.messages ?? [], { id_0: true });
    expect(last.ran).toEqual(['id_0']);
    expect(texts(last.finish?.messages).slice(2)).toEqual([
      'tool: pay is done',
      'tool: pay is done',
      'assistant: Done.',
    ]);
  });

  it('sent twice run nothing twice', () => {
    const { finish } = suspend(true, 'pay');
    const first = resume(finish.messages, { id_0: true });
    const second = resume(first.finish?.messages.slice(0, 3) ?? [], { id_0: true });
    expect([first.ran, second.ran]).toEqual([['id_0'], []]);
    expect(second.finish?.reason).toBe('stop');
  });

  it('of a call that the history doesn’t have are an error, when runTools is called', () => {
    const { finish } = suspend(true, 'pay');
    for (const id of ['id_9', '__proto__', 'constructor']) {
      const decisions = Object.fromEntries([[id, true]]) as Decisions;
      expect(() => resume(finish.messages, decisions)).toThrow(
        expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(id) }),
      );
    }
    expect(() => resume([], { id_0: true })).toThrow(TypeError);
  });

  it('are not inherited: a call with the id of a property of objects is suspended', () => {
    const { tools } = makeTools();
    const messages: Message[] = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: '', tool_calls: [rawCall('pay', {}, { id: 'toString' })] },
    ];
    const all = runAll(runTools({ model: 'm', messages }, { tools, decisions: {} }));
    expect(all.at(-1)).toMatchObject({ reason: 'approval', pending: [{ id: 'toString' }] });
  });

  it('tell the model, or fail the run, where a call can’t be made', () => {
    const messages: Message[] = [
      { role: 'assistant', content: '', tool_calls: [rawCall('gone', {}, { id: 'a' })] },
    ];
    const { all } = resume(messages, { a: true });
    expect(only(all, 'tool-error')).toMatchObject([{ step: 0, call: { id: 'a' } }]);
    const errors: unknown[] = [];
    runTools(
      { model: 'm', messages },
      { tools: makeTools().tools, decisions: { a: true }, onToolError: 'throw' },
    ).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toMatchObject([{ code: 'tool', history: messages }]);
  });

  it('work over HTTP, in a second process as it were', async () => {
    const ollama = await start(
      inTurn(
        [{ tool_calls: [rawCall('pay', { n: 1 }, { id: 'id_0' })], done: true }],
        ['Paid.', { done: true }],
      ),
    );
    const { ran, tools } = makeTools();
    const first = await listen(
      runTools(REQUEST, { tools, approve: async () => 'suspend' as const, host: ollama.url }),
    );
    const [suspended] = only(first.values, 'finish');
    expect(suspended?.reason).toBe('approval');
    const messages = JSON.parse(JSON.stringify(suspended?.messages)) as Message[];
    const second = await listen(
      runTools(
        { model: 'qwen3', messages },
        { tools, decisions: { id_0: true }, host: ollama.url },
      ),
    );
    expect(ran).toEqual(['id_0']);
    expect(ollama.requests[1]?.body.messages?.at(-1)).toEqual({
      role: 'tool',
      content: 'pay is done',
      tool_name: 'pay',
      tool_call_id: 'id_0',
    });
    const [finish] = only(second.values, 'finish');
    expect(texts(finish?.messages).at(-1)).toBe('assistant: Paid.');
  });
});

describe('findSuspended', () => {
  const user: Message = { role: 'user', content: 'Hi' };
  const asked = (...ids: readonly string[]): Message => ({
    ...{ role: 'assistant', content: '' },
    tool_calls: ids.map((id) => rawCall('f', {}, id ? { id } : {})),
  });
  const result = (content: string, id?: string): Message => ({
    ...{ role: 'tool', content, tool_name: 'f' },
    ...(id && { tool_call_id: id }),
  });
  const resultsOf = (...messages: readonly Message[]) =>
    findSuspended(messages)?.calls.map((each) => each.result?.content);

  it.each<[string, readonly Message[]]>([
    ['no message', []],
    ['a message of the user', [user]],
    ['a message of the user, with calls', [{ ...asked('a'), role: 'user' }]],
    ['an answer', [user, { role: 'assistant', content: 'Hello' }]],
    ['an answer with an empty list of calls', [user, asked()]],
    ['results of all calls', [user, asked('a', 'b'), result('1', 'b'), result('2', 'a')]],
  ])('finds nothing where a history ends with %s', (_, messages) => {
    expect(findSuspended(messages)).toBeUndefined();
  });

  it('finds the results of calls by their ids, or else by their names, in order', () => {
    expect(resultsOf(user, asked('a', 'b', 'c'), result('2', 'c'), result('1', 'a'))).toEqual([
      ...['1', undefined, '2'],
    ]);
    expect(resultsOf(user, asked('', '', ''), result('1'), result('2'))).toEqual([
      ...['1', '2', undefined],
    ]);
  });
});

describe('checkDecisions', () => {
  it('refuses a decision on a call that no message has, and says what to pass', () => {
    const messages = [{ role: 'user', content: 'Hi' }];
    expect(() => {
      checkDecisions({ call_0: true }, messages);
    }).toThrow(
      new TypeError(
        'decisions has the call "call_0", which messages don\'t have. ' +
          "Pass the messages of the run's finish event, and decisions by the ids of its pending calls.",
      ),
    );
  });
});
