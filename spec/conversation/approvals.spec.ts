import { describe, expect, it } from '@jest/globals';
import { NEVER, Observable, Subject, distinctUntilChanged, from, map, of } from 'rxjs';
import {
  createConversation,
  type Conversation,
} from '../../lib/conversation/createConversation.js';
import type { ConversationOptions } from '../../lib/conversation/options.js';
import type { CallActivity } from '../../lib/conversation/state.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { ChatChunk, Message } from '../../lib/types/index.js';
import { marbles } from '../support/marbles.js';
import { tool } from '../tools/support.js';
import { act, failure, talk, toAsked, toLabel, toMessages } from './support.js';

const { answer, done, toolCall } = chunk;

const pay = toolCall('pay', { amount: 80 }, 'id_pay');
const send = toolCall('mail', {}, 'id_mail');

/** A model that makes these calls, and answers when it has results. */
const calling = (...calls: readonly ChatChunk[]) =>
  scriptedClient(({ messages = [] }) =>
    messages.at(-1)?.role === 'tool'
      ? [answer('So.'), done()]
      : [answer('Wait.'), ...calls, done()],
  );

const gated = (name: string, execute: () => unknown = () => `${name} is done`) =>
  tool(name, execute, { needsApproval: () => ({ reason: `${name} costs` }) });

const toShown = ({ call, status, progress, result, error, reason }: CallActivity): string =>
  [
    `${call.function.name} ${status}`,
    ...(progress === undefined ? [] : [`at ${progress as string}`]),
    ...(result === undefined ? [] : [`= ${result as string}`]),
    ...(error === undefined ? [] : [`! ${error as string}`]),
    ...(reason === undefined ? [] : [`(${reason})`]),
  ].join(' ');

const showActivity = ({ activity = [] }: Conversation['state']): string =>
  activity.map(toShown).join(', ');

const open = (client: ReturnType<typeof calling>, options: Partial<ConversationOptions> = {}) =>
  createConversation({ model: 'm', client, every: 0, ...options });

describe('the activity of a turn', () => {
  // prettier-ignore
  it('shows each call from its arrival to its end, and is there until the next turn', marbles((m) => {
    const model = m.cold('  --x-d|', { x: pay, d: done() });
    const toolX = m.cold('           ----p-(q|)', { p: 'half', q: 'paid' });
    const second = m.cold('                ------(ad|)', { a: answer('So.'), d: done() });
    const expected = '      n--(wa)---(bc)p-(qr)---';
    const { conversation } = talk([model, second], { tools: [gated('pay', () => toolX)] });
    act(m, '                -s--------y', {
      s: () => { conversation.send('Pay.'); },
      y: () => { conversation.approve('id_pay', true); },
    });
    const shown = conversation.state$.pipe(map(showActivity), distinctUntilChanged());
    m.expect(shown).toBeObservable(expected, {
      n: '',
      w: 'pay waiting',
      a: 'pay approval (pay costs)',
      b: 'pay waiting (pay costs)',
      c: 'pay running (pay costs)',
      p: 'pay running at half (pay costs)',
      q: 'pay running at paid (pay costs)',
      r: 'pay done at paid = paid (pay costs)',
    });
    m.expect(toolX).toHaveSubscriptions('----------^-----!');
    m.flush();
    expect(toLabel(conversation.state)).toBe('idle > Pay. > [x] > paid > So.');
  }));

  it('has what a call failed with, and goes with the next turn', () => {
    const client = calling(pay, send, toolCall('none', {}, 'id_none'));
    const tools = [
      tool('pay', () => {
        throw failure;
      }),
      tool('mail', () => 'sent'),
    ];
    const conversation = open(client, { tools });
    conversation.send('Hi');
    expect(showActivity(conversation.state)).toMatch(
      /^pay failed ! Error: broken, mail done = sent, none failed ! .*There is no tool "none"/,
    );
    const answered = conversation.state.messages[1];
    expect(answered?.message.tool_calls).toHaveLength(3);
    expect(conversation.state.activity?.map(({ messageId }) => messageId)).toEqual([
      ...[answered?.id, answered?.id, answered?.id],
    ]);
    conversation.edit(0, 'And?');
    expect(conversation.state.activity).toHaveLength(3);
    conversation.clear();
    expect(conversation.state).not.toHaveProperty('activity');
  });

  it('has the calls of all steps of the turn, with their messages', () => {
    const client = scriptedClient((_, i) => (i < 2 ? [pay, done()] : [answer('So.'), done()]));
    const conversation = open(client, { tools: [tool('pay', () => 'paid')] });
    conversation.send('Hi');
    const { messages, activity = [] } = conversation.state;
    const [first, second] = messages.filter(({ message }) => message.tool_calls);
    expect(activity.map(({ messageId }) => messageId)).toEqual([first?.id, second?.id]);
    // The second one has the id of the first, and is another call.
    expect(activity[0]?.call).not.toBe(activity[1]?.call);
  });
});

