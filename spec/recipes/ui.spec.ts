import { describe, expect, it } from '@jest/globals';
import { Subject, filter, firstValueFrom, from, lastValueFrom, share, toArray } from 'rxjs';
import { createConversation, type Message } from 'rxjs-ollama';
import { cuttings } from 'rxjs-ollama/testing';
import { start } from '../sources/support.js';
import { renderAndFollow } from './autoscroll.js';
import { markdownBlocks } from './markdown.js';
import { storeIn } from './persistence.js';
import { answerAgain } from './regenerate.js';
import { answerUntilStopped } from './stop.js';
import { titleOf } from './title.js';
import { keepTokens } from './tokenBudget.js';

const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });

describe('the recipe for a Stop button', () => {
  it('shows the text, stops the model, and takes another question', async () => {
    const ollama = await start(['Hel', 'lo', { fault: 'hang' }]);
    const question$ = new Subject<string>();
    const stop$ = new Subject<void>();
    const answer$ = answerUntilStopped(question$, stop$, { host: ollama.url }).pipe(share());
    const subscription = answer$.subscribe();
    const hello = firstValueFrom(answer$.pipe(filter(({ content }) => content === 'Hello')));
    question$.next('Hi?');
    const request = await ollama.received();
    await hello;
    stop$.next();
    expect(await request.closed).toBe('aborted');
    question$.next('And now?');
    expect((await ollama.received(2)).body.messages).toEqual([user('And now?')]);
    subscription.unsubscribe();
    expect(await (await ollama.received(2)).closed).toBe('aborted');
  });
});

describe('the recipe for another answer', () => {
  it('makes the same request again, and cancels the first', async () => {
    const ollama = await start(['Hi', { fault: 'hang' }]);
    const again$ = new Subject<void>();
    const request = { model: 'qwen3', messages: [user('Hi?')] };
    const subscription = answerAgain(request, again$, { host: ollama.url }).subscribe();
    const before = await ollama.received();
    again$.next();
    expect(await before.closed).toBe('aborted');
    expect((await ollama.received(2)).body).toEqual(before.body);
    subscription.unsubscribe();
  });
});

describe('the recipe for scrolling', () => {
  const follow = (scrollTop: number) => {
    const element = { scrollTop, scrollHeight: 500, clientHeight: 100 };
    from(['a'])
      .pipe(renderAndFollow(element, () => (element.scrollHeight += 60)))
      .subscribe();
    return element.scrollTop;
  };

  it('follows a reader at the end, and leaves one who has scrolled up', () => {
    expect([400, 360, 359].map(follow)).toEqual([560, 560, 359]);
  });
});

describe('the recipe for Markdown', () => {
  const text = '# A\n\nOne\ntwo.\n\n```ts\na;\n\nb;\n```\n\n\n- c';
  const blocks = ['# A\n\n', 'One\ntwo.\n\n', '```ts\na;\n\nb;\n```\n\n', '\n- c'];

  it('finds the same blocks wherever the text is cut', async () => {
    for (const pieces of cuttings(text)) {
      const { finished, open } = await lastValueFrom(from(pieces).pipe(markdownBlocks()));
      expect([...finished, open].join('')).toBe(text);
      expect([...finished, open].map((block) => block.trim())).toEqual(
        blocks.map((block) => block.trim()),
      );
    }
  });

  it('never changes a finished block', async () => {
    const all = await lastValueFrom(from(text).pipe(markdownBlocks(), toArray()));
    const last = all.at(-1)?.finished ?? [];
    for (const { finished } of all) expect(last.slice(0, finished.length)).toEqual(finished);
  });
});

describe('the recipe for a title', () => {
  it('asks once, after the first answer', async () => {
    const ollama = await start(({ body }) => [
      body.messages?.at(-1)?.content.startsWith('Write a title') ? '"Blue sky."' : 'Scattering.',
      { done: true },
    ]);
    const conversation = createConversation({ model: 'qwen3', host: ollama.url, every: 0 });
    const title = lastValueFrom(titleOf(conversation, 'qwen3', { host: ollama.url }));
    conversation.send('Why is the sky blue?');
    expect(await title).toBe('Blue sky');
    expect(ollama.requests).toHaveLength(2);
    expect(conversation.state.messages).toHaveLength(2);
    conversation.destroy();
  });
});

describe('the recipe for a budget of tokens', () => {
  const call = { function: { name: 'look', arguments: {} } };
  const messages = [
    user('a'.repeat(40)),
    assistant('b'.repeat(40)),
    user('c'.repeat(40)),
    { ...assistant(''), tool_calls: [call] },
    { role: 'tool', content: 'd'.repeat(40) },
    assistant('e'.repeat(40)),
    user('f'.repeat(40)),
  ];

  it.each([
    [Infinity, 7],
    [60, 7],
    [59, 5],
    [40, 5],
    [39, 1],
    [1, 1],
  ])('with %d has the last %d messages', (budget, count) => {
    expect(keepTokens(budget)(messages)).toEqual(messages.slice(-count));
  });

  it('counts as you do', () => {
    expect(keepTokens(5, () => 1)(messages)).toEqual(messages.slice(-5));
  });
});

describe('the recipe for keeping a conversation', () => {
  it('loads what was saved, with ids', async () => {
    const ollama = await start(['Hello.', { done: true }]);
    const items = new Map<string, string>();
    const storage = {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, text: string) => void items.set(key, text),
    };
    const create = () =>
      createConversation({
        model: 'qwen3',
        host: ollama.url,
        store: storeIn(storage, 'chat'),
      });
    const conversation = create();
    conversation.send('Hi');
    const { messages } = await firstValueFrom(
      conversation.state$.pipe(filter(({ ending }) => ending === 'stop')),
    );
    conversation.destroy();
    const later = create();
    const loaded = await firstValueFrom(
      later.state$.pipe(filter((state) => state.messages.length > 0)),
    );
    expect(loaded.messages).toEqual(messages);
    later.clear();
    expect(items.get('chat')).toBe('[]');
    later.destroy();
  });
});
