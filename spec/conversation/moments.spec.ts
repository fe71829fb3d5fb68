import { describe, expect, it } from '@jest/globals';
import { NEVER, Observable, Subject, concat, of } from 'rxjs';
import {
  createConversation,
  type Conversation,
} from '../../lib/conversation/createConversation.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { ChatChunk, Message } from '../../lib/types/index.js';
import { tool } from '../tools/support.js';
import { failure, toAsked, toLabel, toMessages } from './support.js';
import { isSettled as isOver } from '../../lib/conversation/activity.js';

const { answer, done, thinking, toolCall } = chunk;

const pay = toolCall('pay', {}, 'id_pay');
const slow = toolCall('slow', {}, 'id_slow');
const gated = toolCall('gated', {}, 'id_gated');

/** What has come of the first answers when the turn is cut off; the last one never ends by itself. */
const MOMENTS: Readonly<Record<string, readonly (readonly ChatChunk[])[]>> = {
  'before the first chunk': [[]],
  'while it thinks': [[thinking('Hm')]],
  'while it answers': [[thinking('Hm'), answer('Hel')]],
  'while a tool runs': [[answer('Look.'), slow]],
  'while a call waits for approval': [[answer('Look.'), gated]],
  'after a result, in the answer': [[answer('Pay.'), pay]],
  'after a result without text': [[pay]],
  'after a result, while others run or wait': [[answer('Pay.'), slow, pay, gated]],
  'after a result, when the answer is complete': [[answer('Pay.'), pay, slow, gated, done()]],
  'in the next request, before its first chunk': [[answer('Pay.'), pay, done()], []],
  'in the next answer': [[answer('Pay.'), pay, done()], [answer('Pai')]],
  'in the next answer, after its result': [[pay, done()], [toolCall('pay', {}, 'id_2')]],
};

/** What is kept of the turn after it was cut off, by `toLabel`. */
const KEPT: Readonly<Record<keyof typeof MOMENTS, string>> = {
  'before the first chunk': '',
  'while it thinks': ' > (Hm)…',
  'while it answers': ' > (Hm)Hel',
  'while a tool runs': ' > Look.',
  'while a call waits for approval': ' > Look.',
  'after a result, in the answer': ' > Pay.[x] > paid',
  'after a result without text': ' > [x] > paid',
  'after a result, while others run or wait': ' > Pay.[x] > paid',
  'after a result, when the answer is complete': ' > Pay.[x] > paid',
  'in the next request, before its first chunk': ' > Pay.[x] > paid',
  'in the next answer': ' > Pay.[x] > paid > Pai',
  'in the next answer, after its result': ' > [x] > paid > [x] > paid',
};

interface Played {
  readonly conversation: Conversation;
  readonly client: ReturnType<typeof scriptedClient>;
  readonly fail: Subject<never>;
  readonly saved: string[];
  readonly signals: AbortSignal[];
  /** How often the tool has paid. */
  paid: number;
}

/** A conversation at that moment of its first turn. */
function play(answers: readonly (readonly ChatChunk[])[], whileBusy: 'queue' | 'switch'): Played {
  const fail = new Subject<never>();
  const saved: string[] = [];
  const signals: AbortSignal[] = [];
  const client = scriptedClient((_, i) => {
    const chunks = answers[i];
    if (!chunks) return [answer('Bye'), done()];
    const ends = i < answers.length - 1 || chunks.at(-1)?.done;
    return ends ? of(...chunks) : concat(of(...chunks), fail);
  });
  const watched = (name: string, needsApproval = false) =>
    tool(
      name,
      ({ signal }) => {
        signals.push(signal);
        return NEVER;
      },
      { needsApproval },
    );
  const played: Played = {
    ...{ client, fail, saved, signals, paid: 0 },
    conversation: createConversation({
      ...{ model: 'm', client, every: 0, whileBusy, approve: () => fail },
      tools: [tool('pay', () => (played.paid++, 'paid')), watched('slow'), watched('gated', true)],
      store: {
        load: () => null,
        save(messages) {
          saved.push(messages.map(({ role }) => role).join());
        },
      },
    }),
  };
  // The conversation must be known before a tool is called.
  played.conversation.send('Hi');
  return played;
}

