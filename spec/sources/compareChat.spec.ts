import { describe, expect, it } from '@jest/globals';
import { groupBy, map, mergeMap, retry, take } from 'rxjs';
import { OllamaStreamError } from '../../lib/errors.js';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { compareChat } from '../../lib/sources/compareChat.js';
import { chunk } from '../../lib/testing/index.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done } = chunk;

const chunks = { a: answer('Hel'), b: answer('lo'), c: answer('Hi'), d: done() };
const tagged = {
  w: { source: 'one', chunk: chunks.a },
  x: { source: 'two', chunk: chunks.c },
  y: { source: 'one', chunk: chunks.b },
  z: { source: 'two', chunk: chunks.d },
} as const;
const broken = new OllamaStreamError('broken', { error: 'broken' });

describe('compareChat', () => {
  // prettier-ignore
  it('says of each chunk where it comes from, and completes when all have', diagram('compareChat', (m) => {
    const one = m.cold('  --a---b-|', chunks);
    const two = m.cold('  ---c---------d-|', chunks);
    const expected = '    --wx--y------z-|';
    m.expect(compareChat({ one, two })).toBeObservable(expected, tagged);
    m.expect(one).toHaveSubscriptions('^-------!');
    m.expect(two).toHaveSubscriptions('^--------------!');
    return { inputs: { one, two }, call: 'compareChat({ one, two })', results: { result: expected } };
  }));

  // prettier-ignore
  it('fails as one does, and cancels the others', marbles((m) => {
    const one = m.cold('  --a-#', chunks, broken);
    const two = m.cold('  ---c---d', chunks);
    const expected = '    --wx#';
    m.expect(compareChat({ one, two })).toBeObservable(expected, tagged, broken);
    m.expect(two).toHaveSubscriptions('^---!');
  }));

  // prettier-ignore
  it('cancels all when the consumer leaves', marbles((m) => {
    const one = m.cold('  --a---b', chunks);
    const two = m.cold('  ---c---d', chunks);
    m.expect(compareChat({ one, two }), '----!').toBeObservable('--wx', tagged);
    m.expect(one).toHaveSubscriptions('^---!');
    m.expect(two).toHaveSubscriptions('^---!');
  }));

  // prettier-ignore
  it('asks again for each subscriber', marbles((m) => {
    const one = m.cold('  -a-#', chunks, broken);
    m.expect(compareChat({ one }).pipe(retry(1))).toBeObservable('-w--w-#', { w: tagged.w }, broken);
    m.expect(one).toHaveSubscriptions(['^--!', '---^--!']);
  }));

  // prettier-ignore
  it('is split again by groupBy', marbles((m) => {
    const one = m.cold('  --a---b-|', chunks);
    const two = m.cold('  ---c------|', chunks);
    const expected = '    --wx--y---|';
    const contents = compareChat({ one, two }).pipe(
      groupBy(({ source }) => source, { element: ({ chunk }) => chunk }),
      mergeMap((chat$) => chat$.pipe(accumulateMessage(), map(({ content }) => [chat$.key, content]))),
    );
    const messages = { w: ['one', 'Hel'], x: ['two', 'Hi'], y: ['one', 'Hello'] };
    m.expect(contents).toBeObservable(expected, messages);
  }));

  // prettier-ignore
  it('completes at once without a source', marbles((m) => {
    m.expect(compareChat({})).toBeObservable('|');
  }));

  it('takes anything that gives chunks, and stops a synchronous one in time', () => {
    const log: unknown[] = [];
    compareChat({ list: [chunks.a, chunks.b], never: [chunks.c] })
      .pipe(take(1))
      .subscribe((each) => log.push(each));
    expect(log).toEqual([{ source: 'list', chunk: chunks.a }]);
  });
});
