import { describe, expect, it, jest } from '@jest/globals';
import { Subject, VirtualTimeScheduler, delay, map, of } from 'rxjs';
import { createConversation } from '../../lib/conversation/createConversation.js';
import type { ConversationState } from '../../lib/conversation/state.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks, Message } from '../../lib/types/index.js';
import { marbles } from '../support/marbles.js';
import {
  HISTORY,
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

const { answer, done, thinking } = chunk;

describe('send', () => {
  // prettier-ignore
  it('waits, thinks, answers, and is idle with the answer in its messages', marbles((m) => {
    const model = m.cold('    --t-a-b-(d|)', chunks);
    const subs = '          --^-------!   ';
    const expected = '      i-w-t-a-b-(bj)';
    const { conversation } = talk([model]);
    act(m, '                --s', { s: () => { conversation.send('Hi'); } });
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      i: 'idle',
      w: 'waiting > Hi',
      t: 'thinking > Hi > (Hm)…',
      a: 'answering > Hi > (Hm)Hel…',
      b: 'answering > Hi > (Hm)Hello…',
      j: 'idle > Hi > (Hm)Hello',
    });
    m.expect(model).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('shows a late subscriber the current state, and then what others see', marbles((m) => {
    const model = m.cold('  --t-a-b-(d|)', chunks);
    const late = '          -----^        ';
    const expected = '      -----ab-(bj)';
    const { conversation } = talk([model]);
    conversation.send('Hi');
    m.expect(toLabels(conversation), late).toBeObservable(expected, {
      a: 'answering > Hi > (Hm)Hel…',
      b: 'answering > Hi > (Hm)Hello…',
      j: 'idle > Hi > (Hm)Hello',
    });
  }));

  // prettier-ignore
  it('shows text at most once a frame, unless said otherwise', marbles((m) => {
    const model = m.cold('  -abababab------------------------(cd|)', chunks);
    const expected = '      w----------------x---------------(yyj)';
    const { conversation } = talk([model], { every: 'frame' });
    conversation.send('Hi');
    const labels = conversation.state$.pipe(map(({ status, messages }) => `${status} ${messages.at(-1)?.message.content ?? ''}`));
    m.expect(labels).toBeObservable(expected, {
      w: 'waiting Hi',
      x: 'answering HelloHelloHelloHello',
      y: 'answering HelloHelloHelloHelloBye',
      j: 'idle HelloHelloHelloHelloBye',
    });
  }));

  // prettier-ignore
  it('tells how fast the answer comes, each answer by itself', marbles((m) => {
    const first = m.cold('  --a-(d|)', chunks);
    const second = m.cold('         -----a-(d|)', chunks);
    const expected = '      n-x-(yy)n----z-(yy)';
    const { conversation } = talk([first, second]);
    conversation.send('Hi');
    act(m, '                --------s', { s: () => { conversation.send('Hi'); } });
    const figures = conversation.state$.pipe(
      map(({ metrics }) => metrics ? (metrics.exact ? 'exact' : metrics.firstChunkMs) : 'none'),
    );
    m.expect(figures).toBeObservable(expected, { n: 'none', x: 2, y: 'exact', z: 5 });
  }));

  it('asks with the system, the history and the fields of the request', () => {
    const client = counting();
    const conversation = createConversation({
      ...{ client, every: 0, model: 'qwen3', system: 'Be brief.', history: HISTORY },
      ...{ think: 'high', options: { seed: 1 }, format: 'json', keep_alive: '5m' },
    });
    conversation.send('How?');
    conversation.send({ role: 'user', content: 'Why?' }, { images: ['aGk='] });
    const system = { role: 'system', content: 'Be brief.' };
    const asked = [system, ...HISTORY, { role: 'user', content: 'How?' }];
    const fields = {
      ...{ model: 'qwen3', think: 'high', options: { seed: 1 }, format: 'json' },
      ...{ keep_alive: '5m', stream: true },
    };
    const said = { role: 'assistant', content: 'Answer 1' };
    const last = { role: 'user', content: 'Why?', images: ['aGk='] };
    expect(client.requests).toEqual([
      { ...fields, messages: asked },
      { ...fields, messages: [...asked, said, last] },
    ]);
    expect(toMessages(conversation.state)).toEqual([
      ...asked.slice(1),
      ...[said, last, { role: 'assistant', content: 'Answer 2' }],
    ]);
  });

  it('sends what trim leaves, and keeps the rest', () => {
    const client = counting();
    const trim = (messages: readonly Message[]) => messages.slice(-1);
    const options = { model: 'qwen3', system: 'Be brief.', client, trim, every: 0 };
    const conversation = createConversation({ ...options, history: HISTORY });
    conversation.send('How?');
    expect(toAsked(client)).toEqual(['Be brief. > How?']);
    expect(toLabel(conversation.state)).toBe('idle > Hi > Hello > How? > Answer 1');
  });

  it('fails the turn with what trim throws', () => {
    const trim = () => {
      throw failure;
    };
    const conversation = createConversation({ model: 'qwen3', client: counting(), trim });
    conversation.send('Hi');
    expect(conversation.state).toMatchObject({ status: 'error', error: failure });
  });

  it('tells thinking in tags from the answer', () => {
    const client = scriptedClient([answer('<think>Hm'), answer('</think>\nHello'), done()]);
    const conversation = createConversation({ model: 'deepseek-r1', client, every: 0 });
    conversation.send('Hi');
    expect(toLabel(conversation.state)).toBe('idle > Hi > (Hm)Hello');
  });

  it('appends nothing where a model was only loaded', () => {
    const client = scriptedClient([{ ...done(), done_reason: 'load' }]);
    const conversation = createConversation({ model: 'qwen3', client, every: 0 });
    conversation.send('Hi');
    expect(toLabel(conversation.state)).toBe('idle > Hi');
  });

  it('starts over when a client of its own has made the request again', () => {
    const again: ChatChunk & ChunkMarks = { ...answer('Hello'), reset: true };
    const client = scriptedClient([thinking('Hm'), answer('Old'), again, done()]);
    const conversation = createConversation({ model: 'qwen3', client, every: 0 });
    conversation.send('Hi');
    expect(toLabel(conversation.state)).toBe('idle > Hi > Hello');
  });

  it('may come from who hears of a state, and all hear of all states in order', () => {
    const conversation = createConversation({ model: 'qwen3', client: counting(), every: 0 });
    const heard: string[][] = [[], []];
    conversation.state$.subscribe((state) => {
      heard[0]?.push(toLabel(state));
      if (state.messages.length === 2 && state.status === 'idle') conversation.send('And?');
    });
    conversation.state$.subscribe((state) => heard[1]?.push(toLabel(state)));
    conversation.send('Hi');
    expect(heard[0]).toEqual(heard[1]);
    expect(heard[0]?.at(-1)).toBe('idle > Hi > Answer 1 > And? > Answer 2');
  });

  it('freezes what it shows, and nothing of what it is given', () => {
    const message = { role: 'user', content: 'Hi', images: ['aGk='] };
    const history = [{ role: 'user', content: 'Before' }];
    const conversation = createConversation({ model: 'm', client: counting(), history, every: 0 });
    const states: ConversationState[] = [];
    conversation.state$.subscribe((state) => states.push(state));
    conversation.send(message);
    conversation.edit(1, 'Hello');
    const shown = states.flatMap((state) => [
      ...[state, state.messages, state.metrics],
      ...state.messages.flatMap((entry) => [entry, entry.message, entry.metrics]),
    ]);
    expect(shown.filter((each) => each && !Object.isFrozen(each))).toEqual([]);
    expect(states.length).toBeGreaterThan(6);
    expect([message, message.images, history, history[0]].some(Object.isFrozen)).toBe(false);
    expect(message.content).toBe('Hi');
  });

  it('takes nothing in after it was destroyed, also by a subscriber of a state', () => {
    const conversation = createConversation({ model: 'm', client: counting(), every: 0 });
    conversation.state$.subscribe(({ status }) => {
      if (status !== 'waiting') return;
      conversation.destroy();
      conversation.send('Again');
    });
    conversation.send('Hi');
    expect(conversation.state.messages.map(({ message }) => message.content)).toEqual(['Hi']);
  });

  it('shows together what came within the time of `every`', () => {
    jest.useFakeTimers();
    const scheduler = new VirtualTimeScheduler();
    const model$ = new Subject<ChatChunk>();
    const client = scriptedClient(model$);
    const conversation = createConversation({ model: 'm', client, scheduler, every: 50 });
    const shown = new Map<string, number>();
    conversation.state$.subscribe(({ messages }) => {
      const text = messages[1]?.message.content;
      if (text && !shown.has(text)) shown.set(text, scheduler.now());
    });
    conversation.send('Hi');
    for (const [at, text] of [
      [10, 'a'],
      [30, 'b'],
      [70, 'c'],
    ] as const) {
      scheduler.schedule(() => {
        model$.next(answer(text));
      }, at);
    }
    scheduler.flush();
    expect([...shown]).toEqual([
      ['ab', 60],
      ['abc', 120],
    ]);
  });

  it('takes its time from the scheduler alone', () => {
    jest.useFakeTimers();
    const scheduler = new VirtualTimeScheduler();
    const client = scriptedClient(of(answer('Hello'), done()).pipe(delay(100, scheduler)));
    const conversation = createConversation({ model: 'qwen3', client, scheduler, every: 50 });
    conversation.send('Hi');
    scheduler.flush();
    expect(conversation.state.metrics?.firstChunkMs).toBe(100);
    expect(toLabel(conversation.state)).toBe('idle > Hi > Hello');
    expect(jest.getTimerCount()).toBe(0);
  });
});
