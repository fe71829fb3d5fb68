import { describe, expect, it } from '@jest/globals';
import { marbles } from 'rxjs-marbles/jest';
import { marbleChat, scriptedClient } from 'rxjs-ollama/testing';
import { ChatService } from './chatService.js';

const texts = { e: '', h: 'Hel', i: 'Hello', n: '!' };

// prettier-ignore
describe('ChatService', () => {
  it('shows the answer as it grows, without the thinking', marbles((m) => {
    const model = m.cold(...marbleChat('  --t--a--b--(d|)'));
    const questions = m.hot<string>('    -q');
    const expected = '                   ---e--h--i';
    const service = new ChatService({ client: scriptedClient(model) });
    questions.subscribe((question) => { service.ask(question); });
    m.expect(service.answer$).toBeObservable(expected, texts);
  }));

  it('stops the model when there is a new question', marbles((m) => {
    const first = m.cold(...marbleChat('   --a----b----(d|)'));
    const second = m.cold(...marbleChat('       --c----(d|)'));
    const questions = m.hot<string>('     -q----r');
    const expected = '                    ---h----n';
    const firstSubs = '                   -^----!';
    const secondSubs = '                  ------^------!';
    const client = scriptedClient((_, index) => [first, second][index] ?? []);
    const service = new ChatService({ client });
    questions.subscribe((question) => { service.ask(question); });
    m.expect(service.answer$).toBeObservable(expected, texts);
    m.expect(first).toHaveSubscriptions(firstSubs);
    m.expect(second).toHaveSubscriptions(secondSubs);
    m.flush();
    expect(client.requests.map(({ messages }) => messages?.[0]?.content)).toEqual(['q', 'r']);
    expect(client.aborts).toBe(1);
  }));

  it('stops the model when the user does, also before the first word', marbles((m) => {
    const model = m.cold(...marbleChat('  60s a'));
    const stop = m.hot('                 --- 3s s');
    const subs = '                       -^- 3s !';
    const service = new ChatService({ client: scriptedClient(model) });
    m.hot<string>('-q').subscribe((question) => { service.ask(question); });
    stop.subscribe(() => { service.stop(); });
    m.expect(service.answer$).toBeObservable('');
    m.expect(model).toHaveSubscriptions(subs);
  }));
});
