import { deepStrictEqual } from 'node:assert';
import { describe, expect, it } from '@jest/globals';
import { Ollama } from 'ollama/browser';
import { from, lastValueFrom, take } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  accumulateMessage,
  accumulateResponse,
  answerText,
  bufferForUi,
  fromOllamaChat,
  fromOllamaStream,
  splitThinking,
} from 'rxjs-ollama';
import { marbleAssertion, marbleChat, scriptedClient } from 'rxjs-ollama/testing';
import type { Script } from 'rxjs-ollama/testing/node';
import { start } from '../testing/node/support.js';
import { listFiles, readDocument } from './documents.js';

const FOLDER = 'docs/troubleshooting';
const pages = listFiles(FOLDER, '.md').filter((file) => !file.endsWith('README.md'));
const request = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] };

describe('the pages of symptoms', () => {
  it.each(pages)('%s says what you see, why, and what to do', (file) => {
    const headings = readDocument(file).text.match(/(?<=^## ).*$/gm);
    expect([
      ['What you see', 'Why', 'What to do'],
      ['What you see', 'Why, and what to do'],
    ]).toContainEqual(headings);
  });

  it('are all listed', () => {
    const links = readDocument(`${FOLDER}/README.md`).text.match(/(?<=\]\()[\w-]+\.md/g) ?? [];
    expect(links.map((link) => `${FOLDER}/${link}`).sort()).toEqual(pages.sort());
  });
});

describe('what these pages say', () => {
  it.each([
    ['http://localhost:4200', 200],
    ['tauri://localhost', 200],
    ['https://app.example.com', 403],
    ['chrome-extension://abc', 403],
  ])('cors: %s gets %i', async (origin, status) => {
    const ollama = await start(['Hi', { done: true }]);
    const response = await fetch(`${ollama.url}/api/chat`, {
      method: 'POST',
      headers: { origin },
      body: JSON.stringify(request),
    });
    await response.text();
    expect(response.status).toBe(status);
  });

  const endless: Script = ['Hel', { fault: 'hang' }];

  it('model-keeps-running: `from` does not stop the model, fromOllamaStream does', async () => {
    const ollama = await start(endless);
    const client = new Ollama({ host: ollama.url });
    const ask = () => client.chat({ ...request, stream: true });
    await lastValueFrom(from(await ask()).pipe(take(1)));
    await lastValueFrom(fromOllamaStream(ask).pipe(take(1)));
    await (
      await ollama.received(2)
    ).closed;
    expect(ollama.requests.map(({ outcome }) => outcome)).toEqual(['open', 'aborted']);
  });

  it('model-keeps-running: what the scripted server sees', async () => {
    const ollama = await start(endless);
    fromOllamaChat(request, { host: ollama.url }).pipe(take(1)).subscribe();
    expect(await (await ollama.received()).closed).toBe('aborted');
  });

  it('empty-answer: how thinking alone, the limit and loading can be told apart', async () => {
    const ollama = await start(({ body }) =>
      body.messages?.length
        ? ['<think>Hm', { done: true, done_reason: 'length' }]
        : [{ done: true, done_reason: 'load' }],
    );
    const ask = (messages: typeof request.messages) =>
      lastValueFrom(
        fromOllamaChat({ model: 'qwen3', messages }, { host: ollama.url }).pipe(
          splitThinking(),
          accumulateResponse(),
        ),
      );
    const message = { role: 'assistant', content: '' };
    expect(await ask(request.messages)).toMatchObject({
      message: { ...message, thinking: 'Hm' },
      done_reason: 'length',
    });
    expect(await ask([])).toMatchObject({ message, done_reason: 'load' });
  });

  it('cut-answer: a truncated answer has the text so far', async () => {
    const ollama = await start(['Once upon', { fault: 'close' }]);
    const message$ = fromOllamaChat(request, { host: ollama.url }).pipe(accumulateMessage());
    await expect(lastValueFrom(message$)).rejects.toMatchObject({
      name: expect.stringMatching(/^Ollama(Truncated|Connection)Error$/),
      partial: { content: 'Once upon' },
    });
  });

  it('silent-tests: an async callback passes whatever it expects', async () => {
    const test = (): unknown =>
      new TestScheduler(deepStrictEqual).run(async ({ cold, expectObservable }) => {
        await Promise.resolve();
        expectObservable(cold('a|')).toBe('b|');
      });
    expect(test).not.toThrow();
    await (test() as Promise<void>);
  });

  it('silent-tests: the scheduler compares where no promise stands between', () => {
    const test = (text: string) => {
      new TestScheduler(marbleAssertion(deepStrictEqual)).run(({ cold, expectObservable }) => {
        const client = scriptedClient(cold(...marbleChat('-a-b-(d|)')));
        const text$ = fromOllamaChat(request, { client }).pipe(answerText());
        expectObservable(text$).toBe('                    -x-y-|', { x: 'Hel', y: text });
      });
    };
    expect(() => {
      test('lo');
    }).not.toThrow();
    expect(() => {
      test('la');
    }).toThrow('The marbles differ');
  });

  it('no-frames-in-node: a frame is 16 ms, or what `animate` draws', () => {
    const run = (frames?: string) => {
      const times: number[] = [];
      const scheduler = new TestScheduler(deepStrictEqual);
      scheduler.run(({ cold, animate, flush }) => {
        if (frames) animate(frames);
        const chat$ = cold(...marbleChat('-a-b--c 50ms |'));
        chat$.pipe(bufferForUi(), answerText()).subscribe(() => times.push(scheduler.now()));
        flush();
      });
      return times;
    };
    expect(run()).toEqual([17]);
    expect(run('-----x----x')).toEqual([5, 10]);
  });
});
