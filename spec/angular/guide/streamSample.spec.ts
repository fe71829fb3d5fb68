import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { Ollama } from 'ollama/browser';
import { chatResource, provideOllama } from '../../../lib/angular/index.js';
import type { Script } from '../../../lib/testing/node/index.js';
import { roundTrip } from '../../sources/support.js';
import { ask, createGate, mount, start, until } from '../support.js';
import { streamAnswer } from './streamSample.js';

/** How the first answer ends at the server, if its page is left in the middle of it. */
async function leave(
  create: (question: () => string, host: string) => { readonly text: () => string },
  way: 'destroyed' | 'new question',
): Promise<string> {
  const { gate, open } = createGate();
  const script: Script = ['Once ', { content: 'upon', delay: gate }, { done: true }];
  const ollama = await start(script);
  const question = signal('one');
  const { ref, fixture } = mount(
    () => create(question, ollama.url),
    [provideOllama({ host: ollama.url, model: 'qwen3' })],
  );
  await until(() => ref.text() === 'Once ');
  if (way === 'destroyed') fixture.destroy();
  else {
    question.set('two');
    TestBed.tick();
    await ollama.received(2);
  }
  await roundTrip(ollama);
  const request = await ollama.received();
  open();
  return request.closed;
}

describe.each(['destroyed', 'new question'] as const)('an answer that is left: %s', (way) => {
  it('runs to its end with the sample of resource()', async () => {
    const outcome = await leave((question, host) => {
      const answer = streamAnswer(question, new Ollama({ host }));
      return { text: () => answer.value() ?? '' };
    }, way);
    expect(outcome).toBe('completed');
  });

  it('is stopped with chatResource', async () => {
    const outcome = await leave((question) => {
      const chat = chatResource({ request: () => ask(question()) });
      return { text: () => chat.answer() };
    }, way);
    expect(outcome).toBe('aborted');
  });
});
