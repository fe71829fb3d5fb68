import { describe, expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import { fromEndpoint } from '../../lib/transport/fromEndpoint.js';
import type { OllamaClient, OllamaOptions } from '../../lib/types/index.js';

const open = (answer: unknown, options: Partial<OllamaOptions> = {}) => {
  const client = { chat: () => NEVER, embed: () => answer } as unknown as OllamaClient;
  const endpoint = {
    method: 'embed',
    call: () => answer,
    startFormat: () => ({ read: () => undefined, isLast: () => true, end: '' }),
  } as const;
  return fromEndpoint(endpoint, { client, ...options });
};

describe('fromEndpoint', () => {
  it('refuses a limit of lines that is none, when it is called', () => {
    expect(() => open(NEVER, { maxLineBytes: 0 })).toThrow(/^maxLineBytes is 0\./);
  });

  it('names the method whose answer can not be read', () => {
    let error: unknown;
    open('text').subscribe({ error: (caught: unknown) => (error = caught) });
    expect((error as Error).message).toMatch(
      /^embed\(\) of the client gave a value of type string\. Make it an Observable/,
    );
  });
});
