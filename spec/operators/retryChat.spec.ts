import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { VirtualTimeScheduler, concat, defer, from, of, throwError, type Observable } from 'rxjs';
import { createBoundaryReader } from '../../lib/core/message/boundary.js';
import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaStreamError,
  OllamaTruncatedError,
} from '../../lib/errors.js';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { retryChat } from '../../lib/operators/retryChat.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done, toolCall } = chunk;

const refused = new OllamaConnectionError('refused');
const chunks: Readonly<Record<string, ChatChunk & ChunkMarks>> = {
  a: answer('Hel'),
  b: answer('lo'),
  r: { ...answer('Hel'), reset: true },
  R: { ...answer('Hel'), reset: true, restart: true },
  d: done(),
};

describeOperatorContract({
  name: 'retryChat',
  operator: (scheduler) => retryChat({ count: 2, delay: 10, scheduler }),
  keepsType: true,
});

const ADVICE =
  'Return a number of ms, or an Observable or a promise whose first value ends the wait.';

const http = (status: number, retryAfter?: number) =>
  new OllamaHttpError('no', status, '', { retryAfter });

/** The messages of a run, as the boundaries between them say. */
function accumulate(chunks: readonly (ChatChunk & ChunkMarks)[]): unknown[] {
  const boundaryOf = createBoundaryReader();
  const messages: ChatChunk['message'][][] = [];
  for (const chunk of chunks) {
    const begins = boundaryOf(chunk);
    if (begins === 'restart') messages.length = 0;
    if (begins === 'again') messages.pop();
    if (begins !== 'same' || !messages.length) messages.push([]);
    messages.at(-1)?.push(chunk.message);
  }
  return messages;
}

/** Each subscription gets the next of the sources. */
function inTurn(...sources: readonly Observable<ChatChunk>[]): Observable<ChatChunk> {
  let turn = 0;
  return defer(() => sources[turn++] ?? throwError(() => new Error('one too many')));
}

