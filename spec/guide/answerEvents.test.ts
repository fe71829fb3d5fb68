import { OllamaConnectionError } from 'rxjs-ollama';
import { marbleChat, scriptedClient } from 'rxjs-ollama/testing';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, test } from 'vitest';
import { answerEvents, type AnswerEvent } from './answerEvents.js';

const events: Record<string, AnswerEvent> = {
  h: { type: 'text', data: 'Hel' },
  i: { type: 'text', data: 'lo' },
  e: { type: 'end', data: '' },
  f: { type: 'error', data: 'stream' },
};

const createScheduler = () =>
  new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });

// prettier-ignore
describe('the events of an answer', () => {
  test('are its text and its end', () => {
    createScheduler().run(({ cold, expectObservable }) => {
      const client = scriptedClient(cold(...marbleChat('-t-a-b-(d|)')));
      const expected = '                                ---h-i-(e|)';
      expectObservable(answerEvents('Hi', { client })).toBe(expected, events);
    });
  });

  test('come from a second request when the first one was refused', () => {
    createScheduler().run(({ cold, expectObservable, flush }) => {
      const refused = cold(...marbleChat(' -#', {}, new OllamaConnectionError('refused')));
      const answered = cold(...marbleChat('        -a-(d|)'));
      const expected = '                   - 500ms -h-(e|)';
      const client = scriptedClient((_, index) => index ? answered : refused);
      expectObservable(answerEvents('Hi', { client })).toBe(expected, events);
      flush();
      expect(client.requests).toHaveLength(2);
    });
  });

  test('end with an error in mid-stream', () => {
    createScheduler().run(({ cold, expectObservable }) => {
      const client = scriptedClient(cold(...marbleChat('-a-#')));
      const expected = '                                -h-(f|)';
      expectObservable(answerEvents('Hi', { client })).toBe(expected, events);
    });
  });

  test('stop the model when the browser disconnects', () => {
    createScheduler().run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const model = cold(...marbleChat('-a-b-a-b-a-b'));
      const disconnect = '              ----!       ';
      const expected = '                -h-i-       ';
      const subs = '                    ^---!       ';
      const client = scriptedClient(model);
      expectObservable(answerEvents('Hi', { client }), disconnect).toBe(expected, events);
      expectSubscriptions(model.subscriptions).toBe(subs);
      flush();
      expect(client.aborts).toBe(1);
    });
  });
});
