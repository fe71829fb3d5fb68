// A user's test, run against the packed package by Node itself.
import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { answerText } from 'rxjs-ollama';
import { marbleChat } from 'rxjs-ollama/testing';
import { TestScheduler } from 'rxjs/testing';

await test('the answer comes without the thinking', () => {
  new TestScheduler(deepEqual).run(({ cold, expectObservable }) => {
    const chat$ = cold(...marbleChat('               tu 5s a-b-(d|)'));
    expectObservable(chat$.pipe(answerText())).toBe('-- 5s x-y-|', { x: 'Hel', y: 'lo' });
  });
});