describe('retryChat', () => {
  // prettier-ignore
  it('asks again after a wait, as long as nothing has been delivered', diagram('retryChat', (m) => {
    const first = m.cold('   --#', {}, refused);
    const second = m.cold('       -#', {}, refused);
    const third = m.cold('               -a-b-(d|)', chunks);
    const expected = '       -------------a-b-(d|)';
    const result = inTurn(first, second, third).pipe(
      retryChat({ count: 2, delay: (_, attempt) => attempt * 30 }),
    );
    m.expect(result).toBeObservable(expected, chunks);
    m.expect(first).toHaveSubscriptions('  ^-!');
    m.expect(second).toHaveSubscriptions(' -----^!');
    m.expect(third).toHaveSubscriptions('  ------------^----!');
    return { inputs: { first, second, third }, call: 'retryChat({ count: 2, delay: (_, attempt) => attempt * 30 })', results: { result: expected } };
  }));

  // prettier-ignore
  it('does not deliver a text twice: an error in mid-stream goes through', diagram('retryChat-mid-stream', (m) => {
    const source = m.cold('  -a-#', chunks, refused);
    const expected = '       -a-#';
    m.expect(source.pipe(retryChat({ count: 3, delay: 10 }))).toBeObservable(expected, chunks, refused);
    m.expect(source).toHaveSubscriptions('^--!');
    return { inputs: { source }, call: 'retryChat({ count: 3 })', results: { result: expected } };
  }));

  // prettier-ignore
  it('starts over at any time on request, and marks where', diagram('retryChat-restart', (m) => {
    const first = m.cold('   -a-#', chunks, refused);
    const second = m.cold('       -#', chunks, refused);
    const third = m.cold('          -a-b-(d|)', chunks);
    const expected = '       -a-------r-b-(d|)';
    const result = inTurn(first, second, third).pipe(
      retryChat({ count: 2, delay: 20, when: 'restart' }),
    );
    m.expect(result).toBeObservable(expected, chunks);
    m.expect(first).toHaveSubscriptions('  ^--!');
    m.expect(second).toHaveSubscriptions(' -----^!');
    m.expect(third).toHaveSubscriptions('  --------^----!');
    return { inputs: { first, second, third }, call: "retryChat({ count: 2, delay: 20, when: 'restart' })", results: { result: expected } };
  }));

  it('makes what accumulates start over', () => {
    const texts: string[] = [];
    const broken = concat(
      of(answer('Hel')),
      throwError(() => refused),
    );
    inTurn(broken, of(answer('Good'), answer('bye'), done()))
      .pipe(retryChat({ count: 1, delay: () => of(0), when: 'restart' }), accumulateMessage())
      .subscribe(({ content }) => texts.push(content));
    expect(texts).toEqual(['Hel', 'Good', 'Goodbye', 'Goodbye']);
  });

  // prettier-ignore
  it('stops waiting in the frame in which the consumer leaves', marbles((m) => {
    const source = m.cold('  -#', {}, refused);
    const expected = '       ----';
    const unsub = '          ---!';
    m.expect(source.pipe(retryChat({ count: 9, delay: 50 })), unsub).toBeObservable(expected);
    m.expect(source).toHaveSubscriptions('^!');
  }));

  // prettier-ignore
  it('waits for whatever the delay gives', marbles((m) => {
    const first = m.cold('   -#', {}, refused);
    const second = m.cold('      -(d|)', chunks);
    const ready = m.cold('    ---x', {});
    const expected = '       -----(d|)';
    const result = inTurn(first, second).pipe(retryChat({ count: 1, delay: () => ready }));
    m.expect(result).toBeObservable(expected, chunks);
  }));

  // prettier-ignore
  it('also marks that it voids finished messages, when a whole run starts over', diagram('retryChat-run', (m) => {
    const first = m.cold('   -a-d-b-#', chunks, refused);
    const second = m.cold('           -#', chunks, refused);
    const third = m.cold('              -a-d-b-#', chunks, refused);
    const fourth = m.cold('                      -(ad)-b-(d|)', chunks);
    const expected = '       -a-d-b-------R-d-b----(Rd)-b-(d|)';
    const result = inTurn(first, second, third, fourth).pipe(
      retryChat({ count: 3, delay: 20, when: 'restart' }),
    );
    m.expect(result).toBeObservable(expected, chunks);
    m.expect(first).toHaveSubscriptions('  ^------!');
    m.expect(second).toHaveSubscriptions(' ---------^!');
    m.expect(third).toHaveSubscriptions('  ------------^------!');
    m.expect(fourth).toHaveSubscriptions(' ---------------------^-------!');
    return { inputs: { first, second, third, fourth }, call: "retryChat({ count: 3, delay: 20, when: 'restart' })", results: { result: expected } };
  }));

  it('gives what accumulates only the last attempt, however the others failed', () => {
    const message = fc
      .tuple(fc.array(fc.constantFrom(answer('a'), answer('b'), toolCall('t')), { maxLength: 3 }))
      .map(([deltas]) => [...deltas, done()]);
    const run = fc
      .array(message, { minLength: 1, maxLength: 3 })
      .map((messages) => messages.flat());
    const attempts = fc.array(fc.tuple(run, fc.nat()), { maxLength: 4 });
    fc.assert(
      fc.property(attempts, run, (failed, last) => {
        const sources = [
          ...failed.map(([chunks, n]) =>
            concat(
              from(chunks.slice(0, n % (chunks.length + 1))),
              throwError(() => refused),
            ),
          ),
          from(last),
        ];
        const out: (ChatChunk & ChunkMarks)[] = [];
        inTurn(...sources)
          .pipe(retryChat({ count: failed.length, delay: () => of(0), when: 'restart' }))
          .subscribe((chunk) => out.push(chunk));
        expect(accumulate(out)).toEqual(accumulate(last));
      }),
    );
  });

  const runnerStopped = 'an error was encountered while running the model: unexpected EOF';
  it.each<[string, unknown, 'never' | 'restart' | 'always']>([
    ['a connection that was refused or broke', refused, 'always'],
    ['a full queue', http(503), 'always'],
    ['a model that is loading', new OllamaStreamError('llm server loading model', {}), 'always'],
    ['a process that stopped', new OllamaStreamError(runnerStopped, {}), 'always'],
    ['an answer without its end', new OllamaTruncatedError('cut'), 'restart'],
    ['a missing model', http(404), 'never'],
    ['a quota that is spent for an hour', http(429, 3_600_000), 'never'],
    ['an error of another kind', new TypeError('fetch failed'), 'never'],
  ])('of %s, decides by itself', (_, error, retried) => {
    for (const when of ['before-first-chunk', 'restart'] as const) {
      for (const before of [[], [answer('Hel')]]) {
        const seen: unknown[] = [];
        inTurn(
          concat(
            from(before),
            throwError(() => error),
          ),
          of(done()),
        )
          .pipe(retryChat({ count: 1, delay: () => of(0), when }))
          .subscribe({
            error: (failure: unknown) => seen.push(failure),
            complete: () => seen.push('complete'),
          });
        const canRetry = when === 'restart' || !before.length;
        const isRetried = canRetry && (retried === 'always' || retried === when);
        expect(seen).toEqual([isRetried ? 'complete' : error]);
        expect(seen[0] === error).toBe(!isRetried);
      }
    }
  });

  // prettier-ignore
  it('waits at least as long as the server asked for', marbles((m) => {
    const busy = m.cold('     -#', {}, http(429, 5));
    const answered = m.cold('       -(d|)', chunks);
    const expected = '        -------(d|)';
    const ready = m.cold('    -x-x', {});
    for (const delay of [0, 3, () => 4, () => ready, () => of(0)]) {
      const result = inTurn(busy, answered).pipe(retryChat({ count: 1, delay }));
      m.expect(result).toBeObservable(expected, chunks);
    }
    const patient = inTurn(busy, answered).pipe(retryChat({ count: 1, delay: 8 }));
    m.expect(patient).toBeObservable('---------- (d|)', chunks);
    const never = inTurn(busy, answered).pipe(retryChat({ count: 1, delay: () => m.cold('--|') }));
    m.expect(never).toBeObservable('---|', chunks);
  }));

  it('waits at most ten minutes because the server asked for it, where the caller retries anyway', () => {
    const scheduler = new VirtualTimeScheduler();
    let completedAt: number | undefined;
    inTurn(
      throwError(() => http(429, 3_600_000)),
      of(done()),
    )
      .pipe(retryChat({ count: 1, delay: 5, shouldRetry: () => true, scheduler }))
      .subscribe({ complete: () => (completedAt = scheduler.now()) });
    scheduler.flush();
    expect(completedAt).toBe(600_000);
  });

  it.each<[unknown, Error]>([
    [
      NaN,
      new RangeError(
        'delay(error, 1) is NaN. Set it to a number of ms from 0 to Infinity, or omit it.',
      ),
    ],
    [
      -1,
      new RangeError(
        'delay(error, 1) is -1. Set it to a number of ms from 0 to Infinity, or omit it.',
      ),
    ],
    [undefined, new TypeError(`delay returned undefined. ${ADVICE}`)],
    [null, new TypeError(`delay returned null. ${ADVICE}`)],
    ['500', new TypeError(`delay returned 500. ${ADVICE}`)],
  ])('fails when the delay returns %p', (returned, expected) => {
    let failure: unknown;
    throwError(() => refused)
      .pipe(retryChat({ count: 1, delay: () => returned as number }))
      .subscribe({ error: (error: unknown) => (failure = error) });
    expect(failure).toEqual(expected);
    expect(failure).toBeInstanceOf(expected.constructor);
  });

  it('refuses to be without a count, which would be for ever', () => {
    const expected = new TypeError(
      'retryChat() has no count. Set one, such as retryChat({ count: 3 }).',
    );
    for (const args of [[], [{}], [{ count: undefined, delay: 5 }]]) {
      expect(() => {
        Reflect.apply(retryChat, undefined, args);
      }).toThrow(expected);
    }
  });

  it('does not retry at all with a count of 0', () => {
    let failure: unknown;
    throwError(() => refused)
      .pipe(retryChat({ count: 0 }))
      .subscribe({ error: (error: unknown) => (failure = error) });
    expect(failure).toBe(refused);
  });

  it('lets the caller decide, and goes through with the last error', () => {
    const attempts: number[] = [];
    const errors = [new Error('one'), new Error('two'), new Error('three')];
    let failure: unknown;
    inTurn(...errors.map((error) => throwError(() => error)))
      .pipe(
        retryChat({
          count: 2,
          delay: () => of(0),
          shouldRetry: (error, attempt) => {
            attempts.push(attempt);
            return error === errors[attempt - 1];
          },
        }),
      )
      .subscribe({ error: (error: unknown) => (failure = error) });
    expect(attempts).toEqual([1, 2]);
    expect(failure).toBe(errors[2]);
  });

  it.each(['shouldRetry', 'delay'] as const)('fails with what %s throws', (callback) => {
    const mistake = new Error('mistake');
    const options = {
      count: 1,
      [callback]: () => {
        throw mistake;
      },
    };
    let failure: unknown;
    throwError(() => refused)
      .pipe(retryChat(options))
      .subscribe({ error: (error: unknown) => (failure = error) });
    expect(failure).toBe(mistake);
  });
});
