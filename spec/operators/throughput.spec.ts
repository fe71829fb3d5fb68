import { describe, expect, it } from '@jest/globals';
import { Subject, VirtualTimeScheduler, map, type OperatorFunction } from 'rxjs';
import type { Throughput } from '../../lib/core/throughput.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { throughput } from '../../lib/operators/throughput.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { final } from '../support/chunks.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done, thinking, toolCall } = chunk;

describeOperatorContract({
  name: 'throughput',
  operator: (scheduler) => throughput({ scheduler }),
});

const chunks: Readonly<Record<string, ChatChunk & ChunkMarks>> = {
  t: thinking('Hm'),
  a: answer('Hel'),
  b: answer('lo'),
  k: toolCall('add'),
  r: { ...answer('Hi'), reclassify: true },
  n: { ...answer('Hi'), reset: true },
  c: final({ eval_count: 5, total_duration: 6_000_000 }),
  d: done(),
};

/** What was counted: how many, when, and what is known besides. */
const counted = (
  phase: Throughput['phase'],
  tokens: number,
  totalMs: number,
  known: Partial<Throughput>,
): Throughput => ({ phase, firstChunkMs: 2, tokens, totalMs, exact: false, ...known });

const exact: Throughput = {
  phase: 'done',
  firstChunkMs: 2,
  firstAnswerMs: 2,
  tokens: 100,
  tokensPerSecond: 50,
  exact: true,
  loadMs: 800,
  promptTokens: 26,
  promptMs: 500,
  promptTokensPerSecond: 52,
  generationMs: 2000,
  totalMs: 3300,
};

const pick =
  (...keys: readonly (keyof Throughput)[]): OperatorFunction<Throughput, unknown[]> =>
  (source) =>
    source.pipe(map((values) => keys.map((key) => values[key])));

describe('throughput', () => {
  // prettier-ignore
  it('counts until the final chunk has statistics', diagram('throughput', (m) => {
    const source = m.cold('  --a 190ms b 90ms (d|)', chunks);
    const expected = '       --x 190ms y 90ms (z|)';
    const first = { firstChunkMs: 20, firstAnswerMs: 20 };
    const subs = '           ^- 300ms        !';
    m.expect(source.pipe(throughput())).toBeObservable(expected, {
      x: counted('answer', 1, 20, first),
      // The second token took 200 ms.
      y: counted('answer', 2, 220, { ...first, tokensPerSecond: 5 }),
      z: { ...exact, ...first },
    });
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'throughput()', results: { result: expected } };
  }));

  // prettier-ignore
  it('times the first thinking and the first answer', marbles((m) => {
    const source = m.cold('  --t-a-k-|', chunks);
    const expected = '       --x-y-z-|';
    const both = { firstThinkingMs: 2, firstAnswerMs: 4 };
    m.expect(source.pipe(throughput())).toBeObservable(expected, {
      x: counted('thinking', 1, 2, { firstThinkingMs: 2 }),
      y: counted('answer', 2, 4, both),
      z: counted('tools', 3, 6, both),
    });
  }));

  // prettier-ignore
  it('stays inexact when the server has not measured durations', diagram('throughput-inexact', (m) => {
    const source = m.cold('  --a 190ms (c|)', chunks);
    const expected = '       --x 190ms (y|)';
    const first = { firstChunkMs: 20, firstAnswerMs: 20 };
    m.expect(source.pipe(throughput())).toBeObservable(expected, {
      x: counted('answer', 1, 20, first),
      // Four of the five tokens came after the first chunk, in 200 ms. The server says 6 in all.
      y: counted('done', 5, 6, { ...first, tokensPerSecond: 20 }),
    });
    m.expect(source).toHaveSubscriptions('^- 200ms !');
    return { inputs: { source }, call: 'throughput()', results: { result: expected } };
  }));

  // prettier-ignore
  it('counts what was merged for as many tokens as before', marbles((m) => {
    const source = m.cold('  -abab-------ab|', chunks);
    const before = '         -xyzw-------vu|';
    const after = '          -----w--------(u|)';
    const tokens = { x: [1], y: [2], z: [3], w: [4], v: [5], u: [6] };
    m.expect(source.pipe(throughput(), pick('tokens'))).toBeObservable(before, tokens);
    const buffered = source.pipe(bufferForUi({ every: 4 }), throughput(), pick('tokens'));
    m.expect(buffered).toBeObservable(after, tokens);
  }));

  // prettier-ignore
  it('takes the answer so far for thinking when a chunk says so', marbles((m) => {
    const source = m.cold('  --a-r-|', chunks);
    const expected = '       --x-y-|';
    const result = source.pipe(throughput(), pick('firstThinkingMs', 'firstAnswerMs'));
    m.expect(result).toBeObservable(expected, { x: [undefined, 2], y: [2, 4] });
  }));

  // prettier-ignore
  it('counts again when the message is requested again, but from subscribing', marbles((m) => {
    const source = m.cold('  --a-a---n-a-|', chunks);
    const expected = '       --x-y---n-z-|';
    const result = source.pipe(throughput(), pick('firstChunkMs', 'tokens', 'totalMs'));
    m.expect(result).toBeObservable(expected, {
      x: [2, 1, 2],
      y: [2, 2, 4],
      n: [8, 1, 8],
      z: [8, 2, 10],
    });
  }));

  // prettier-ignore
  it('ends as the source does, in the same frame', marbles((m) => {
    const failing = m.cold(' --a-#', chunks);
    const expected = '       --x-#';
    m.expect(failing.pipe(throughput(), pick('tokens'))).toBeObservable(expected, { x: [1] });
    const empty = m.cold<ChatChunk>('---|');
    m.expect(empty.pipe(throughput())).toBeObservable('---|');
  }));

  // prettier-ignore
  it('unsubscribes from the source in the frame in which the consumer does', marbles((m) => {
    const source = m.cold('  -a-b-a-b-', chunks);
    const unsub = '          ----!';
    const expected = '       -x-y';
    const subs = '           ^---!';
    const result = source.pipe(throughput(), pick('tokens'));
    m.expect(result, unsub).toBeObservable(expected, { x: [1], y: [2] });
    m.expect(source).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('has no rate for a synchronous source, until the final chunk has one', marbles((m) => {
    const source = m.cold('  (abd|)', chunks);
    const expected = '       (xyz|)';
    const result = source.pipe(throughput(), pick('tokens', 'tokensPerSecond', 'exact'));
    m.expect(result).toBeObservable(expected, {
      x: [1, undefined, false],
      y: [2, undefined, false],
      z: [100, 50, true],
    });
  }));

  // prettier-ignore
  it('starts its clock with each subscription', marbles((m) => {
    const source = m.cold('  --a-|', chunks);
    const later = '          ---^';
    const expected = '       -----x-|';
    const result = source.pipe(throughput(), pick('firstChunkMs', 'tokens'));
    m.expect(result).toBeObservable('--x-|', { x: [2, 1] });
    m.expect(result, later).toBeObservable(expected, { x: [2, 1] });
  }));

  it('measures by the clock of the given scheduler', () => {
    const scheduler = new VirtualTimeScheduler();
    const times: number[] = [];
    scheduler.schedule(() => {
      const chat$ = new Subject<ChatChunk>();
      chat$.pipe(throughput({ scheduler })).subscribe(({ totalMs }) => times.push(totalMs));
      for (const wait of [30, 70])
        scheduler.schedule(() => {
          chat$.next(answer('a'));
        }, wait);
    }, 1000);
    scheduler.flush();
    expect(times).toEqual([30, 70]);
  });
});
