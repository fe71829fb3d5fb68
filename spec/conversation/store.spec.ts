import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, Subject, of, throwError, type Observable } from 'rxjs';
import { createConversation } from '../../lib/conversation/createConversation.js';
import type { ConversationStore } from '../../lib/conversation/store.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { Message } from '../../lib/types/index.js';
import { marbles } from '../support/marbles.js';
import {
  act,
  chunks,
  counting,
  failure,
  talk,
  toAsked,
  toLabel,
  toLabels,
  toMessages,
} from './support.js';

const { answer, done } = chunk;

const SAVED: readonly Message[] = [{ role: 'user', content: 'Saved' }];
const dictionary = { s: SAVED };

/** A store that notes, with a text for each message, what it is to save. */
function storeOf(
  load: ConversationStore['load'],
  save: () => Observable<unknown> = () => EMPTY,
): ConversationStore & { readonly saved: string[] } {
  const saved: string[] = [];
  return {
    saved,
    load,
    save(messages) {
      saved.push(messages.map(({ content }) => content).join(' > '));
      return save();
    },
  };
}

describe('the store of a conversation', () => {
  // prettier-ignore
  it('is loaded before the first request, and a message waits for it', marbles((m) => {
    const load = m.cold('   -----s', dictionary);
    const model = m.cold('       -a-(d|)', chunks);
    const loadSubs = '      ^----!';
    const modelSubs = '     -----^--!';
    const expected = '      i-w--xa-(aj)';
    const store = storeOf(() => load);
    const { conversation } = talk([model], { store });
    act(m, '                --s', { s: () => { conversation.send('Hi'); } });
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      i: 'idle',
      w: 'waiting > Hi',
      x: 'waiting > Saved > Hi',
      a: 'answering > Saved > Hi > Hel…',
      j: 'idle > Saved > Hi > Hel',
    });
    m.expect(load).toHaveSubscriptions(loadSubs);
    m.expect(model).toHaveSubscriptions(modelSubs);
    m.flush();
    expect(store.saved).toEqual(['Saved > Hi > Hel']);
  }));

  // prettier-ignore
  it('is loaded to its end when the message that waits for it is stopped', marbles((m) => {
    const load = m.cold('   -----s', dictionary);
    const subs = '          ^----!';
    const expected = '      w-i--j';
    const { conversation, client } = talk([], { store: storeOf(() => load) });
    act(m, '                --s', { s: () => { conversation.stop(); } });
    conversation.send('Hi');
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      i: 'idle > Hi, stopped',
      j: 'idle > Saved > Hi, stopped',
    });
    m.expect(load).toHaveSubscriptions(subs);
    m.flush();
    expect(client.requests).toEqual([]);
  }));

  // prettier-ignore
  it.each([
    ['clear', '--c', 'i-j', ['']],
    ['destroy', '--d', 'i-|', []],
  ])('is not waited for any more after %s', marbles((m, _: string, when: string, expected: string, saved: string[]) => {
    const load = m.cold('   -----s', dictionary);
    const subs = '          ^-!';
    const store = storeOf(() => load);
    const { conversation } = talk([], { store });
    act(m, when, {
      c: () => { conversation.clear(); },
      d: () => { conversation.destroy(); },
    });
    m.expect(toLabels(conversation)).toBeObservable(expected, { i: 'idle', j: 'idle' });
    m.expect(load).toHaveSubscriptions(subs);
    m.flush();
    expect(store.saved).toEqual(saved);
  }));

  // prettier-ignore
  it('that fails to load fails the turn, is loaded again by the next, and not overwritten', marbles((m) => {
    const first = m.cold('  -----#', {}, failure);
    const second = m.cold('        --s', dictionary);
    const model = m.cold('           -a-(d|)', chunks);
    const expected = '      w----e-v-xa-(aj)';
    const loads = [first, second];
    const store = storeOf(() => loads.shift() ?? EMPTY);
    const { conversation } = talk([model], { store });
    act(m, '                ------cr', {
      c: () => { expect(store.saved).toEqual([]); },
      r: () => { conversation.regenerate(); },
    });
    conversation.send('Hi');
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      e: 'error > Hi, error broken',
      v: 'waiting > Hi',
      x: 'waiting > Saved > Hi',
      a: 'answering > Saved > Hi > Hel…',
      j: 'idle > Saved > Hi > Hel',
    });
    m.flush();
    expect(store.saved).toEqual(['Saved > Hi > Hel']);
  }));

  it.each([
    ['a value', () => SAVED, 'Saved'],
    ['an Observable that never ends', () => NEVER, ''],
    ['null', () => null, 'Before'],
    ['an empty Observable', () => EMPTY, 'Before'],
    ['an empty list', () => [], ''],
  ])('may give %s', (_, load: ConversationStore['load'], expected) => {
    const history = [{ role: 'user', content: 'Before' }];
    const conversation = createConversation({ model: 'm', history, store: storeOf(load) });
    expect(
      toMessages(conversation.state)
        .map(({ content }) => content)
        .join(),
    ).toBe(expected);
  });

  it('may give several values, of which the first counts', () => {
    const load$ = new Subject<readonly Message[]>();
    const conversation = createConversation({
      ...{ model: 'm', client: counting(), every: 0 },
      store: storeOf(() => load$),
    });
    conversation.state$.subscribe(({ messages }) => {
      if (messages.length !== 1) return;
      load$.next(SAVED);
      load$.next([{ role: 'user', content: 'Other' }]);
    });
    conversation.send('Hi');
    expect(toLabel(conversation.state)).toBe('idle > Saved > Hi > Answer 1');
  });

  it('may give a promise', async () => {
    const conversation = createConversation({
      model: 'm',
      store: storeOf(() => Promise.resolve(SAVED)),
    });
    await Promise.resolve();
    await Promise.resolve();
    expect(toMessages(conversation.state)).toEqual(SAVED);
  });

  it.each([
    [
      'throws',
      () => {
        throw failure;
      },
    ],
    ['fails', () => throwError(() => failure)],
  ])('is an error where it %s', (_, load) => {
    const conversation = createConversation({ model: 'm', store: storeOf(load) });
    expect(conversation.state).toEqual({ messages: [], status: 'error', error: failure });
  });

  it('is an error where it gives no messages', () => {
    const load = () => 'nonsense' as unknown as Message[];
    const conversation = createConversation({ model: 'm', store: storeOf(load) });
    expect(conversation.state).toMatchObject({ status: 'error' });
    expect(conversation.state.error).toBeInstanceOf(TypeError);
  });

  it('is saved after each turn, however it ends, and by clear', () => {
    const store = storeOf(() => null);
    const client = scriptedClient((_, i) =>
      i === 1 ? throwError(() => failure) : [answer(`Answer ${String(i + 1)}`), done()],
    );
    const conversation = createConversation({ model: 'm', client, store, every: 0 });
    conversation.send('Hi');
    conversation.send('And?');
    conversation.regenerate();
    conversation.clear();
    expect(store.saved).toEqual([
      ...['Hi > Answer 1', 'Hi > Answer 1 > And?', 'Hi > Answer 1 > And? > Answer 3', ''],
    ]);
  });

  it('is saved when an answer is stopped or switched', () => {
    const store = storeOf(() => null);
    const client = scriptedClient(NEVER);
    const options = { client, store, every: 0, whileBusy: 'switch' } as const;
    const conversation = createConversation({ model: 'm', ...options });
    conversation.send('Hi');
    conversation.send('And?');
    conversation.stop();
    expect(store.saved).toEqual(['Hi > And?', 'Hi > And?']);
  });

  it('that fails to save is in the state, and the turn stays', () => {
    const store = storeOf(
      () => null,
      () => throwError(() => failure),
    );
    const conversation = createConversation({ model: 'm', client: counting(), store, every: 0 });
    conversation.send('Hi');
    expect(toLabel(conversation.state)).toBe('idle > Hi > Answer 1, error broken');
    conversation.send('And?');
    expect(toLabel(conversation.state)).toBe(
      'idle > Hi > Answer 1 > And? > Answer 2, error broken',
    );
    expect(store.saved).toHaveLength(2);
  });

  it('that fails late is in the state of the turn that follows, to its end', () => {
    const save$ = new Subject<never>();
    const saves = [save$, EMPTY];
    const model$ = new Subject<ReturnType<typeof answer>>();
    const store = storeOf(
      () => null,
      () => saves.shift() ?? EMPTY,
    );
    const client = scriptedClient((_, i) => (i ? model$ : of(answer('Hello'), done())));
    const conversation = createConversation({ model: 'm', client, store, every: 0 });
    conversation.send('Hi');
    conversation.send('And?');
    save$.error(failure);
    expect(toLabel(conversation.state)).toBe('waiting > Hi > Hello > And?, error broken');
    model$.next(answer('So'));
    model$.complete();
    expect(toLabel(conversation.state)).toBe('idle > Hi > Hello > And? > So, error broken');
  });

  it('saves one after the other, and to the end after destroy', () => {
    const saves = [new Subject<void>(), new Subject<void>()];
    let begun = 0;
    const store = storeOf(
      () => null,
      () => saves[begun++] ?? EMPTY,
    );
    const conversation = createConversation({ model: 'm', client: counting(), store, every: 0 });
    conversation.send('Hi');
    conversation.send('And?');
    expect(begun).toBe(1);
    conversation.destroy();
    saves[0]?.complete();
    expect(begun).toBe(2);
    expect(store.saved).toEqual(['Hi > Answer 1', 'Hi > Answer 1 > And? > Answer 2']);
    saves[1]?.error(failure);
    expect(conversation.state).not.toHaveProperty('error');
  });

  it('has its history in the first request', () => {
    const client = counting();
    const store = storeOf(() => SAVED);
    createConversation({ model: 'm', client, store, every: 0 }).send('Hi');
    expect(toAsked(client)).toEqual(['Saved > Hi']);
  });
});