/** Each call of a history has its result, and each result its call; no message is empty. */
function checkHistory(messages: readonly Message[]): void {
  const calls = messages.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id));
  const results = messages.flatMap(({ role, tool_call_id: id }) => (role === 'tool' ? [id] : []));
  expect(results).toEqual(calls);
  const empty = messages.filter(
    ({ role, content, tool_calls }) => role === 'assistant' && !content && !tool_calls,
  );
  expect(empty).toEqual([]);
}

const moments = Object.entries(MOMENTS).map(([moment, answers]) => ({
  moment,
  answers,
  kept: KEPT[moment] ?? '',
}));
const messagesOf = (kept: string): string => kept.replace(/ > [^>]*…$/, '');

describe.each(moments)('$moment', ({ answers, kept }) => {
  it('stop() keeps text, calls with results, and results', () => {
    const { conversation, client, saved, signals } = play(answers, 'queue');
    conversation.stop();
    expect(toLabel(conversation.state)).toBe(`idle > Hi${kept}, stopped`);
    expect(conversation.state).toMatchObject({ ending: 'stopped' });
    expect(conversation.state.activity?.every(isOver) ?? true).toBe(true);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    checkHistory(toMessages(conversation.state));
    expect(saved.at(-1)).toBe(
      toMessages(conversation.state)
        .map(({ role }) => role)
        .join(),
    );
    conversation.send('And?');
    expect(toAsked(client).at(-1)).toBe(`Hi${messagesOf(kept)} > And?`);
    checkHistory(client.requests.at(-1)?.messages ?? []);
  });

  it('an error keeps the same', () => {
    const { conversation, client, fail, saved } = play(answers, 'queue');
    fail.error(failure);
    expect(toLabel(conversation.state)).toBe(`error > Hi${kept}, error broken`);
    expect(conversation.state.ending).toBe('error');
    checkHistory(toMessages(conversation.state));
    expect(saved.at(-1)).toBe(
      toMessages(conversation.state)
        .map(({ role }) => role)
        .join(),
    );
    conversation.send('And?');
    expect(toAsked(client).at(-1)).toBe(`Hi${messagesOf(kept)} > And?`);
  });

  it('a switch keeps the same', () => {
    const { conversation, client, signals } = play(answers, 'switch');
    conversation.send('And?');
    expect(toAsked(client).at(-1)).toBe(`Hi${messagesOf(kept)} > And?`);
    checkHistory(client.requests.at(-1)?.messages ?? []);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    expect(conversation.state.ending).toBe('stop');
  });

  it('regenerate() drops the text after the last result, and no result', () => {
    const played = play(answers, 'queue');
    const { conversation, client } = played;
    const { paid } = played;
    conversation.regenerate();
    const results = /^.*> paid/.exec(kept)?.[0] ?? '';
    expect(toAsked(client).at(-1)).toBe(`Hi${results}`);
    checkHistory(client.requests.at(-1)?.messages ?? []);
    expect(played.paid).toBe(paid);
  });

  it('destroy() is at rest, saves what is kept, and completes', () => {
    const { conversation, client, saved, signals } = play(answers, 'queue');
    const heard: string[] = [];
    conversation.state$.subscribe({
      next: (state) => heard.push(toLabel(state)),
      complete: () => heard.push('complete'),
    });
    const { length } = client.requests;
    conversation.destroy();
    const rest = `idle > Hi${messagesOf(kept)}, stopped`;
    expect(heard.slice(1)).toEqual([rest, 'complete']);
    expect(conversation.state).toMatchObject({ status: 'idle', ending: 'stopped' });
    expect(conversation.state.messages.some(({ streaming }) => streaming)).toBe(false);
    expect(saved.at(-1)).toBe(
      toMessages(conversation.state)
        .map(({ role }) => role)
        .join(),
    );
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    const late: string[] = [];
    conversation.state$.subscribe({
      next: (state) => late.push(toLabel(state)),
      complete: () => late.push('complete'),
    });
    expect(late).toEqual([rest, 'complete']);
    conversation.send('And?');
    conversation.regenerate();
    expect(client.requests).toHaveLength(length);
    expect(conversation.state.status).toBe('idle');
  });
});

