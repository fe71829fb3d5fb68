import { describe, expect, it } from '@jest/globals';
import { NEVER, of, throwError } from 'rxjs';
import { answerText, fromOllamaChat } from '../../lib/index.js';
import { chunk, marbleChat, scriptedClient } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const request = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };

describe('scriptedClient', () => {
  // prettier-ignore
  it('answers in virtual time, with no promise in between', marbles((m) => {
    const source = m.cold(...marbleChat(' -a-b|'));
    const text$ = fromOllamaChat(request, { client: scriptedClient(source) }).pipe(answerText());
    const expected = '                   -x-y|';
    m.expect(text$).toBeObservable(expected, { x: 'Hel', y: 'lo' });
    m.expect(source).toHaveSubscriptions('^---!');
  }));

  it('answers each request as the script says', () => {
    const client = scriptedClient(({ model }, index) => [
      chunk.answer(`${model} ${String(index)}`),
    ]);
    const texts: string[] = [];
    const text$ = fromOllamaChat(request, { client }).pipe(answerText());
    text$.subscribe((text) => texts.push(text));
    text$.subscribe((text) => texts.push(text));
    expect(texts).toEqual(['any 0', 'any 1']);
    expect(client.requests).toEqual([
      { ...request, stream: true },
      { ...request, stream: true },
    ]);
  });

  it('counts the answers that were left, and no others', () => {
    const answers = [of(chunk.done()), throwError(() => chunk.error('boom')), NEVER];
    const client = scriptedClient((_, index) => answers[index] ?? []);
    const chat$ = fromOllamaChat(request, { client });
    chat$.subscribe();
    chat$.subscribe({ error: () => undefined });
    const subscription = chat$.subscribe();
    expect(client.aborts).toBe(0);
    subscription.unsubscribe();
    expect(client.aborts).toBe(1);
  });

  it('records nothing before it is subscribed to', () => {
    const client = scriptedClient([]);
    void fromOllamaChat(request, { client });
    expect(client.requests).toEqual([]);
  });
});
