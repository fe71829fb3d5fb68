import { describe, expect, it } from '@jest/globals';
import {
  concatWith,
  connect,
  forkJoin,
  from,
  identity,
  last,
  map,
  pipe,
  reduce,
  share,
  throwError,
  toArray,
  type MonoTypeOperatorFunction,
  type Observable,
} from 'rxjs';
import type { Throughput } from '../../lib/core/throughput.js';
import {
  accumulateMessage,
  accumulateResponse,
  answerText,
  bufferForUi,
  collectToolCalls,
  splitThinking,
  tapThroughput,
  thinkingText,
  throughput,
  toolCalls,
} from '../../lib/index.js';
import { chunk } from '../../lib/testing/index.js';
import type { AssistantMessage, ChatChunk, ChunkMessage, ToolCall } from '../../lib/types/index.js';
import { delta, final } from '../support/chunks.js';
import { marbles } from '../support/marbles.js';

const { answer, done, thinking, toolCall } = chunk;

const join = reduce((text: string, piece: string) => text + piece, '');

/** Everything that the projecting operators make of a chat, once it is over. */
const project = (chunk$: Observable<ChatChunk>) =>
  forkJoin({
    message: chunk$.pipe(accumulateMessage(), last()),
    response: chunk$.pipe(accumulateResponse(), last()),
    answer: chunk$.pipe(answerText(), join),
    thinking: chunk$.pipe(thinkingText(), join),
    calls: chunk$.pipe(toolCalls(), toArray()),
    collected: chunk$.pipe(collectToolCalls()),
    throughput: chunk$.pipe(throughput(), last(), map(pickServersOwn)),
  });

/** What doesn't depend on when a chunk came. */
const pickServersOwn = ({
  phase,
  tokens,
  tokensPerSecond,
  exact,
  totalMs,
  loadMs,
}: Throughput) => ({ phase, tokens, tokensPerSecond, exact, totalMs, loadMs });

type Keeper = 'split' | 'buffer' | 'tap';

type Order = readonly [Keeper, Keeper, Keeper];

const orders: readonly Order[] = [
  ['split', 'buffer', 'tap'],
  ['split', 'tap', 'buffer'],
  ['buffer', 'split', 'tap'],
  ['buffer', 'tap', 'split'],
  ['tap', 'split', 'buffer'],
  ['tap', 'buffer', 'split'],
];

/** Those that keep the type, in the given order. */
function keepTypes([first, second, third]: Order, seen: Throughput[] = []) {
  const keepers: Readonly<Record<Keeper, MonoTypeOperatorFunction<ChatChunk>>> = {
    split: splitThinking(),
    buffer: bufferForUi({ every: 3 }),
    tap: tapThroughput((value) => seen.push(value)),
  };
  return pipe(keepers[first], keepers[second], keepers[third]);
}

/** All ten operators. */
const together = (order: Order) => pipe(keepTypes(order), connect(project));

interface Chat {
  /** All but the final chunk. */
  readonly chunks: readonly ChatChunk[];
  readonly message: AssistantMessage & ChunkMessage;
  /** What was emitted as answer before it turned out to be thinking. */
  readonly leaked?: string;
}

const multiply = { a: 17, b: 23 };
const role = 'assistant';
const wireCall: ToolCall = { function: { name: 'multiply', arguments: multiply } };

const chats: Readonly<Record<string, Chat>> = {
  'thinks natively': {
    chunks: [
      thinking('Let me '),
      thinking('multiply.'),
      answer('17 × '),
      answer('23 is'),
      toolCall('multiply', multiply),
      delta({ tool_calls: [wireCall, wireCall] }),
      answer(' 391 👩‍👩‍'),
      answer('👧.'),
    ],
    message: {
      role,
      content: '17 × 23 is 391 👩‍👩‍👧.',
      thinking: 'Let me multiply.',
      tool_calls: [wireCall, wireCall, wireCall],
    },
  },
  'thinks in tags': {
    chunks: ['', '<th', 'ink>\n', 'h', 'm </', 'think', '>\n\n39', '1', ' <', 'b>'].map(answer),
    message: { role, content: '391 <b>', thinking: 'hm ' },
  },
  'closes a tag that it never opened': {
    chunks: [
      ...['Okay', ', hm', '.</th', 'ink>', '\n39', '1'].map(answer),
      toolCall('multiply', multiply),
    ],
    message: { role, content: '391', thinking: 'Okay, hm.', tool_calls: [wireCall] },
    leaked: 'Okay, hm.',
  },
  'says several things at once': {
    chunks: [
      thinking('h'),
      delta({ thinking: 'm', content: '3', tool_calls: [wireCall] }),
      delta({ content: '91', tool_calls: [wireCall] }),
    ],
    message: { role, content: '391', thinking: 'hm', tool_calls: [wireCall, wireCall] },
  },
};

