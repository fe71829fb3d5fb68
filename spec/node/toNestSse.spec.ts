import { describe, it } from '@jest/globals';
import { toNestSse } from '../../lib/node/index.js';
import { chunk } from '../../lib/testing/index.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const a = chunk.answer('Hel');
const d = chunk.done();
const events = {
  o: { comment: 'open' },
  h: { comment: 'hb' },
  a: { id: '1-1', type: 'chunk', data: JSON.stringify(a) },
  d: { id: '1-2', type: 'chunk', data: JSON.stringify(d) },
  e: { id: '1-3', type: 'done', data: '{"type":"done"}' },
  f: {
    id: '1-2',
    type: 'failed',
    data: '{"type":"failed","code":"stream","message":"The answer could not be completed."}',
  },
};

describe('toNestSse', () => {
  // prettier-ignore
  it('emits each value as an event of Nest, and the end too', diagram('toNestSse', (m) => {
    const source = m.cold('  ---a--(d|)', { a, d });
    const subs = '           ^-----!';
    const expected = '       o--a--(de|)';
    m.expect(source.pipe(toNestSse())).toBeObservable(expected, events);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'toNestSse()', results: { result: expected } };
  }));

  // prettier-ignore
  it('completes after an error, which Nest would hide', marbles((m) => {
    const source = m.cold('  ---a--#', { a }, chunk.error('out of memory'));
    const expected = '       o--a--(f|)';
    m.expect(source.pipe(toNestSse())).toBeObservable(expected, events);
  }));

  // prettier-ignore
  it('emits a comment in silence', marbles((m) => {
    const source = m.cold('  ---a-------(d|)', { a, d });
    const expected = '       o--a----h--(de|)';
    m.expect(source.pipe(toNestSse({ heartbeat: 5 }))).toBeObservable(expected, events);
  }));

  // prettier-ignore
  it('emits no comment without a heartbeat', marbles((m) => {
    const source = m.cold('  ---a 60m (d|)', { a, d });
    const expected = '       o--a 60m (de|)';
    m.expect(source.pipe(toNestSse({ heartbeat: 0 }))).toBeObservable(expected, events);
  }));
});
