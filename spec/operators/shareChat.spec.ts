import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Subject } from 'rxjs';
import { OllamaConnectionError } from '../../lib/errors.js';
import { accumulateResponse } from '../../lib/operators/accumulateResponse.js';
import { shareChat } from '../../lib/operators/shareChat.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done, thinking, toolCall } = chunk;

const broken = new OllamaConnectionError('broken');
const chunks: Readonly<Record<string, ChatChunk & ChunkMarks>> = {
  t: thinking('hm'),
  a: answer('Hel'),
  b: answer('lo'),
  c: answer('!'),
  r: { ...answer('Oh'), reset: true },
  d: done(),
  X: { ...answer('Hello'), merged: 2 },
  Y: { ...answer('Hello!'), merged: 3 },
  Z: { ...answer('Oh!'), merged: 2, reset: true },
};

describe('shareChat', () => {
  // prettier-ignore
  it('makes one request, and gives who is late what was missed in one piece', diagram('shareChat', (m) => {
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
  it('cancels the request when the last one leaves, and asks again for the next', diagram('shareChat-unsubscribe', (m) => {
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

  it('makes one request only when it is subscribed to', () => {
    const source = new Subject<ChatChunk>();
    const shared = source.pipe(shareChat());
    expect(source.observed).toBe(false);
    shared.subscribe();
    expect(source.observed).toBe(true);
  });

  it('lets anyone accumulate the same, whenever they join', () => {
    const chunk = fc.oneof(
      fc.string().map(answer),
      fc.string().map(thinking),
      fc.string().map((name) => toolCall(name)),
      fc.constant(delta({})),
      fc.string().map((text) => ({ ...answer(text), reclassify: true as const })),
      fc.string().map((text) => ({ ...answer(text), reset: true as const })),
      fc.string().map((token) => ({ ...answer(token), logprobs: [{ token, logprob: -1 }] })),
    );
    fc.assert(
      fc.property(fc.array(chunk), fc.nat(20), (given, joins) => {
        const source = new Subject<ChatChunk & ChunkMarks>();
        const shared = source.pipe(shareChat());
        const responses: unknown[] = [];
        const join = (place: number): void => {
          shared.pipe(accumulateResponse()).subscribe((response) => (responses[place] = response));
        };
        join(0);
        given.forEach((each, i) => {
          if (i === joins) join(1);
          source.next(each);
        });
        source.next(done());
        if (joins >= given.length) join(1);
        source.complete();
        join(2);
        expect(responses[1]).toEqual(responses[0]);
        expect(responses[2]).toEqual(responses[0]);
      }),
    );
  });
});
