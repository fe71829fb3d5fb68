import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { NEVER, last } from 'rxjs';
import { marbles } from 'rxjs-marbles/jest';
import { isOllamaError, replayChat } from 'rxjs-ollama';
import { scriptedClient, toMarbles } from 'rxjs-ollama/testing';
import { answerView } from './answerView.js';

// What `recordChat` wrote when it went wrong.
const recording = readFileSync('spec/guide/broken.ndjson', 'utf8');
const text = 'An old silent pond,\nA frog jumps';

describe('a model that breaks down in the middle', () => {
  it('said something before, and then nothing for a second', () => {
    const [drawn, , error] = toMarbles(recording, { frame: 10 });
    expect(drawn).toBe('86ms ab---c--d----e--fg--h--i 120ms #');
    expect(isOllamaError(error, 'stream')).toBe(true);
  });

  // prettier-ignore
  it('leaves what it said on the screen', marbles((m) => {
    const client = scriptedClient(replayChat(recording));
    const expected = '2296ms (x|)';
    const view$ = answerView({ model: 'qwen3' }, NEVER, { client }).pipe(last());
    m.expect(view$).toBeObservable(expected, { x: { state: 'failed', text } });
  }));
});
