import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { Agent, fetch as undiciFetch, type RequestInfo, type RequestInit } from 'undici';
import { isOllamaError } from '../../lib/errors.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { start } from './support.js';

const request = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] };

/** Node's fetch, with limits of one's own: the very package that is built into Node. */
function fetchWithLimits(limits: Agent.Options): typeof fetch {
  const dispatcher = new Agent(limits);
  return (input, init) =>
    undiciFetch(input as RequestInfo, { ...(init as RequestInit), dispatcher }) as Promise<never>;
}

async function failWith(host: string, limits: Agent.Options): Promise<unknown> {
  const chat$ = fromOllamaChat(request, { host, fetch: fetchWithLimits(limits) });
  return lastValueFrom(chat$.pipe(toArray())).catch((error: unknown) => error);
}

describe("the limits of Node's fetch", () => {
  it('are told when the headers come too late', async () => {
    const { url } = await start([{ fault: 'hang' }]);
    const error = await failWith(url, { headersTimeout: 1 });
    expect(isOllamaError(error, 'timeout') && error.kind).toBe('firstChunk');
    expect(error).toMatchObject({ cause: { cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } } });
    expect(error).not.toHaveProperty('partial');
  });

  it('are told when the next chunk comes too late, with the message so far', async () => {
    const { url } = await start(['Hel', 'lo', { fault: 'hang' }]);
    const error = await failWith(url, { bodyTimeout: 1 });
    expect(isOllamaError(error, 'timeout') && error.kind).toBe('idle');
    expect(String(error)).toContain("Node's fetch");
    expect(error).toMatchObject({ partial: { role: 'assistant', content: 'Hello' } });
  });

  it('can be lifted with a fetch of your own', async () => {
    const { url } = await start(['Hel', { content: 'lo', delay: 50 }, { done: true }]);
    const patient = fetchWithLimits({ headersTimeout: 0, bodyTimeout: 0 });
    const chunks = await lastValueFrom(
      fromOllamaChat(request, { host: url, fetch: patient }).pipe(toArray()),
    );
    expect(chunks.map(({ message }) => message.content).join('')).toBe('Hello');
  });
});
