import { describe, expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import { createConversation } from '../../lib/conversation/createConversation.js';
import type { ConversationOptions } from '../../lib/conversation/options.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import { tool } from '../tools/support.js';
import { HISTORY, counting, failure, toAsked, toLabel } from './support.js';

const { answer, done, toolCall } = chunk;

describe('options that are a function', () => {
  it('are read once per turn, and once when the conversation is created', () => {
    const client = counting();
    let reads = 0;
    const conversation = createConversation(() => {
      reads++;
      return { model: `m${String(reads)}`, client, every: 0, options: { seed: reads } };
    });
    expect(reads).toBe(1);
    conversation.send('Hi');
    conversation.send('And?');
    conversation.regenerate();
    conversation.edit(0, 'Hey');
    conversation.stop();
    expect(reads).toBe(5);
    expect(client.requests.map(({ model, options }) => [model, options?.seed])).toEqual([
      ...[2, 3, 4, 5].map((n) => [`m${String(n)}`, n]),
    ]);
  });

  it('are those of the whole turn, also of its later steps', () => {
    let model = 'first';
    const change = tool('x', () => {
      model = 'second';
      return 'ok';
    });
    const client = scriptedClient(({ messages = [] }) =>
      messages.at(-1)?.role === 'tool' ? [answer('So.'), done()] : [toolCall('x'), done()],
    );
    const conversation = createConversation(() => ({ model, client, every: 0, tools: [change] }));
    conversation.send('Hi');
    conversation.send('And?');
    expect(client.requests.map((request) => request.model)).toEqual([
      ...['first', 'first', 'second', 'second'],
    ]);
  });

  it('choose model, system, tools, thinking and client of the turn', () => {
    const [local, remote] = [counting(), counting()];
    const x = tool('x', () => 'ok');
    let picked: Partial<ConversationOptions> = { client: local };
    const conversation = createConversation(() => ({ model: 'm', every: 0, ...picked }));
    conversation.send('Hi');
    picked = { client: remote, model: 'n', system: 'Be brief.', tools: [x], think: 'high' };
    conversation.send('And?');
    expect(local.requests[0]).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
    });
    expect(remote.requests[0]).toMatchObject({ model: 'n', tools: [x.tool], think: 'high' });
    expect(toAsked(remote)).toEqual(['Be brief. > Hi > Answer 1 > And?']);
  });

  it('fix the history, the store and whileBusy when the conversation is created', () => {
    const saved: string[][] = [[], []];
    const storeOf = (n: number) => ({
      load: () => null,
      save: (messages: readonly unknown[]) => saved[n]?.push(String(messages.length)),
    });
    const client = scriptedClient((_, i) => (i ? NEVER : [answer('Hello'), done()]));
    let n = -1;
    const conversation = createConversation(() => {
      n++;
      return {
        ...{ model: 'm', client, every: 0, store: storeOf(n), history: n ? [] : HISTORY },
        whileBusy: n ? 'queue' : 'ignore',
      };
    });
    expect(toLabel(conversation.state)).toBe('idle > Hi > Hello');
    conversation.send('How?');
    conversation.send('And?');
    conversation.send('Ignored');
    expect(conversation.state).not.toHaveProperty('queued');
    expect(saved).toEqual([['4'], []]);
    // None of them is part of a request.
    expect(Object.keys(client.requests[0] ?? {}).sort()).toEqual(['messages', 'model', 'stream']);
  });

  it.each<[string, () => ConversationOptions, unknown]>([
    [
      'throws',
      () => {
        throw failure;
      },
      failure,
    ],
    ['gives maxSteps: 0', () => ({ model: 'm', maxSteps: 0 }), expect.any(RangeError)],
    ['gives every: NaN', () => ({ model: 'm', every: NaN }), expect.any(RangeError)],
    [
      'gives two tools of one name',
      () => ({ model: 'm', tools: [tool('x', () => 1), tool('x', () => 2)] }),
      expect.any(TypeError),
    ],
    ['gives undefined', () => undefined as unknown as ConversationOptions, expect.any(TypeError)],
    [
      'is asynchronous',
      () => Promise.resolve({ model: 'm' }) as unknown as ConversationOptions,
      expect.any(TypeError),
    ],
  ])('fail the turn where the function %s, and the conversation survives', (_, bad, error) => {
    const client = counting();
    let read = (): ConversationOptions => ({ model: 'm', client, every: 0 });
    const good = read;
    const conversation = createConversation(() => read());
    read = bad;
    conversation.send('Hi');
    expect(conversation.state).toMatchObject({ status: 'error', ending: 'error' });
    expect(conversation.state.error).toEqual(error);
    expect(client.requests).toEqual([]);
    read = good;
    conversation.regenerate();
    expect(toLabel(conversation.state)).toBe('idle > Hi > Answer 1');
  });

  it('are checked by the turn, and not when the conversation is created', () => {
    const conversation = createConversation(() => ({ model: 'm', maxSteps: NaN }));
    expect(conversation.state.status).toBe('idle');
    conversation.send('Hi');
    expect(conversation.state.error).toBeInstanceOf(RangeError);
  });

  it('may throw when the conversation is created: the caller gets the error', () => {
    expect(() =>
      createConversation(() => {
        throw failure;
      }),
    ).toThrow(failure);
  });
});

describe('options that are an object', () => {
  it('are read when the conversation is created', () => {
    const client = counting();
    const options = { model: 'm', client, every: 0 };
    const conversation = createConversation(options);
    options.model = 'other';
    conversation.send('Hi');
    expect(client.requests[0]?.model).toBe('m');
  });

  it.each([undefined, null, 'qwen3', Promise.resolve({ model: 'm' })])('are not %p', (options) => {
    expect(() => createConversation(options as unknown as ConversationOptions)).toThrow(
      'The options of createConversation are not an object. Pass at least { model }, or a ' +
        'function that returns it, and not a promise of it.',
    );
  });
});
