import { describe, expect, it } from '@jest/globals';
import { EMPTY, take } from 'rxjs';
import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaToolError,
  OllamaTruncatedError,
  isOllamaError,
} from '../../lib/errors.js';
import { fromChatEvents } from '../../lib/sources/fromChatEvents.js';
import { chunk } from '../../lib/testing/index.js';
import { DONE, event, events, send, sendAndHold, startGateway } from './gateway.js';
import { forbidConsole, listen, toContents } from './support.js';

const { answer, done, thinking } = chunk;

forbidConsole();

const NDJSON = { 'Content-Type': 'application/x-ndjson' };
const VALUES = [thinking('Hm'), answer('Hel'), answer('lo'), done()];
const WORDS =
  'Does the URL answer as rxjs-ollama/node does, and does nothing in between rewrite it?';

const toLines = (values: readonly object[]): string[] =>
  values.map((value) => `${JSON.stringify(value)}\n`);

describe('fromChatEvents', () => {
  it('emits the chunks of server-sent events, and completes at the terminal event', async () => {
    const { url, requests } = await startGateway(
      send([': open\n\n', ...events(VALUES, DONE), ': hb\n\n']),
    );
    const { values, error, count } = await listen(fromChatEvents(url));
    expect(error).toBeUndefined();
    expect(values).toEqual(VALUES);
    expect(count).toBe(VALUES.length + 1);
    expect(requests).toMatchObject([
      { method: 'GET', headers: { accept: 'text/event-stream, application/x-ndjson' } },
    ]);
    expect(requests[0]?.headers).not.toHaveProperty('last-event-id');
  });

  it('emits the chunks of lines', async () => {
    const { url } = await startGateway(
      send([...toLines(VALUES), '\n', ...toLines([DONE])], NDJSON),
    );
    const { values, error } = await listen(fromChatEvents(url));
    expect(error).toBeUndefined();
    expect(values).toEqual(VALUES);
  });
});