describe('a teardown that throws', () => {
  const broken = new Error('teardown');
  const hanging = new Observable<ChatChunk>((subscriber) => {
    subscriber.next(answer('Hel'));
    return () => {
      throw broken;
    };
  });
  const iterable = {
    abort() {
      throw broken;
    },
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }),
  };
  const tearing = tool(
    'x',
    () =>
      new Observable(() => () => {
        throw broken;
      }),
  );

  const clients: [string, () => Observable<ChatChunk> | AsyncIterable<ChatChunk>][] = [
    ['of the client', () => hanging],
    ["of the client's iterable", () => iterable],
    ['of a tool', () => concat(of(answer('Hel'), toolCall('x')), NEVER)],
  ];
  const actions = ['stop', 'switch', 'regenerate', 'edit', 'clear', 'destroy'] as const;
  const cases = clients.flatMap(([which, chat]) =>
    actions.map((action) => ({ which, chat, action })),
  );

  it.each(cases)('$which is shown after $action, and the next turn works', ({ chat, action }) => {
    let asked = 0;
    const conversation = createConversation({
      model: 'm',
      client: { chat: () => (asked++ ? of(answer('Bye'), done()) : chat()) },
      tools: [tearing],
      every: 0,
      whileBusy: 'switch',
    });
    const errors: unknown[] = [];
    conversation.state$.subscribe(({ error }) => error !== undefined && errors.push(error));
    conversation.send('Hi');
    if (action === 'switch') conversation.send('And?');
    else if (action === 'edit') conversation.edit(0, 'Hey');
    else conversation[action]();
    expect(errors[0]).toBe(broken);
    if (action === 'destroy') {
      expect(conversation.state).toMatchObject({ status: 'idle', error: broken });
      return;
    }
    conversation.send('So?');
    expect(conversation.state.status).toBe('idle');
    expect(conversation.state.messages.at(-1)?.message.content).toBe('Bye');
  });

  it('is the error of a turn that was complete', () => {
    const source = new Subject<ChatChunk>();
    let asked = 0;
    const torn = new Observable<ChatChunk>((subscriber) => {
      source.subscribe(subscriber);
      return () => {
        throw broken;
      };
    });
    const client = { chat: () => (asked++ ? of(answer('Bye'), done()) : torn) };
    const conversation = createConversation({ model: 'm', client, every: 0 });
    conversation.send('Hi');
    source.next(answer('Hello'));
    source.next(done());
    source.complete();
    expect(toLabel(conversation.state)).toBe('error > Hi > Hello, error teardown');
    conversation.send('And?');
    expect(toLabel(conversation.state)).toBe('idle > Hi > Hello > And? > Bye');
  });
});

describe('the ending of a turn', () => {
  it.each([
    ['an answer', [answer('Hi'), done()], 'stop', ' > Hi'],
    ['an answer cut by the limit', [answer('Hi'), done({ reason: 'length' })], 'length', ' > Hi'],
    [
      'thinking cut by the limit',
      [thinking('Hm'), done({ reason: 'length' })],
      'length',
      ' > (Hm)…',
    ],
    ['no answer', [done()], 'empty', ''],
    ['white space', [answer('\n'), done()], 'empty', ''],
    ['thinking alone', [thinking('Hm'), done()], 'thinking-only', ' > (Hm)…'],
    ['a model that was loaded', [done({ reason: 'load' })], 'load', ''],
  ] as const)('for %s is in the state until the next turn', (_, chunks, ending, kept) => {
    const client = scriptedClient((_request, i) => (i ? NEVER : [...chunks]));
    const conversation = createConversation({ model: 'm', client, every: 0 });
    expect(conversation.state).not.toHaveProperty('ending');
    conversation.send('Hello');
    expect(conversation.state.ending).toBe(ending);
    expect(toLabel(conversation.state)).toBe(`idle > Hello${kept}`);
    checkHistory(toMessages(conversation.state));
    conversation.send('And?');
    expect(conversation.state).not.toHaveProperty('ending');
    expect(toLabel(conversation.state)).toBe(`waiting > Hello${messagesOf(kept)} > And?`);
  });

  it('is the limit of the steps at maxSteps', () => {
    const client = scriptedClient([pay, done()]);
    const tools = [tool('pay', () => 'paid')];
    const conversation = createConversation({ model: 'm', client, tools, maxSteps: 1, every: 0 });
    conversation.send('Hi');
    expect(conversation.state.ending).toBe('max-steps');
  });
});

