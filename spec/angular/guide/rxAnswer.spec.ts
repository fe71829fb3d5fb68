import { signal, type ResourceRef } from '@angular/core';
import { rxResource } from '@angular/core/rxjs-interop';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { accumulateMessage, type AssistantMessage } from '../../../lib/index.js';
import { injectOllama } from '../../../lib/angular/index.js';
import { chunk } from '../../../lib/testing/index.js';
import { mountTesting } from '../support.js';
import { rxAnswer } from './rxAnswer.js';

type Answer = ResourceRef<AssistantMessage | undefined>;

/** What users write first. */
function plain(question: () => string | undefined): Answer {
  const ollama = injectOllama();
  return rxResource({
    params: () => {
      const content = question();
      return content === undefined ? undefined : { content };
    },
    stream: ({ params: { content } }) =>
      ollama.chat({ messages: [{ role: 'user', content }] }).pipe(accumulateMessage()),
  });
}

async function setUp(create: (question: () => string | undefined) => Answer) {
  const question = signal<string | undefined>('Hi', { equal: () => false });
  const { ref, controller } = mountTesting(() => create(question));
  const [server] = controller.match('Hi');
  if (!server) throw new Error('Nothing was asked.');
  server.answer('Hel');
  await Promise.resolve();
  return {
    answer: ref,
    controller,
    server,
    change: (text: string | undefined) => {
      question.set(text);
      TestBed.tick();
    },
  };
}

describe('rxResource over a chat', () => {
  it('keeps the model running when its params become undefined', async () => {
    const { answer, server, change } = await setUp(plain);
    change(undefined);
    expect(answer.status()).toBe('idle');
    expect(server.aborted).toBe(false);
  });

  it('loses the text on an error', async () => {
    const { answer, server } = await setUp(plain);
    expect(answer.value()).toMatchObject({ content: 'Hel' });
    server.error(chunk.error('out of memory'));
    expect(answer.status()).toBe('error');
    expect(() => answer.value()).toThrow();
  });

  it('is resolved while the answer is still streaming', async () => {
    const { answer, server } = await setUp(plain);
    expect(server.closed).toBe(false);
    expect(answer.status()).toBe('resolved');
    expect(answer.isLoading()).toBe(false);
  });

  it('asks again for params that are equal', async () => {
    const { controller, change } = await setUp(plain);
    change('Hi');
    controller.expectOne('Hi');
  });
});

describe('rxResource over a chat, with params that are a text', () => {
  it('stops the model when there is no question', async () => {
    const { answer, server, change } = await setUp(rxAnswer);
    change(undefined);
    expect(server.aborted).toBe(true);
    expect(answer.value()).toBeUndefined();
  });

  it('does not ask again for the same text', async () => {
    const { controller, change } = await setUp(rxAnswer);
    change('Hi');
    controller.expectNone();
  });
});
