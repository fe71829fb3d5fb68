import { describe, expect, it } from '@jest/globals';
import { readRetryAfter } from '../../lib/transport/retryAfter.js';

const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT';

describe('readRetryAfter', () => {
  it.each([
    ['seconds', '120', undefined, 120_000],
    ['no seconds', '0', undefined, 0],
    ['spaces around', ' 5 ', undefined, 5000],
    ['a date', 'Sun, 06 Nov 1994 08:50:37 GMT', DATE, 60_000],
    ['a date that has passed', 'Sun, 06 Nov 1994 08:00:00 GMT', DATE, 0],
    ['a date in the form of C', 'Sun Nov  6 08:50:37 1994 GMT', DATE, 60_000],
    ['a date in the form of RFC 850', 'Sunday, 06-Nov-94 08:50:37 GMT', DATE, 60_000],
  ])('is ms from %s: %p', (_, value, date, ms) => {
    const headers = { 'retry-after': value, ...(date && { date }) };
    expect(readRetryAfter(headers)).toBe(ms);
  });

  it.each([
    ['without the header', undefined, DATE],
    ['for an empty one', '', DATE],
    ['for a negative number', '-1', DATE],
    ['for a fraction', '1.5', DATE],
    ['for seconds beyond any number', '9'.repeat(400), DATE],
    ['for seconds beyond whole numbers', '9007199254740993', DATE],
    ['for words', 'soon', DATE],
    ['for words with a number, which Date.parse takes', 'in 5', DATE],
    ['for a date behind a word', 'on Sun, 06 Nov 1994 08:50:37 GMT', DATE],
    ['for a date that is none', 'Sun, 99 Nov 1994 08:50:37 GMT', DATE],
    ["for a date without the server's clock", 'Sun, 06 Nov 1994 08:50:37 GMT', undefined],
    ['for a date beside a clock that is none', 'Sun, 06 Nov 1994 08:50:37 GMT', 'now'],
  ])('is absent %s', (_, value, date) => {
    const headers = { ...(value !== undefined && { 'retry-after': value }), ...(date && { date }) };
    expect(readRetryAfter(headers)).toBeUndefined();
  });
});