describe('a conversation of any size', () => {
  it('answers many queued messages synchronously', () => {
    const client = { chat: () => of(answer('So.'), done()) };
    const conversation = createConversation({ model: 'm', client, every: 0 });
    let sent = 0;
    conversation.state$.subscribe(({ status }) => {
      if (status !== 'waiting') return;
      while (sent < 750) {
        sent++;
        conversation.send('And?');
      }
    });
    conversation.send('Hi');
    expect(conversation.state.messages).toHaveLength(2 * 751);
    expect(conversation.state.status).toBe('idle');
  });

  it('makes thousands of synchronous calls in one turn', () => {
    let asked = 0;
    const calls = Array.from({ length: 2000 }, (_, n) => toolCall('pay', {}, `id_${String(n)}`));
    const client = {
      chat: () => (asked++ ? of(answer('So.'), done()) : of(...calls, done())),
    };
    const tools = [tool('pay', () => 'paid')];
    const conversation = createConversation({ model: 'm', client, tools, every: 0 });
    conversation.send('Hi');
    expect(conversation.state.messages).toHaveLength(1 + 1 + 2000 + 1);
  });
});

describe('an image of bytes', () => {
  it('is base64 in the history, the request and the store, and the caller keeps the bytes', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, n) => n % 256);
    const base64 = Buffer.from(bytes).toString('base64');
    const saved: string[] = [];
    const client = scriptedClient([answer('A cat.'), done()]);
    const history: Message[] = [{ role: 'user', content: 'Before', images: [bytes] }];
    const store = {
      load: () => null,
      save: (messages: readonly Message[]) => saved.push(JSON.stringify(messages)),
    };
    const options = { client, every: 0, history, store };
    const conversation = createConversation({ model: 'm', ...options });
    conversation.send('What is it?', { images: [bytes] });
    conversation.send({ role: 'user', content: 'And?', images: [bytes, bytes] });
    const images = toMessages(conversation.state).map((message) => message.images);
    expect(images).toEqual([[base64], [base64], undefined, [base64, base64], undefined]);
    expect(client.requests[1]?.messages?.[0]?.images).toEqual([base64]);
    expect(JSON.parse(saved.at(-1) ?? '')).toEqual(toMessages(conversation.state));
    expect(history[0]?.images).toEqual([bytes]);

    const loaded = createConversation({
      model: 'm',
      client,
      every: 0,
      store: { load: () => JSON.parse(saved.at(-1) ?? '') as Message[], save: () => undefined },
    });
    loaded.send('So?');
    expect(client.requests.at(-1)?.messages?.[0]?.images).toEqual([base64]);
  });

  it.each<[string, unknown]>([
    ['a view of a part of a buffer', new Uint8Array([0, 104, 105, 0]).subarray(1, 3)],
    ['a Buffer', Buffer.from('hi')],
    ['an ArrayBuffer', Uint8Array.from([104, 105]).buffer],
  ])('may be %s', (_, image) => {
    const client = scriptedClient([answer('A cat.'), done()]);
    const conversation = createConversation({ model: 'm', client, every: 0 });
    conversation.send('What is it?', { images: [image as Uint8Array] });
    expect(toMessages(conversation.state)[0]?.images).toEqual(['aGk=']);
  });

  it('stays a string where it is one', () => {
    const client = scriptedClient([answer('A cat.'), done()]);
    const conversation = createConversation({ model: 'm', client, every: 0 });
    conversation.send('What is it?', { images: ['aGk='] });
    expect(client.requests[0]?.messages?.[0]?.images).toEqual(['aGk=']);
  });
});

describe('createConversation refuses, when it is called,', () => {
  const x = tool('x', () => 'ok');

  it.each<[string, object, typeof RangeError | typeof TypeError]>([
    ['concurrency: 0', { concurrency: 0 }, RangeError],
    ['maxSteps: NaN', { maxSteps: NaN }, RangeError],
    ['toolTimeout: -1', { toolTimeout: -1 }, RangeError],
    ['every: -5', { every: -5 }, RangeError],
    ['every: NaN', { every: NaN }, RangeError],
    ['two tools of one name', { tools: [x, x] }, TypeError],
    ['a tool that is none', { tools: [x.tool] }, TypeError],
  ])('%s', (_, options, type) => {
    const create = () => createConversation({ model: 'm', ...options });
    expect(create).toThrow(type);
    // The option is named, apart from tools.
    expect(create).toThrow(Object.keys(options).join());
  });
});
