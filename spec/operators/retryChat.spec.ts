import { describe, expect, it } from '@jest/globals';
import { concat, defer, of, throwError, type Observable } from 'rxjs';
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

const { answer, done } = chunk;

const refused = new OllamaConnectionError('refused');
const chunks: Readonly<Record<string, ChatChunk & ChunkMarks>> = {
  a: answer('Hel'),
  b: answer('lo'),
  r: { ...answer('Hel'), reset: true },
  d: done(),
};

describeOperatorContract({
  name: 'retryChat',
  operator: (scheduler) => retryChat({ count: 2, delay: 10, scheduler }),
  keepsType: true,
});

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
      retryChat({ count: 2, delay: (_, attempt) => attempt * 3 }),
    );
    m.expect(result).toBeObservable(expected, chunks);
    m.expect(first).toHaveSubscriptions('  ^-!');
    m.expect(second).toHaveSubscriptions(' -----^!');
    m.expect(third).toHaveSubscriptions('  ------------^----!');
    return { inputs: { first, second, third }, call: 'retryChat({ count: 2, delay: (_, attempt) => attempt * 3 })', results: { result: expected } };
  }));

  // prettier-ignore
  it('does not deliver a text twice: an error in mid-stream goes through', diagram('retryChat-mid-stream', (m) => {
    const source = m.cold('  -a-#', chunks, refused);
    const expected = '       -a-#';
    m.expect(source.pipe(retryChat({ count: 3, delay: 1 }))).toBeObservable(expected, chunks, refused);
    m.expect(source).toHaveSubscriptions('^--!');
    return { inputs: { source }, call: 'retryChat({ count: 3 })', results: { result: expected } };
  }));

  // prettier-ignore
  it('starts over at any time if told so, and marks where', diagram('retryChat-restart', (m) => {
    const first = m.cold('   -a-#', chunks, refused);
    const second = m.cold('       -#', chunks, refused);
    const third = m.cold('          -a-b-(d|)', chunks);
    const expected = '       -a-------r-b-(d|)';
    const result = inTurn(first, second, third).pipe(
      retryChat({ count: 2, delay: 2, when: 'restart' }),
    );
    m.expect(result).toBeObservable(expected, chunks);
    m.expect(first).toHaveSubscriptions('  ^--!');
    m.expect(second).toHaveSubscriptions(' -----^!');
    m.expect(third).toHaveSubscriptions('  --------^----!');
    return { inputs: { first, second, third }, call: "retryChat({ count: 2, delay: 2, when: 'restart' })", results: { result: expected } };
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

  const http = (status: number, text = 'no') => new OllamaHttpError(text, status, '');
  const loading = 'HTTP 503: llm server loading model';

  it.each([
    ['a connection that was refused or broke', refused, true],
    ['a full queue', http(503), true],
    ['too many requests', http(429), true],
    ['a bad gateway', http(502), true],
    ['a gateway that timed out', http(504), true],
    ['a model that is being loaded', http(500, loading), true],
    ['a model that is being loaded, told in the stream', new OllamaStreamError(loading, {}), true],
    ['a missing model', http(404), false],
    ['a bad request', http(400), false],
    ['a server that fails', http(500), false],
    ['an error in the stream', new OllamaStreamError('boom', {}), false],
    ['an answer that was cut', new OllamaTruncatedError('cut'), false],
    ['an answer that was cut, and talks of loading', new OllamaTruncatedError(loading), false],
    ['an error that is none of ours', new TypeError('fetch failed'), false],
    ['one with a code like ours', Object.assign(new Error('no'), { code: 'connection' }), false],
  ])('of %s, decides by itself', (_, error, retried) => {
    const seen: unknown[] = [];
    inTurn(
      throwError(() => error),
      of(done()),
    )
      .pipe(retryChat({ count: 1, delay: () => of(0) }))
      .subscribe({
        next: () => seen.push('retried'),
        error: (failure: unknown) => seen.push(failure),
      });
    expect(seen).toEqual([retried ? 'retried' : error]);
    expect(seen[0] === error).toBe(!retried);
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
