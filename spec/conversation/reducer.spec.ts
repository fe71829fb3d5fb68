import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  advance,
  startSession,
  type ConversationAction,
  type Session,
} from '../../lib/conversation/reducer.js';
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

const said = (content: string): ConversationAction => ({
  type: 'chunk',
  chunk: answer(content),
  boundary: 'same',
  message: { role: 'assistant', content },
  step: { kept: () => [{ role: 'assistant', content }] },
  metrics: undefined,
});
const end: ConversationAction = { type: 'end', reason: 'stop' };

describe('advance', () => {
  const started = startSession([], false);

  it('gives the same session where nothing happens', () => {
    const busy = play(started, send('Hi'));
    expect(play(started, { type: 'stop' })).toBe(started);
    expect(play(started, { type: 'regenerate' })).toBe(started);
    expect(play(busy, { type: 'edit', index: 1, text: 'Hey' })).toBe(busy);
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
    const stored = startSession([], true);
    const waiting = play(stored, send('Hi'));
    expect(waiting.job).toBe(stored.job);
    const loaded = play(waiting, { type: 'loaded', messages: [user('Saved')] });
    expect(loaded.job).toEqual({ type: 'ask', messages: [user('Saved'), user('Hi')] });
    const idle = play(stored, { type: 'loaded', messages: [] });
    expect(idle).toEqual({ state: { messages: [], status: 'idle' }, loaded: true });
  });

  it('drops the queue where a message switches', () => {
    const queued = play(started, send('Hi'), send('Queued'));
    expect(queued.state.queued).toEqual([user('Queued')]);
    const switched = play(queued, said('Hel'), send('And?', 'switch'));
    expect(switched.state.messages.map(({ content }) => content)).toEqual(['Hi', 'Hel', 'And?']);
    expect(switched.state).not.toHaveProperty('queued');
    expect(play(switched, end).job).toBeUndefined();
  });

  it.each(['again', 'restart', 'next'] as const)(
    'voids the calls at the boundary "%s"',
    (boundary) => {
      const called = play(started, send('Hi'), said(''), { type: 'call', call });
      const again = play(called, { ...said('Hel'), boundary } as ConversationAction);
      expect(again.state).not.toHaveProperty('calls');
      expect(play(called, said('Hel')).state.calls).toEqual([call]);
    },
  );

  it('tells equal calls apart', () => {
    const twin = { ...call };
    const both = play(started, send('Hi'), { type: 'call', call }, { type: 'call', call: twin });
    const { calls = [] } = play(both, { type: 'called', call }).state;
    expect(calls).toHaveLength(1);
    expect(calls[0]).toBe(twin);
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
    expect(play(started, send('Hi'), action).state.status).toBe(status);
  });

  it('keeps every message, once and in order, whatever happens', () => {
    const anAction = fc.oneof(
      fc.constantFrom<ConversationAction['type']>('stop', 'end', 'failed', 'regenerate'),
      fc.constantFrom('queue', 'switch', 'chunk', 'step'),
    );
    fc.assert(
      fc.property(fc.array(anAction, { maxLength: 40 }), (types) => {
        let session = started;
        let n = 0;
        for (const type of types) {
          const { state } = session;
          const next = String(n++);
          // Only an answer that is under way goes on.
          if (['end', 'chunk', 'step'].includes(type) && !session.job) continue;
          const action =
            type === 'queue' || type === 'switch'
              ? send(next, type)
              : type === 'chunk'
                ? said(next)
                : type === 'step'
                  ? { type, message: { role: 'assistant', content: next }, results: [] }
                  : ({ type, error: next } as ConversationAction);
          session = advance(session, action as ConversationAction);
          const { messages, message, queued = [] } = session.state;
          const all = [...messages, ...(message ? [message] : []), ...queued];
          expect(new Set(all).size).toBe(all.length);
          expect([messages, session.state].every(Object.isFrozen)).toBe(true);
          expect(messages.every(Object.isFrozen)).toBe(true);
          const sentBefore = [...state.messages, ...(state.queued ?? [])].filter(
            ({ role }) => role === 'user',
          );
          // Nothing but stop drops what somebody has said, and that only from the queue.
          const kept = type === 'stop' || type === 'switch' ? state.messages : sentBefore;
          const users = all.filter(({ role }) => role === 'user').map(({ content }) => content);
          expect(users).toEqual(
            expect.arrayContaining(
              kept.filter(({ role }) => role === 'user').map(({ content }) => content),
            ),
          );
          // A turn is under way exactly while there is something to do.
          expect(Boolean(session.job)).toBe(!['idle', 'error'].includes(session.state.status));
        }
      }),
    );
  });
});
