import { deepEqual } from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import { marbleChat, scriptedClient } from 'rxjs-ollama/testing';
import { TestScheduler } from 'rxjs/testing';
import { answerView, type AnswerView } from './answerView.js';

const request = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] };
const views: Record<string, AnswerView> = {
  w: { state: 'waiting', text: '' },
  t: { state: 'thinking', text: '' },
  h: { state: 'answering', text: 'Hel' },
  i: { state: 'answering', text: 'Hello!' },
  d: { state: 'done', text: 'Hello!' },
  f: { state: 'failed', text: 'Hel' },
};

/** Any assertion library works: it compares what came with what was expected. */
const createScheduler = () => new TestScheduler(deepEqual);

// prettier-ignore
describe('the view of an answer', () => {
  it('changes at most every 50 ms', () => {
    createScheduler().run(({ cold, expectObservable }) => {
      const model = cold(...marbleChat('tu 98ms abc 97ms (d|)'));
      const expected = '                w 49ms t 99ms i 49ms (d|)';
      const view$ = answerView(request, NEVER, { client: scriptedClient(model) });
      expectObservable(view$).toBe(expected, views);
    });
  });

  it('fails after ten seconds of silence, and keeps what there is', () => {
    createScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const model = cold(...marbleChat('3s a 20s b 5s (d|)'));
      const expected = '                w 3049ms h 9949ms (f|)';
      const subs = '                    ^ 12999ms !';
      const view$ = answerView(request, NEVER, { client: scriptedClient(model) });
      expectObservable(view$).toBe(expected, views);
      expectSubscriptions(model.subscriptions).toBe(subs);
    });
  });

  it('stops the model when the user does', () => {
    createScheduler().run(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const model = cold(...marbleChat('3s a 5s b'));
      const stop$ = hot('               4s s');
      const expected = '                w 3049ms h 949ms |';
      const subs = '                    ^ 3999ms !';
      const view$ = answerView(request, stop$, { client: scriptedClient(model) });
      expectObservable(view$).toBe(expected, views);
      expectSubscriptions(model.subscriptions).toBe(subs);
    });
  });
});