describe('approve()', () => {
  it.each<[string, Parameters<Conversation['approve']>[1], string, string]>([
    ['true', true, 'pay done = pay is done (pay costs)', 'pay is done'],
    ['{ approved: true }', { approved: true }, 'pay done = pay is done (pay costs)', 'pay is done'],
    ['false', false, 'pay denied', 'The call was not approved.'],
    [
      'a reason',
      { approved: false, reason: 'Too much' },
      'pay denied (Too much)',
      'The call was not approved: Too much',
    ],
    ['undefined', undefined as unknown as boolean, 'pay denied', 'The call was not approved.'],
  ])('decides with %s', (_, approval, shown, text) => {
    const conversation = open(calling(pay), { tools: [gated('pay')] });
    conversation.send('Hi');
    expect(showActivity(conversation.state)).toBe('pay approval (pay costs)');
    expect(conversation.state.status).toBe('calling-tools');
    conversation.approve('id_pay', approval);
    expect(showActivity(conversation.state)).toBe(shown);
    expect(toMessages(conversation.state)[2]?.content).toBe(text);
    expect(conversation.state).toMatchObject({ status: 'idle', ending: 'stop' });
  });

  it('may come from a subscriber of the state that asks', () => {
    const conversation = open(calling(pay), { tools: [gated('pay')] });
    conversation.state$.subscribe(({ activity = [] }) => {
      for (const { call, status } of activity) {
        if (status === 'approval') conversation.approve(call.id, true);
      }
    });
    conversation.send('Hi');
    expect(showActivity(conversation.state)).toBe('pay done = pay is done (pay costs)');
  });

  it('decides once: the first decision counts', () => {
    let paid = 0;
    const conversation = open(calling(pay), { tools: [gated('pay', () => ++paid)] });
    conversation.send('Hi');
    conversation.approve('id_pay', true);
    conversation.approve('id_pay', false);
    conversation.approve('id_pay', true);
    expect([paid, showActivity(conversation.state)]).toEqual([1, 'pay done = 1 (pay costs)']);
  });

  it('does not decide on the call of a later step that has the same id', () => {
    const client = scriptedClient((_, i) => (i < 2 ? [pay, done()] : [answer('So.'), done()]));
    const conversation = open(client, { tools: [gated('pay')] });
    conversation.send('Hi');
    conversation.approve('id_pay', true);
    const statuses = () => conversation.state.activity?.map(({ status }) => status);
    expect(statuses()).toEqual(['done', 'approval']);
    conversation.approve('id_pay', false);
    expect(statuses()).toEqual(['done', 'denied']);
  });

  it('decides on one of several calls, while the others wait', () => {
    const conversation = open(calling(pay, send), { tools: [gated('pay'), gated('mail')] });
    conversation.send('Hi');
    conversation.approve('id_mail', true);
    expect(showActivity(conversation.state)).toBe(
      'pay approval (pay costs), mail done = mail is done (mail costs)',
    );
    conversation.approve('id_pay', false);
    expect(toMessages(conversation.state).map(({ content }) => content)).toEqual([
      ...['Hi', 'Wait.', 'The call was not approved.', 'mail is done', 'So.'],
    ]);
  });

  it('does nothing for a call that does not wait', () => {
    const conversation = open(calling(pay), { tools: [gated('pay')] });
    const { state } = conversation;
    conversation.approve('id_pay', true);
    expect(conversation.state).toBe(state);
    conversation.send('Hi');
    const waiting = conversation.state;
    conversation.approve('other', true);
    expect(conversation.state).toBe(waiting);
    conversation.destroy();
    conversation.approve('id_pay', true);
    expect(conversation.state.status).toBe('idle');
  });

  it('does not decide where there is a callback', () => {
    const answer$ = new Subject<boolean>();
    const conversation = open(calling(pay), { tools: [gated('pay')], approve: () => answer$ });
    conversation.send('Hi');
    conversation.approve('id_pay', true);
    expect(showActivity(conversation.state)).toBe('pay approval (pay costs)');
    answer$.next(false);
    expect(showActivity(conversation.state)).toBe('pay denied');
  });

  it('shows a call that is approved, and waits for a place', () => {
    const tools = [gated('pay', () => NEVER), gated('mail')];
    const conversation = open(calling(pay, send), { tools, concurrency: 1, approve: () => true });
    conversation.send('Hi');
    expect(showActivity(conversation.state)).toBe(
      'pay running (pay costs), mail waiting (mail costs)',
    );
  });

  // prettier-ignore
  it.each(['stop', 'clear', 'destroy', 'regenerate', 'edit'])('settles nothing after %s, and nothing waits', marbles((m, action: string) => {
    const model = m.cold('-x----', { x: pay });
    let paid = 0;
    const { conversation } = talk([model, NEVER], { tools: [gated('pay', () => paid++)] });
    act(m, '              ---s-y', {
      s: () => {
        if (action === 'edit') conversation.edit(0, 'Hey');
        else conversation[action as 'stop']();
        expect(conversation.state.activity ?? []).toEqual([]);
      },
      y: () => { conversation.approve('id_pay', true); },
    });
    conversation.send('Hi');
    m.expect(model).toHaveSubscriptions('^--!');
    m.flush();
    expect(paid).toBe(0);
    expect(conversation.state.activity ?? []).toEqual([]);
  }));
});

