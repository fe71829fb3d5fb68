import { describe, expect, it } from '@jest/globals';
import { compareStreamIds, readEntries, readStreams } from '../../lib/redis/streamReply.js';

const entries = [
  ['1-1', ['e', 'chunk', 'd', '{}']],
  ['1-2', ['e', 'done', 'd', '']],
];
const read = [
  { id: '1-1', fields: new Map([['e', 'chunk'], ['d', '{}']]) }, // prettier-ignore
  { id: '1-2', fields: new Map([['e', 'done'], ['d', '']]) }, // prettier-ignore
];

describe('a reply with entries of streams', () => {
  it('is read as XRANGE sends it', () => {
    expect(readEntries(entries)).toEqual(read);
    expect(readEntries([])).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['RESP2', [['a', entries], ['b', []]]], // prettier-ignore
    ['RESP3, as an object', { a: entries, b: [] }],
    ['RESP3, as a map', new Map<string, unknown>([['a', entries], ['b', []]])], // prettier-ignore
  ])('is read as XREAD sends it in %s', (_, reply) => {
    expect(readStreams(reply)).toEqual([
      ['a', read],
      ['b', []],
    ]);
  });

  it('is empty after a read that timed out', () => {
    expect(readStreams(null)).toEqual([]);
  });
});

describe('compareStreamIds', () => {
  it('orders ids by their numbers, also those that Redis makes of its clock', () => {
    const ids = ['0-0', '1-2', '1-10', '2-1', '10-1', '1764504000000-0', '1764504000000-1'];
    expect([...ids].reverse().sort(compareStreamIds)).toEqual(ids);
    expect(compareStreamIds('1-1', '1-1')).toBe(0);
  });
});
