import { describe, expect, it } from '@jest/globals';
import { adviseOnStatus } from '../../lib/transport/advice.js';
import { CHECK_HOST } from '../../lib/wire/parseLine.js';

describe('adviseOnStatus', () => {
  const below =
    'The host has to be the root of the server. Is it http://gpu:1, without /ollama/v1?';

  it.each([
    [404, 'http://gpu:1/ollama/v1/api/chat', below],
    [404, 'http://gpu:1/api/chat', CHECK_HOST],
    [404, 'http://gpu:1/ollama/api/chat/more', CHECK_HOST],
    [500, 'http://gpu:1/ollama/v1/api/chat', CHECK_HOST],
  ])('advises on status %i of %s', (status, url, advice) => {
    expect(adviseOnStatus(status, '', url, false)).toBe(advice);
  });
});