const expected = ({ message, leaked = '' }: Chat) => {
  const calls = (message.tool_calls ?? []).map((call, place) => ({
    ...call,
    id: `call_${String(place)}`,
  }));
  return {
    message,
    response: { ...done(), message },
    answer: leaked + message.content,
    thinking: (message.thinking ?? '').slice(leaked.length),
    calls,
    collected: calls,
    throughput: {
      phase: 'done' as const,
      tokens: 100,
      tokensPerSecond: 50,
      exact: true,
      totalMs: 3300,
      loadMs: 800,
    },
  };
};

describe.each(orders)('all operators together, in the order %s, %s, %s,', (...order) => {
  const each = it.each(Object.entries(chats));

  each(
    'give over time what a model said that %s',
    // prettier-ignore
    marbles((m, _: string, chat: Chat) => {
      const letters = 'abcdefghijkl'.slice(0, chat.chunks.length);
      const dashes = '-'.repeat(letters.length);
      const values = Object.fromEntries(chat.chunks.map((chunk, i) => [letters.charAt(i), chunk]));
      const source = m.cold(`-${letters} 10ms (z|)`, { ...values, z: done() });
      const result = `       -${dashes}  10ms (r|)`;
      const subs = `         ^${dashes}  10ms !`;
      m.expect(source.pipe(together(order))).toBeObservable(result, { r: expected(chat) });
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  each('give in one go what a model said that %s', (_, chat) => {
    const results: unknown[] = [];
    from([...chat.chunks, done()])
      .pipe(together(order))
      .subscribe((result) => results.push(result));
    expect(results).toEqual([expected(chat)]);
  });

  each('give all there is before an error, of a model that %s', (_, { chunks, message }) => {
    const error = new Error('from the source');
    const log: unknown[] = [];
    from(chunks)
      .pipe(concatWith(throwError(() => error)), keepTypes(order), accumulateMessage())
      .subscribe({ next: (value) => log.push(value), error: (cause: unknown) => log.push(cause) });
    expect(log.slice(-2)).toEqual([message, error]);
    expect(log.at(-1)).toBe(error);
  });

  each('count every chunk once, of a model that %s', (_, { chunks }) => {
    const seen: Throughput[] = [];
    from([...chunks, final({})])
      .pipe(keepTypes(order, seen))
      .subscribe();
    expect(seen.at(-1)?.tokens).toBe(chunks.length);
  });
});

describe('all operators together', () => {
  // prettier-ignore
  it('share one request between subscriptions of their own', marbles((m) => {
    const chunks = { t: thinking('hm'), a: answer('39'), b: answer('1'), k: toolCall('multiply', multiply) };
    const source = m.cold('  -tabk-(d|)', { ...chunks, d: done() });
    const subs = '           ^-----!';
    const chunk$ = source.pipe(splitThinking(), bufferForUi({ every: 3 }), share());
    const message = { role, content: '391', thinking: 'hm', tool_calls: [wireCall] } as const;
    m.expect(chunk$.pipe(accumulateMessage(), last())).toBeObservable('------(m|)', { m: message });
    m.expect(project(chunk$)).toBeObservable('------(r|)', { r: expected({ chunks: [], message }) });
    m.expect(source).toHaveSubscriptions(subs);
  }));
});

describe('two of a kind', () => {
  const chunks = [thinking('h'), delta({ thinking: 'm', content: '39' }), answer('1'), done()];
  const collect = (operator: (source: Observable<ChatChunk>) => Observable<unknown>) => {
    const values: unknown[] = [];
    from(chunks)
      .pipe(operator)
      .subscribe((value) => values.push(value));
    return values;
  };

  it.each<[string, MonoTypeOperatorFunction<ChatChunk>]>([
    ['splitThinking', splitThinking()],
    ['bufferForUi', bufferForUi({ every: 3 })],
    ['tapThroughput', tapThroughput(identity)],
  ])('%s again changes nothing', (_, operator) => {
    expect(collect(pipe(operator, operator))).toEqual(collect(operator));
  });
});
