import { describe, expect, it } from '@jest/globals';
import { from } from 'rxjs';
import { ndjson, toNdjson } from '../../lib/node/index.js';
import { chunk } from '../../lib/testing/index.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';
import { runAll } from '../tools/support.js';
import { failingTool } from './runs.js';

const a = chunk.answer('Hel');
const d = chunk.done();
const lines = {
  o: '\n',
  a: `${JSON.stringify(a)}\n`,
  d: `${JSON.stringify(d)}\n`,
  e: '{"type":"done"}\n',
  f: '{"type":"failed","code":"stream","message":"Later."}\n',
};

describe('toNdjson', () => {
  // prettier-ignore
  it('emits each value as a line, and the end too', diagram('toNdjson', (m) => {
    const source = m.cold('  ---a--(d|)', { a, d });
    const subs = '           ^-----!';
    const expected = '       o--a--(de|)';
    m.expect(source.pipe(toNdjson())).toBeObservable(expected, lines);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'toNdjson()', results: { result: expected } };
  }));

  // prettier-ignore
  it('emits an error as a line, as the caller words it, and empty lines in silence', marbles((m) => {
    const source = m.cold('  ---a----------#', { a }, chunk.error('out of memory'));
    const expected = '       o--a----o----o(f|)';
    const toPublicError = () => ({ code: 'stream', message: 'Later.' });
    const result = source.pipe(toNdjson({ heartbeat: 5, toPublicError }));
    m.expect(result).toBeObservable(expected, lines);
  }));

  it('emits the events of a run, with the error of a tool as it may be public', () => {
    let text = '';
    from(runAll(failingTool()))
      .pipe(toNdjson())
      .subscribe((line) => (text += line));
    const read = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(read.find(({ type }) => type === 'tool-error')).toEqual({
      type: 'tool-error',
      step: 1,
      call: expect.objectContaining({ id: 'call_x' }),
      error: { code: 'tool', message: 'The tool failed.' },
      text: 'Error: The tool failed.',
    });
    expect(read.at(-1)).toEqual({ type: 'done' });
  });
});

describe('ndjson', () => {
  it('is of the type that readers of lines expect', () => {
    expect(ndjson().headers['Content-Type']).toBe('application/x-ndjson');
  });
});