/** The messages of a run that was suspended, after a round trip through JSON. */
const suspendedHistory = (): Message[] => {
  const conversation = open(calling(pay, send), {
    tools: [gated('pay'), tool('mail', () => 'sent')],
    approve: () => 'suspend',
  });
  conversation.send('Hi');
  expect(conversation.state).toMatchObject({ status: 'idle', ending: 'approval' });
  return JSON.parse(JSON.stringify(toMessages(conversation.state))) as Message[];
};

describe('a turn that is suspended', () => {
  it('keeps its calls, and continues when approve() has decided', () => {
    let paid = 0;
    const client = calling(pay, send);
    const saved: string[] = [];
    const conversation = open(client, {
      tools: [gated('pay', () => `paid ${String(++paid)}`), tool('mail', () => 'sent')],
      approve: () => 'suspend',
      store: { load: () => null, save: (all) => saved.push(all.map(({ role }) => role).join()) },
    });
    conversation.send('Hi');
    expect(toLabel(conversation.state)).toBe('idle > Hi > Wait.[x] > sent, runs pay');
    expect(conversation.state.ending).toBe('approval');
    expect(showActivity(conversation.state)).toBe('pay approval (pay costs), mail done = sent');
    expect(saved).toEqual(['user,assistant,tool']);
    const before = conversation.state.messages.map(({ id }) => id);

    conversation.approve('id_pay', true);
    expect(toLabel(conversation.state)).toBe('idle > Hi > Wait.[x] > paid 1 > sent > So.');
    expect(showActivity(conversation.state)).toBe(
      'pay done = paid 1 (pay costs), mail done = sent',
    );
    const { messages } = conversation.state;
    expect(messages.map(({ id }) => id)).toEqual(expect.arrayContaining(before));
    // What was sent is what is shown.
    expect(client.requests.at(-1)?.messages).toEqual(toMessages(conversation.state).slice(0, -1));
    expect(saved.at(-1)).toBe('user,assistant,tool,tool,assistant');
  });

  it.each<[string, (messages: Message[]) => Partial<ConversationOptions>]>([
    ['a history', (messages) => ({ history: messages })],
    ['a store', (messages) => ({ store: { load: () => messages, save: () => undefined } })],
  ])('is continued from %s that ends with its calls', (_, toOptions) => {
    const client = calling();
    const conversation = open(client, { tools: [gated('pay')], ...toOptions(suspendedHistory()) });
    expect(showActivity(conversation.state)).toBe('pay approval');
    expect(conversation.state.activity?.[0]?.messageId).toBe(conversation.state.messages[1]?.id);
    expect(client.requests).toEqual([]);
    conversation.approve('id_pay', { approved: false, reason: 'No' });
    expect(showActivity(conversation.state)).toBe('pay denied (No)');
    expect(toLabel(conversation.state)).toBe(
      'idle > Hi > Wait.[x] > The call was not approved: No > sent > So.',
    );
  });

  it('waits until all its calls are decided on, and asks once', () => {
    const client = calling(pay, send);
    const tools = [gated('pay'), gated('mail')];
    const conversation = open(client, { tools, approve: () => 'suspend' });
    conversation.send('Hi');
    conversation.approve('id_mail', true);
    expect(showActivity(conversation.state)).toBe(
      'pay approval (pay costs), mail waiting (mail costs)',
    );
    expect(conversation.state.status).toBe('idle');
    conversation.approve('id_pay', false);
    expect(toLabel(conversation.state)).toBe(
      'idle > Hi > Wait.[x] > The call was not approved. > mail is done > So.',
    );
    expect(client.requests).toHaveLength(2);
  });

  it('shows progress of a tool, and keeps results when it is stopped then', () => {
    const client = calling(pay, send);
    const tools = [
      gated('pay', () => from(['half', 'paid'])),
      gated(
        'mail',
        () =>
          new Observable((to) => {
            to.next('sending');
          }),
      ),
    ];
    const conversation = open(client, { tools, approve: () => 'suspend' });
    conversation.send('Hi');
    conversation.approve('id_pay', true);
    conversation.approve('id_mail', true);
    expect(conversation.state.status).toBe('calling-tools');
    expect(showActivity(conversation.state)).toBe(
      'pay done at paid = paid (pay costs), mail running at sending (mail costs)',
    );
    conversation.stop();
    expect(toLabel(conversation.state)).toBe('idle > Hi > Wait.[x] > paid, stopped');
    expect(toMessages(conversation.state)[1]?.tool_calls).toHaveLength(1);
    expect(showActivity(conversation.state)).toBe('pay done at paid = paid (pay costs)');
    conversation.send('And?');
    expect(toAsked(client).at(-1)).toBe('Hi > Wait.[x] > paid > And?');
  });

  it.each<[string, (conversation: Conversation) => void, string]>([
    [
      'send()',
      (conversation) => {
        conversation.send('And?');
      },
      'Hi > Wait.[x] > sent > And?',
    ],
    [
      'regenerate()',
      (conversation) => {
        conversation.regenerate();
      },
      'Hi > Wait.[x] > sent',
    ],
    [
      'edit()',
      (conversation) => {
        conversation.edit(0, 'Hey');
      },
      'Hey',
    ],
  ])('is given up by %s: the call without a result is not sent', (_, use, asked) => {
    const client = scriptedClient([answer('So.'), done()]);
    const conversation = open(client, { history: suspendedHistory(), tools: [gated('pay')] });
    use(conversation);
    expect(toAsked(client)).toEqual([asked]);
    const sent = client.requests[0]?.messages ?? [];
    expect(sent.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id))).toEqual(
      sent.flatMap(({ tool_call_id: id }) => (id ? [id] : [])),
    );
    expect(conversation.state.activity ?? []).toEqual([]);
  });

  it('holds the queue until it is decided', () => {
    const model$ = new Subject<ChatChunk>();
    const client = scriptedClient((_, i) => (i ? [answer('So.'), done()] : model$));
    const conversation = open(client, { tools: [gated('pay')], approve: () => 'suspend' });
    conversation.send('Hi');
    conversation.send('And?');
    of(pay, done()).subscribe(model$);
    expect(toLabel(conversation.state)).toBe('idle > Hi > [x], runs pay, queued And?');
    conversation.approve('id_pay', true);
    expect(toLabel(conversation.state)).toBe('idle > Hi > [x] > pay is done > So. > And? > So.');
  });

  it('leaves nothing that waits after destroy(), and the history for a later conversation', () => {
    const saved: Message[][] = [];
    const conversation = open(calling(pay), {
      tools: [gated('pay')],
      approve: () => 'suspend',
      store: { load: () => null, save: (all) => saved.push([...all]) },
    });
    conversation.send('Hi');
    conversation.destroy();
    expect(conversation.state.activity ?? []).toEqual([]);
    expect(saved.at(-1)?.at(-1)?.tool_calls).toHaveLength(1);
  });

  it('is not part of what a message waits for, while the store loads', () => {
    const load$ = new Subject<Message[]>();
    const client = scriptedClient([answer('So.'), done()]);
    const conversation = open(client, {
      tools: [gated('pay')],
      store: { load: () => load$, save: () => undefined },
    });
    conversation.send('And?');
    load$.next(suspendedHistory());
    expect(toAsked(client)).toEqual(['Hi > Wait.[x] > sent > And?']);
  });
});
