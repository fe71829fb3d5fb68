import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createGate, start, until } from '../support.js';
import { ChatService } from './chatService.js';

/** The service asks the default host: all requests go to the server of the test. */
async function setUp(...script: Parameters<typeof start>) {
  const ollama = await start(...script);
  const { fetch } = globalThis;
  jest
    .spyOn(globalThis, 'fetch')
    .mockImplementation((input, init) =>
      fetch((input as string).replace('http://127.0.0.1:11434', ollama.url), init),
    );
  const service = TestBed.inject(ChatService);
  return { ollama, service, text: () => service.message()?.content ?? '' };
}

const { OLLAMA_HOST } = process.env;
beforeEach(() => {
  delete process.env['OLLAMA_HOST'];
});
afterEach(() => {
  if (OLLAMA_HOST !== undefined) process.env['OLLAMA_HOST'] = OLLAMA_HOST;
  jest.restoreAllMocks();
});

describe('ChatService', () => {
  it('has the answer as it grows', async () => {
    const { gate, open } = createGate();
    const { service, text } = await setUp(['Hel', { content: 'lo', delay: gate }, { done: true }]);
    service.ask('Hi');
    await until(() => text() === 'Hel');
    open();
    await until(() => text() === 'Hello');
    expect(service.message()).toEqual({ role: 'assistant', content: 'Hello' });
  });

  it.each<[string, (service: ChatService) => void]>([
    [
      'by stop()',
      (service) => {
        service.stop();
      },
    ],
    [
      'by a new question',
      (service) => {
        service.ask('Bye');
      },
    ],
    [
      'by the end of the app',
      () => {
        TestBed.resetTestingModule();
      },
    ],
  ])('stops the model %s', async (_, leave) => {
    const { gate, open } = createGate();
    const { ollama, service, text } = await setUp(['Hel', { content: 'lo', delay: gate }]);
    service.ask('Hi');
    await until(() => text() === 'Hel');
    leave(service);
    expect(await (await ollama.received()).closed).toBe('aborted');
    open();
  });

  it('keeps the text after an error, and answers the next question', async () => {
    const { service, text } = await setUp(({ body }) =>
      body.messages?.[0]?.content === 'Hi' ? ['Hel', { error: 'down' }] : ['Bye', { done: true }],
    );
    service.ask('Hi');
    await until(() => service.error() !== undefined);
    expect(text()).toBe('Hel');
    service.ask('Bye');
    expect(service.error()).toBeUndefined();
    await until(() => text() === 'Bye');
  });
});
