import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ActionOf, ConversationAction } from '../../lib/conversation/actions.js';
import { advance } from '../../lib/conversation/reducer.js';
import { startSession, toState, type Session } from '../../lib/conversation/session.js';
import { chunk } from '../../lib/testing/index.js';
import type { Message } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';

const { answer, done, toolCall } = chunk;

const user = (content: string): Message => ({ role: 'user', content });
const call = { id: 'id_x', function: { name: 'x', arguments: {} } };

const send = (content: string, whileBusy: 'queue' | 'switch' | 'ignore' = 'queue') =>
  ({ type: 'send', message: user(content), whileBusy }) as const;

const play = (session: Session, ...actions: readonly ConversationAction[]): Session =>
  actions.reduce(advance, session);

const said = (content: string): ActionOf<'chunk'> => ({
  type: 'chunk',
  chunk: answer(content),
  boundary: 'same',
  message: { role: 'assistant', content },
  step: { kept: () => [{ role: 'assistant', content }] },
  metrics: undefined,
});
const called = (one: typeof call): ConversationAction => ({
  type: 'call',
  event: { type: 'tool-call', step: 1, call: one },
});
const end: ConversationAction = { type: 'end', reason: 'stop' };

describe('advance', () => {
  const started = startSession([], 0, false);

  it('gives the same session where nothing happens', () => {
    const busy = play(started, send('Hi'));
    expect(play(started, { type: 'stop' })).toBe(started);
    expect(play(started, { type: 'regenerate' })).toBe(started);
    expect(play(busy, { type: 'edit', id: 'message_9', text: 'Hey' })).toBe(busy);
    expect(play(busy, send('And?', 'ignore'))).toBe(busy);
  });

  it('has a job of its own for each turn, also for the same messages', () => {
    const first = play(started, send('Hi'));
    const again = play(first, { type: 'regenerate' });
    expect(again.job).toEqual(first.job);
    expect(again.job).not.toBe(first.job);
    expect(play(first, said('Hel'), send('And?')).job).toBe(first.job);
    expect(play(first, end).job).toBeUndefined();
  });

  it('asks only when the store has been loaded, and loads once for all', () => {
    const stored = startSession([], 0, true);
    const waiting = play(stored, send('Hi'));
    expect(waiting.job).toBe(stored.job);
    const saved = [{ message: user('Saved') }];
    const loaded = play(waiting, { type: 'loaded', loaded: saved });
    expect(loaded.job).toEqual({ type: 'ask', messages: [user('Saved'), user('Hi')] });
    const idle = play(stored, { type: 'loaded', loaded: [] });
    expect(toState(idle)).toEqual({ messages: [], status: 'idle' });
    expect(idle.loaded).toBe(true);
  });

  it('gives what is loaded other ids than those of messages that were sent before', () => {
    const stored = startSession([], 0, true);
    const loaded = [{ id: 'message_0', message: user('Saved') }];
    const { history } = play(stored, send('Hi'), { type: 'loaded', loaded });
    expect(history.map(({ id, message }) => [id, message.content])).toEqual([
      ...[
        ['message_1', 'Saved'],
        ['message_0', 'Hi'],
      ],
    ]);
  });

  it('says of an answer that it was stopped, where only its results are asked about again', () => {
    const kept = [said('Hel').message, { role: 'tool', content: 'ok' }];
    const busy = play(started, send('Hi'), { ...said('Hel'), step: { kept: () => kept } });
    const { history } = play(busy, { type: 'regenerate' });
    expect(history.map(({ message }) => message.content)).toEqual(['Hi', 'Hel', 'ok']);
    expect(history[1]?.ending).toBe('stopped');
  });

  it('drops the queue where a message switches', () => {
    const queued = play(started, send('Hi'), send('Queued'));
    expect(queued.queued.map(({ message }) => message)).toEqual([user('Queued')]);
    const switched = play(queued, said('Hel'), send('And?', 'switch'));
    expect(switched.history.map(({ message }) => message.content)).toEqual(['Hi', 'Hel', 'And?']);
    expect(switched.queued).toEqual([]);
    expect(play(switched, end).job).toBeUndefined();
  });

  it.each(['again', 'restart', 'next'] as const)(
    'voids the calls at the boundary "%s"',
    (boundary) => {
      const busy = play(started, send('Hi'), said(''), called(call));
      const again = play(busy, { ...said('Hel'), boundary });
      expect(again.activity).toEqual([]);
      expect(play(busy, said('Hel')).activity.map((one) => one.call)).toEqual([call]);
    },
  );

  it('keeps the calls of the messages before one that is requested again', () => {
    const other = { ...call, id: 'id_y' };
    const { message } = said('Wait.');
    const step: ConversationAction = { type: 'step', message, results: [], reason: 'stop' };
    const both = play(
      ...[started, send('Hi'), said('Wait.'), called(call)],
      ...[step, said(''), called(other)],
    );
    expect(both.activity.map((one) => one.call)).toEqual([call, other]);
    const again = play(both, { ...said('Hel'), boundary: 'again' });
    expect(again.activity.map((one) => one.call)).toEqual([call]);
  });

  it('takes in the calls of a turn that was suspended by their ids', () => {
    const [one, other] = [call, { ...call, id: 'id_y' }];
    const asked = { role: 'assistant', content: '', tool_calls: [one, other] };
    const history = [user('Pay.'), asked].map((message, n) => ({
      ...{ id: `message_${String(n)}`, message, streaming: false },
    }));
    const decided = play(
      startSession(history, 2, false),
      { type: 'approve', callId: one.id, approval: true },
      { type: 'approve', callId: other.id, approval: true },
    );
    const again = { ...other };
    const event = { type: 'tool-call', step: 0, call: again } as const;
    const seen = play(decided, { type: 'call', event });
    expect(seen.activity[0]).toBe(decided.activity[0]);
    expect(seen.activity[1]?.call).toBe(again);

    const result = { type: 'tool-result', step: 0, call: again, result: 1, text: '1' } as const;
    const first = play(seen, { type: 'call', event: result });
    expect([first.nextId, first.status]).toEqual([3, 'calling-tools']);
    expect(play(first, { type: 'call', event })).toBe(first);
    const last = { ...result, call: decided.activity[0]?.call ?? one };
    const answered = play(first, { type: 'call', event: last });
    expect([answered.nextId, answered.status]).toEqual([4, 'waiting']);
  });

  it('says that tools are called from the call on, and not for what happens to it', () => {
    const answering = play(started, send('Hi'), said(''), called(call), {
      ...said('Hel'),
      chunk: answer('Hel'),
    });
    const event = { type: 'tool-start', step: 1, call } as const;
    expect(play(answering, { type: 'call', event }).status).toBe('answering');
    expect(play(answering, called({ ...call, id: 'id_y' })).status).toBe('calling-tools');
  });

  it('has no fields of an answer that are not known', () => {
    const { current } = play(started, send('Hi'), said('Hel'));
    expect(current).toStrictEqual({
      ...{ id: 'message_1', streaming: true },
      message: { role: 'assistant', content: 'Hel' },
    });
  });

  it('gives each result of a step an id of its own', () => {
    const results = ['1', '2', '3'].map((content) => ({ role: 'tool', content }));
    const step = { type: 'step', message: said('').message, results, reason: 'stop' } as const;
    const { history, nextId } = play(started, send('Hi'), said(''), step);
    expect(history.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4].map((n) => `message_${String(n)}`));
    expect(nextId).toBe(5);
  });

  it('tells equal calls apart', () => {
    const twin = { ...call };
    const both = play(started, send('Hi'), said(''), called(call), called(twin));
    const { activity } = play(both, {
      type: 'call',
      event: { type: 'tool-start', step: 1, call },
    });
    expect(activity.map(({ status }) => status)).toEqual(['running', 'waiting']);
    expect(activity[1]?.call).toBe(twin);
  });

  it.each([
    ['a call', toolCall('x'), 'calling-tools'],
    ['text and a call', delta({ content: 'a', tool_calls: [call] }), 'calling-tools'],
    ['text', delta({ content: 'a', thinking: 'b' }), 'answering'],
    ['thinking', delta({ thinking: 'b' }), 'thinking'],
    ['nothing', delta({}), 'waiting'],
    ['the end', done(), 'waiting'],
  ])('takes its status from a chunk with %s', (_, chunk, status) => {
    const message = { role: 'assistant', content: '' } as const;
    const action = {
      ...said(''),
      ...({ type: 'chunk', chunk, message } as const),
    } as ConversationAction;
    expect(play(started, send('Hi'), action).status).toBe(status);
  });

  it('keeps every message once, in order, with one id, and closed ones as one object', () => {
    const anAction = fc.oneof(
      fc.constantFrom<ConversationAction['type']>('stop', 'end', 'failed', 'regenerate'),
      fc.constantFrom('queue', 'switch', 'chunk', 'step'),
    );
    fc.assert(
      fc.property(fc.array(anAction, { maxLength: 40 }), (types) => {
        let session = started;
        let n = 0;
        for (const type of types) {
          const before = toState(session);
          const next = String(n++);
          // Only an answer that is under way continues.
          if (['end', 'chunk', 'step'].includes(type) && !session.job) continue;
          const results = [{ role: 'tool', content: next }];
          const action =
            type === 'queue' || type === 'switch'
              ? send(next, type)
              : type === 'chunk'
                ? said(next)
                : type === 'step'
                  ? { type, message: said(next).message, results, reason: 'stop' }
                  : ({ type, error: next } as ConversationAction);
          session = advance(session, action);
          const state = toState(session);
          const { messages, queued = [] } = state;
          const all = [...messages, ...queued];
          expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
          expect([state, messages, ...all].every(Object.isFrozen)).toBe(true);
          expect(all.every(({ message }) => Object.isFrozen(message))).toBe(true);
          // A message that was complete, and is still there, is the same object.
          const closed = new Map(
            before.messages.filter(({ streaming }) => !streaming).map((one) => [one.id, one]),
          );
          for (const one of messages) expect(closed.get(one.id) ?? one).toBe(one);
          // Nothing but stop and switch drops what the user has sent, and only from the queue.
          const cuts = type === 'stop' || type === 'switch';
          const sent = [...before.messages, ...(cuts ? [] : (before.queued ?? []))];
          const isUser = ({ message }: (typeof all)[number]): boolean => message.role === 'user';
          expect(all.filter(isUser)).toEqual(expect.arrayContaining(sent.filter(isUser)));
          // A turn is under way exactly while there is something to do.
          expect(Boolean(session.job)).toBe(!['idle', 'error'].includes(state.status));
        }
      }),
    );
  });
});
