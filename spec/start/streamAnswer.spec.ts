import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { accumulateMessage, answerText, fromChatEvents } from 'rxjs-ollama';
import { startScriptedOllama, type Script } from 'rxjs-ollama/testing/node';
import { streamAnswer } from './streamAnswer.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

/** The handler behind a real HTTP server, in front of a scripted model. */
async function serve(script: Script) {
  const ollama = await startScriptedOllama(script);
  const server = createServer((request, response) => {
    const question = new URL(request.url ?? '', 'http://localhost').searchParams.get('q') ?? '';
    void streamAnswer(question, response, { host: ollama.url });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
    await ollama.close();
  });
  return {
    ollama,
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/?q=Hi`,
  };
}

describe('the handler in plain Node', () => {
  it('streams the answer, with the thinking apart', async () => {
    const { ollama, url } = await serve([{ thinking: 'Hm.' }, 'Hel', 'lo', { done: true }]);
    const message = await lastValueFrom(fromChatEvents(url).pipe(accumulateMessage()));
    expect(message).toEqual({ role: 'assistant', thinking: 'Hm.', content: 'Hello' });
    expect(await ollama.requests[0]?.closed).toBe('completed');
    expect(ollama.requests[0]?.body.messages).toEqual([{ role: 'user', content: 'Hi' }]);
  });

  it('stops the model when the client disconnects in mid-stream', async () => {
    const { ollama, url } = await serve(function* () {
      for (;;) yield { content: 'and then ', delay: 1 };
    });
    expect(await firstValueFrom(fromChatEvents(url).pipe(answerText()))).toBe('and then ');
    expect(await (await ollama.received()).closed).toBe('aborted');
  });

  it('stops the model when the client disconnects before the first chunk', async () => {
    const { ollama, url } = await serve([{ fault: 'hang' }]);
    const subscription = fromChatEvents(url).subscribe();
    const request = await ollama.received();
    subscription.unsubscribe();
    expect(await request.closed).toBe('aborted');
  });

  it('sends the code of an error, and writes the error itself to the log', async () => {
    const log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const { url } = await serve(['Hel', { error: 'out of memory' }]);
    await expect(lastValueFrom(fromChatEvents(url))).rejects.toMatchObject({
      code: 'stream',
      message: 'The answer could not be completed.',
      partial: { content: 'Hel' },
    });
    expect(log.mock.calls).toMatchObject([[{ message: 'out of memory' }]]);
  });
});
