import { describe, expect, it, jest } from '@jest/globals';

jest.mock('node:https', () => {
  throw new Error('there is no such module');
});

describe('httpFetch where Node has been built without TLS', () => {
  it('rejects as fetch does, with the reason as cause', async () => {
    const { httpFetch } = await import('../../lib/node/httpFetch.js');
    const failure = await httpFetch('https://127.0.0.1:1/').catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'TypeError', message: 'fetch failed' });
    expect((failure as Error).cause).toMatchObject({ message: 'there is no such module' });
  });
});
