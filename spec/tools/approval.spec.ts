import { describe, expect, it, jest } from '@jest/globals';
import { EMPTY, lastValueFrom, map, of, toArray } from 'rxjs';
import { chunk } from '../../lib/testing/index.js';
import type { Approve } from '../../lib/tools/approval.js';
import { defineTool, type ToolDefinition } from '../../lib/tools/defineTool.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import { marbles } from '../support/marbles.js';
import { chunks, events, model, only, run, runAll, toLabel, tool } from './support.js';

const { answer, done, toolCall } = chunk;

/** Runs a tool that needs approval, and gives its events. */
async function ask(
  answered: unknown,
  execute: () => unknown = () => 'ran',
): Promise<ToolRunEvent[]> {
  const client = model(of(toolCall('pay'), done()), of(answer('So.'), done()));
  const pay = tool('pay', execute, { needsApproval: true });
  const approve = (() => answered) as Approve;
  return lastValueFrom(run(client, [pay], { approve }).pipe(toArray()));
}

const once = async function* (value: unknown) {
  yield value;
};

/** A value as it may be answered: at once, and in every way that answers later. */
const waysOf = (value: unknown): [string, unknown][] => [
  ['as a value', value],
  ['in a promise', Promise.resolve(value)],
  ['in an Observable', of(value)],
  ['in an async iterable', once(value)],
  ['in a list', [value]],
];

describe('approve', () => {
  describe.each<[string, unknown]>([
    ['false', false],
    ['undefined', undefined],
    ['null', null],
    ["'yes'", 'yes'],
    ["'true'", 'true'],
    ["''", ''],
    ['1', 1],
    ['0', 0],
    ['NaN', NaN],
    ['1n', 1n],
    ['a symbol', Symbol('true')],
    ['a function', () => true],
    ['{}', {}],
    ["{ approved: 'true' }", { approved: 'true' }],
    ['{ approved: 1 }', { approved: 1 }],
    ['{ approved: undefined }', { approved: undefined }],
    ['{ approved: {} }', { approved: {} }],
    ['{ approve: true }', { approve: true }],
    ['new Boolean(true)', Object(true)],
  ])('that answers %s means no', (_, value) => {
    it.each(waysOf(value))('%s', async (_way, answered) => {
      const execute = jest.fn();
      const all = await ask(answered, execute);
      expect(execute).not.toHaveBeenCalled();
      expect(only(all, 'tool-denied')).toMatchObject([{ text: 'The call was not approved.' }]);
    });
  });

  it.each<[string, unknown]>([
    ['an empty Observable', EMPTY],
    ['an empty list', []],
    ['an empty text', ''],
    ['a web stream without a value', new Blob([]).stream()],
    ['a list that begins with no', [false, true]],
  ])('that answers with %s means no', async (_, answered) => {
    const execute = jest.fn();
    expect(only(await ask(answered, execute), 'tool-denied')).toHaveLength(1);
    expect(execute).not.toHaveBeenCalled();
  });

  describe.each<[string, unknown]>([
    ['true', true],
    ['{ approved: true }', { approved: true }],
    ['{ approved: true, reason }', { approved: true, reason: 'why not' }],
  ])('that answers %s means yes', (_, value) => {
    it.each(waysOf(value))('%s', async (_way, answered) => {
      expect(only(await ask(answered), 'tool-result')).toMatchObject([{ result: 'ran' }]);
    });
  });

  it.each<[string, unknown, string]>([
    ['a text', 'not on Sundays', 'The call was not approved: not on Sundays'],
    ['an empty text', '', 'The call was not approved.'],
    ['no text', 5, 'The call was not approved.'],
  ])('sends the model the reason if it is %s', async (_, reason, text) => {
    expect(only(await ask({ approved: false, reason }), 'tool-denied')).toMatchObject([{ text }]);
  });

  // prettier-ignore
  it('is announced by tool-approval, right before it is asked', marbles((m) => {
    const first = m.cold('  ----------x---------(d|)', chunks);
    const yes = m.cold('              -----t', { t: true });
    const second = m.cold('                     ----------(d|)', chunks);
    const expected = '      ----------(cxA)(X1)-(cs)------(csf|)';
    const order: string[] = [];
    const x = tool('x', () => 'ok', { needsApproval: true });
    const approve = () => {
      order.push('asked');
      return yes;
    };
    const result = run(model(first, second), [x], { approve }).pipe(
      map((event) => {
        order.push(event.type);
        return toLabel(event);
      }),
    );
    m.expect(result).toBeObservable(expected, events);
    m.flush();
    expect(order.slice(1, 5)).toEqual(['tool-call', 'tool-approval', 'asked', 'tool-start']);
  }));

  it('is not announced where it is not asked', () => {
    const client = model(of(toolCall('x'), toolCall('y'), done()), of(done()));
    const tools = [tool('x', () => 'ok'), tool('y', () => 'ok', { needsApproval: true })];
    expect(only(runAll(run(client, tools)), 'tool-approval')).toEqual([]);
  });
});

describe('needsApproval', () => {
  const paying = (needsApproval: ToolDefinition['needsApproval']) =>
    defineTool({
      name: 'pay',
      description: 'Pays',
      parameters: { type: 'object' },
      execute: () => 'paid',
      needsApproval,
    });

  const play = (needsApproval: ToolDefinition['needsApproval']) => {
    const client = model(of(toolCall('pay'), done()), of(answer('So.'), done()));
    return lastValueFrom(
      run(client, [paying(needsApproval)], { approve: () => false }).pipe(toArray()),
    );
  };

  it.each<[string, ToolDefinition['needsApproval']]>([
    ['a promise', async () => true],
    ['an Observable', () => of(true)],
    [
      'an async iterable',
      async function* () {
        yield true;
      },
    ],
    ['an Observable without a value', () => EMPTY],
    ['a reason', () => ({ reason: 'It pays.' })],
  ])('may answer yes with %s', async (_, needsApproval) => {
    expect(only(await play(needsApproval), 'tool-denied')).toHaveLength(1);
  });

  it.each<[string, ToolDefinition['needsApproval']]>([
    ['a promise', async () => false],
    ['an Observable', () => of(false)],
    ['a value', () => false],
    ['nothing', undefined],
  ])('may answer no with %s', async (_, needsApproval) => {
    expect(only(await play(needsApproval), 'tool-result')).toHaveLength(1);
  });

  it('may give the reason, which the event has', async () => {
    const [asked] = only(await play(() => ({ reason: 'It pays.' })), 'tool-approval');
    expect(asked?.reason).toBe('It pays.');
    const [plain] = only(await play(true), 'tool-approval');
    expect(plain).not.toHaveProperty('reason');
  });
});
