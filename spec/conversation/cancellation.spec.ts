import { describe, expect, it, jest } from '@jest/globals';
import { NEVER, Observable, of, startWith } from 'rxjs';
import { createConversation } from '../../lib/conversation/createConversation.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { marbles } from '../support/marbles.js';
import { tool } from '../tools/support.js';
import { act, chunks, talk, toAsked, toLabel, toLabels } from './support.js';

const { answer, thinking } = chunk;

describe('stop', () => {
  // prettier-ignore
  it.each([
    ['while it waits', '          -s    ', '^!', 'wi', { i: 'idle > Hi, stopped' }],
    ['while it thinks', '         ---s  ', '^--!', 'w-ti', { i: 'idle > Hi > (Hm)…, stopped' }],
    ['while it answers', '        -----s', '^----!', 'w-t-ai', { i: 'idle > Hi > (Hm)Hel, stopped' }],
    ['in the frame of a chunk', ' ----s', '^---!', 'w-t-i', { i: 'idle > Hi > (Hm)…, stopped' }],
  ])('lets go of the model in that frame and keeps the text: %s', marbles((m, _: string, stop: string, subs: string, expected: string, end: object) => {
    const model = m.cold('--t-a-b-(d|)', chunks);
    const { conversation } = talk([model]);
    act(m, stop.trim(), { s: () => { conversation.stop(); } });
    conversation.send('Hi');
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      t: 'thinking > Hi > (Hm)…',
      a: 'answering > Hi > (Hm)Hel…',
      ...end,
    });
    m.expect(model).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('lets go of the tools too', marbles((m) => {
    const model = m.cold('  -x----(d|)', chunks);
    const toolX = m.cold('   ----------(r|)');
    const subs = '          -^------!';
    const expected = '      w(kxx)x-i';
    const { conversation } = talk([model], { tools: [tool('x', () => toolX)] });
    act(m, '                --------s', { s: () => { conversation.stop(); } });
    conversation.send('Hi');
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      k: 'calling-tools > Hi > [x]…',
      x: 'calling-tools > Hi > [x]…, runs x',
      i: 'idle > Hi, stopped',
    });
    m.expect(toolX).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('keeps the steps that are complete', marbles((m) => {
    const model = m.cold('  -x----(d|)', chunks);
    const toolX = m.cold('   ----------(r|)');
    const second = m.cold('            -----a-b-(d|)', chunks);
    const subs = '          -----------^-----!';
    const expected = '      w(kxx)x----(xyv)ai';
    const { conversation } = talk([model, second], { tools: [tool('x', () => toolX)] });
    act(m, '                -----------------s', { s: () => { conversation.stop(); } });
    conversation.send('Hi');
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      k: 'calling-tools > Hi > [x]…',
      x: 'calling-tools > Hi > [x]…, runs x',
      y: 'calling-tools > Hi > [x]…',
      v: 'waiting > Hi > [x] > r',
      a: 'answering > Hi > [x] > r > Hel…',
      i: 'idle > Hi > [x] > r > Hel, stopped',
    });
    m.expect(second).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('drops what is queued', marbles((m) => {
    const model = m.cold('  -a---b-(d|)', chunks);
    const subs = '          ^---!';
    const expected = '      waq-i';
    const { conversation, client } = talk([model]);
    act(m, '                --q-s', {
      q: () => { conversation.send('And?'); },
      s: () => { conversation.stop(); },
    });
    conversation.send('Hi');
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      a: 'answering > Hi > Hel…',
      q: 'answering > Hi > Hel…, queued And?',
      i: 'idle > Hi > Hel, stopped',
    });
    m.expect(model).toHaveSubscriptions(subs);
    m.flush();
    expect(toAsked(client)).toEqual(['Hi']);
  }));

  it('does nothing while nothing is under way', () => {
    const { conversation } = talk([]);
    const { state } = conversation;
    conversation.stop();
    expect(conversation.state).toBe(state);
  });

  it('ends a synchronous producer, and the server is left when the state says so', () => {
    let produced = 0;
    let left = false;
    const client = scriptedClient(
      new Observable<ChatChunk>((subscriber) => {
        subscriber.add(() => {
          left = true;
        });
        while (!subscriber.closed && produced < 100) {
          produced++;
          subscriber.next(answer('.'));
        }
      }),
    );
    const conversation = createConversation({ model: 'm', client, every: 0 });
    const seen: boolean[] = [];
    conversation.state$.subscribe(({ messages, ending }) => {
      if (messages.at(-1)?.message.content === '...') conversation.stop();
      if (ending === 'stopped') seen.push(left);
    });
    conversation.send('Hi');
    expect([produced, seen]).toEqual([3, [true]]);
    expect(toLabel(conversation.state)).toBe('idle > Hi > ..., stopped');
  });
});

describe('clear', () => {
  // prettier-ignore
  it('lets go of the model in that frame and forgets all', marbles((m) => {
    const model = m.cold('  --t-a-b-(d|)', chunks);
    const next = m.cold('          -c-(d|)', chunks);
    const subs = '          ^----!';
    const expected = '      w-t-ai-xc-(cj)';
    const { conversation } = talk([model, next]);
    act(m, '                -----c-s', {
      c: () => { conversation.clear(); },
      s: () => { conversation.send('And?'); },
    });
    conversation.send('Hi');
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      t: 'thinking > Hi > (Hm)…',
      a: 'answering > Hi > (Hm)Hel…',
      i: 'idle',
      x: 'waiting > And?',
      c: 'answering > And? > Bye…',
      j: 'idle > And? > Bye',
    });
    m.expect(model).toHaveSubscriptions(subs);
  }));
});

describe('destroy', () => {
  // prettier-ignore
  it('cancels the request in that frame, is at rest, and completes', marbles((m) => {
    const model = m.cold('  --t-a-b-(d|)', chunks);
    const subs = '          ^----!';
    const expected = '      w-t-a(i|)';
    const { conversation } = talk([model]);
    act(m, '                -----x-s', {
      x: () => { conversation.destroy(); },
      s: () => { conversation.send('And?'); },
    });
    conversation.send('Hi');
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      t: 'thinking > Hi > (Hm)…',
      a: 'answering > Hi > (Hm)Hel…',
      i: 'idle > Hi > (Hm)Hel, stopped',
    });
    m.expect(model).toHaveSubscriptions(subs);
  }));

  it('may come from a subscriber of a state', () => {
    const client = scriptedClient(of(answer('a'), answer('b')));
    const conversation = createConversation({ model: 'm', client, every: 0 });
    const heard: string[] = [];
    conversation.state$.subscribe({
      next(state) {
        heard.push(toLabel(state));
        if (state.status !== 'answering') return;
        conversation.clear();
        conversation.destroy();
      },
      complete: () => heard.push('complete'),
    });
    conversation.send('Hi');
    expect(heard).toEqual(['idle', 'waiting > Hi', 'answering > Hi > a…', 'idle', 'complete']);
    conversation.send('And?');
    expect(toLabel(conversation.state)).toBe('idle');
    expect(client.aborts).toBe(1);
  });
});

describe('a conversation whose text waits for the next frame', () => {
  it.each(['stop', 'clear', 'destroy'] as const)('leaves no timer behind after %s', (method) => {
    jest.useFakeTimers();
    const client = scriptedClient(NEVER.pipe(startWith(thinking('Hm'))));
    const conversation = createConversation({ model: 'm', client });
    conversation.send('Hi');
    expect(jest.getTimerCount()).toBe(1);
    conversation[method]();
    expect(jest.getTimerCount()).toBe(0);
    expect(client.aborts).toBe(1);
  });
});
