import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { Subject, Subscription, from } from 'rxjs';
import { createCompaction } from '../../lib/core/ui/compaction.js';
import { OllamaConnectionError } from '../../lib/errors.js';
import { accumulateResponse } from '../../lib/operators/accumulateResponse.js';
import { shareChat } from '../../lib/operators/shareChat.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done, thinking, toolCall } = chunk;

type Chunk = ChatChunk & ChunkMarks;

const broken = new OllamaConnectionError('broken');
const chunks: Readonly<Record<string, Chunk>> = {
  t: thinking('hm'),
  a: answer('Hel'),
  b: answer('lo'),
  c: answer('!'),
  r: { ...answer('Oh'), reset: true },
  R: { ...answer('Oh'), reset: true, restart: true },
  W: { ...answer('Ohlo'), merged: 2, reset: true, restart: true },
  d: done(),
  X: { ...answer('Hello'), merged: 2 },
  Y: { ...answer('Hello!'), merged: 3 },
  Z: { ...answer('Oh!'), merged: 2, reset: true },
};

describe('shareChat', () => {
  // prettier-ignore
  it('makes one request, and gives a late subscriber one merged chunk per phase', diagram('shareChat', (m) => {
    const source = m.cold('   -t-a-b----c-(d|)', chunks);
    const early = '           -t-a-b----c-(d|)';
    const late = '            ------(tX)c-(d|)';
    const after = '           ----------------(tYd|)';
    const shared = source.pipe(shareChat());
    m.expect(shared).toBeObservable(early, chunks);
    m.expect(shared, '        ------^').toBeObservable(late, chunks);
    m.expect(shared, '        ----------------^').toBeObservable(after, chunks);
    m.expect(source).toHaveSubscriptions('^-----------!');
    return { inputs: { source }, call: 'shareChat()', results: { early, late, after } };
  }));

  // prettier-ignore
  it('cancels the request when the last subscriber unsubscribes, and makes a new one for the next', diagram('shareChat-unsubscribe', (m) => {
    const source = m.cold('   -a-b-c-(d|)', chunks);
    const first = '           -a-b-';
    const second = '          --ab-c';
    const third = '           ------------a-b-c-(d|)';
    const shared = source.pipe(shareChat());
    m.expect(shared, '        ^---!').toBeObservable(first, chunks);
    m.expect(shared, '        --^---!').toBeObservable(second, chunks);
    m.expect(shared, '        -----------^').toBeObservable(third, chunks);
    m.expect(source).toHaveSubscriptions(['^-----!', '-----------^------!']);
    return { inputs: { source }, call: 'shareChat()', results: { first, second, third } };
  }));

  // prettier-ignore
  it('waits for a while before it cancels, if told so', marbles((m) => {
    const source = m.cold('   -a-b-----c-----', chunks);
    const shared = source.pipe(shareChat({ resetOnRefCountZero: 5 }));
    m.expect(shared, '        ^---!').toBeObservable('          -a-b-', chunks);
    m.expect(shared, '        -------^--!').toBeObservable('    -------X-c', chunks);
    m.expect(source).toHaveSubscriptions('^--------------!');
  }));

  // prettier-ignore
  it('never cancels, if told so, or when something says so', marbles((m) => {
    const kept = m.cold('     -a-b-c-(d|)', chunks);
    const leaving = m.cold('  -a-b-c-(d|)', chunks);
    const signal = m.cold('   --x');
    m.expect(kept.pipe(shareChat({ resetOnRefCountZero: false })), '^-!').toBeObservable('-a', chunks);
    m.expect(kept).toHaveSubscriptions('^------!');
    const shared = leaving.pipe(shareChat({ resetOnRefCountZero: () => signal }));
    m.expect(shared, '        ^-!').toBeObservable('            -a', chunks);
    m.expect(leaving).toHaveSubscriptions('^---!');
  }));

  // prettier-ignore
  it('gives an error to all, and asks again for the next', marbles((m) => {
    const source = m.cold('   -a-#', chunks, broken);
    const shared = source.pipe(shareChat());
    m.expect(shared).toBeObservable('             -a-#', chunks, broken);
    m.expect(shared, '        --^').toBeObservable('            --a#', chunks, broken);
    m.expect(shared, '        -----^').toBeObservable('         ------a-#', chunks, broken);
    m.expect(source).toHaveSubscriptions(['^--!', '            -----^--!']);
  }));

  // prettier-ignore
  it('forgets what a reset makes void', marbles((m) => {
    const source = m.cold('   -a-b-r-c-(d|)', chunks);
    const shared = source.pipe(shareChat());
    m.expect(shared).toBeObservable('             -a-b-r-c-(d|)', chunks);
    m.expect(shared, '        8ms ^').toBeObservable('          8ms Z(d|)', chunks);
  }));

  // prettier-ignore
  it('keeps the finished messages of a run, unless the run starts over', diagram('shareChat-run', (m) => {
    const source = m.cold('   -a-d-b-r------c-R-b-(d|)', chunks);
    const early = '           -a-d-b-r------c-R-b-(d|)';
    const late = '            --------(adr)-c-R-b-(d|)';
    const later = '           -------------------W(d|)';
    const shared = source.pipe(shareChat());
    m.expect(shared).toBeObservable(early, chunks);
    m.expect(source).toHaveSubscriptions('^-------------------!');
    m.expect(shared, '        --------^').toBeObservable(late, chunks);
    m.expect(shared, '        -------------------^').toBeObservable(later, chunks);
    return { inputs: { source }, call: 'shareChat()', results: { early, late, later } };
  }));

  it('makes one request only when it is subscribed to', () => {
    const source = new Subject<ChatChunk>();
    const shared = source.pipe(shareChat());
    expect(source.observed).toBe(false);
    shared.subscribe();
    expect(source.observed).toBe(true);
  });

  describe('lets anyone accumulate the same as an early subscriber', () => {
    const text = fc.string({ maxLength: 3 });
    const anyChunk: fc.Arbitrary<Chunk> = fc.oneof(
      text.map(answer),
      text.map(thinking),
      text.map((name) => toolCall(name)),
      fc.constant(delta({})),
      fc.constant(done()),
      text.map((each) => ({ ...answer(each), reclassify: true as const })),
      text.map((each) => ({ ...answer(each), reset: true as const })),
      text.map((each) => ({ ...answer(each), reset: true as const, restart: true as const })),
      text.map((token) => ({ ...answer(token), logprobs: [{ token, logprob: -1 }] })),
    );

    /** What a subscriber does each time that it gets something: nothing, or one of these. */
    const action = fc.constantFrom('join', 'send', 'send', 'leave', 'none', 'none', 'none', 'none');

    /**
     * Lets subscribers join, send and leave within `next`, `complete` and `error` of others, and of their own
     * replay.
     */
    function play(
      given: readonly Chunk[],
      actions: readonly string[],
      failure: Error | undefined,
    ): { readonly stayed: readonly Seen[]; readonly sent: readonly Chunk[] } {
      const source = new Subject<Chunk>();
      const shared = source.pipe(shareChat({ resetOnRefCountZero: false }));
      const waiting = [...given];
      const script = [...actions];
      const sent: Chunk[] = [];
      const all: Seen[] = [];
      let isOver = false;

      const send = (): void => {
        const next = waiting.shift();
        if (next) {
          sent.push(next);
          source.next(next);
        } else if (!isOver) {
          isOver = true;
          if (failure) source.error(failure);
          else source.complete();
        }
      };
      const join = (): void => {
        // After an error, the next subscriber would make a new request.
        if (failure && isOver) return;
        const seen: Seen = { chunks: [], end: 'none', hasLeft: false };
        all.push(seen);
        const subscription = new Subscription();
        const act = (): void => {
          const what = script.shift();
          if (what === 'join') join();
          if (what === 'send') send();
          if (what === 'leave') {
            seen.hasLeft = true;
            subscription.unsubscribe();
          }
        };
        subscription.add(
          shared.subscribe({
            next(chunk) {
              seen.chunks.push(chunk);
              act();
            },
            error(error: unknown) {
              seen.end = error;
              act();
            },
            complete() {
              seen.end = 'complete';
              act();
            },
          }),
        );
      };
      join();
      // Each chunk, and the end, unless a subscriber sent it already.
      for (let i = 0; i <= given.length; i++) {
        if (script.shift() === 'join') join();
        send();
      }
      if (!failure) join();
      return { stayed: all.filter(({ hasLeft }) => !hasLeft), sent };
    }

    interface Seen {
      readonly chunks: Chunk[];
      end: unknown;
      hasLeft: boolean;
    }

    const responseOf = (chunks: readonly Chunk[]): unknown => {
      let response: unknown;
      from(chunks)
        .pipe(accumulateResponse())
        .subscribe((each) => (response = each));
      return response;
    };
    const messagesOf = (chunks: readonly Chunk[]): unknown => {
      const compaction = createCompaction<Chunk>();
      for (const each of chunks) compaction.add(each);
      return compaction.chunks();
    };

    it('whenever and wherever it subscribes, and tells it the end after that', () => {
      const failures = fc.constantFrom(undefined, broken);
      fc.assert(
        fc.property(
          fc.array(anyChunk, { maxLength: 12 }),
          fc.array(action, { maxLength: 40 }),
          failures,
          (given, actions, failure) => {
            const { stayed, sent } = play(given, actions, failure);
            expect(sent).toEqual(given);
            for (const { chunks: seen, end } of stayed) {
              expect(responseOf(seen)).toEqual(responseOf(given));
              expect(messagesOf(seen)).toEqual(messagesOf(given));
              expect(end).toBe(failure ?? 'complete');
            }
          },
        ),
        { numRuns: 200 },
      );
    });
  });

  it('delivers what arrives during a delivery after it, to all in the same order', () => {
    const source = new Subject<ChatChunk>();
    const shared = source.pipe(shareChat());
    const one: string[] = [];
    const two: string[] = [];
    const late: string[] = [];
    shared.subscribe(({ message: { content } }) => {
      one.push(content);
      if (content === 'a') source.next(answer('b'));
    });
    shared.subscribe(({ message }) => two.push(message.content));
    source.next(answer('a'));
    shared.subscribe(({ message: { content } }) => {
      late.push(content);
      if (content === 'ab') source.next(answer('c'));
    });
    expect([one, two, late]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
      ['ab', 'c'],
    ]);
  });

  it.each<[string, object]>([
    ['no message', { message: null }],
    ['a text that is none', { message: { content: Object.create(null) as object } }],
    ['no chunk at all', {}],
  ])('fails, and throws nowhere else, on %s', (_, odd) => {
    jest.useFakeTimers();
    const log: unknown[] = [];
    const source = new Subject<ChatChunk>();
    source
      .pipe(shareChat())
      .subscribe({ next: (each) => log.push(each), error: (error: unknown) => log.push(error) });
    source.next(odd as ChatChunk);
    source.next(answer('late'));
    expect(log).toEqual([expect.any(TypeError)]);
    expect(source.observed).toBe(false);
    // RxJS throws an uncaught exception from a timer.
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it.each<[string, unknown]>([
    ['an object', {}],
    ['a number', 5],
    ['true', true],
    ['a long list', Array.from({ length: 200_000 }, () => ({ token: 'a', logprob: -1 }))],
  ])('takes logprobs and calls that are %s, from a client of its user', (_, odd) => {
    jest.useFakeTimers();
    const given = { ...delta({ tool_calls: odd as [] }), logprobs: odd } as ChatChunk;
    const log: unknown[] = [];
    const source = new Subject<ChatChunk>();
    const shared = source.pipe(shareChat());
    shared.subscribe((each) => log.push(each));
    source.next(given);
    source.next(given);
    expect(log).toEqual([given, given]);
    expect(log[1]).toBe(given);
    shared.subscribe((each) => log.push(each));
    expect(log.length).toBeGreaterThan(2);
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('serves a late subscriber after many changes of phase without a deep stack', () => {
    const source = new Subject<ChatChunk>();
    const shared = source.pipe(shareChat());
    shared.subscribe();
    const [a, t] = [answer('a'), thinking('t')];
    for (let i = 0; i < 20_000; i++) source.next(i % 2 ? a : t);
    let count = 0;
    shared.subscribe(() => count++);
    expect(count).toBe(20_000);
  });
});
