import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import {
  startScriptedOllama,
  type ScriptedOllama,
  type Script,
  type Step,
} from 'rxjs-ollama/testing/node';
import { startBrowser, type Browser } from '../support/browser/startBrowser.js';
import { servePage, traceTasks, until, type Kit } from './support.js';

// The first start of a browser takes its time.
jest.setTimeout(60_000);

/** In the page. */
declare const kit: Kit;

let browser: Browser;
let served: Awaited<ReturnType<typeof servePage>>;
const servers: ScriptedOllama[] = [];

beforeAll(async () => {
  [browser, served] = await Promise.all([startBrowser(), servePage()]);
});

afterAll(async () => {
  await browser.close();
  await served.close();
});

afterEach(async () => {
  await browser.closePages();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  expect(browser.said.splice(0)).toEqual([]);
});

async function start(script: Script): Promise<ScriptedOllama> {
  const server = await startScriptedOllama(script);
  servers.push(server);
  return server;
}

async function openPage(): Promise<Page> {
  const page = await browser.context.newPage();
  await page.goto(served.url);
  // What Playwright needs for it goes into the page at the first use, and shall not be in a trace.
  await until(page, isText, '');
  return page;
}

const showChat = (page: Page, ollama: ScriptedOllama, headers?: Record<string, string>) =>
  page.evaluate(
    ([url, more]) => {
      kit.show(url, more);
    },
    [ollama.url, headers] as const,
  );

const isText = (text: string) => document.body.textContent === text;
const isEnd = (end: string) => kit.shown.end === end;

describe('a chat of 1,000 chunks a second', () => {
  const words = Array.from({ length: 3000 }, (_, n) => ` word${String(n)}`);

  /** Keeps the pace, whatever a timer is worth on this machine. */
  async function* pace(): AsyncGenerator<Step> {
    const begun = performance.now();
    for (const [n, word] of words.entries()) {
      while (performance.now() < begun + n) await setTimeout(1);
      yield word;
    }
    yield { done: true };
  }

  it('is shown whole, once a frame, without a long task', async () => {
    const page = await openPage();
    const ollama = await start(pace);
    const tasks = await traceTasks(browser.context, async () => {
      await showChat(page, ollama);
      await until(page, isEnd, 'complete');
    });
    const { frames, renders } = await page.evaluate(() => kit.shown);

    expect(await page.textContent('body')).toBe(words.join(''));
    // A page that gets no frame for 250 ms is taken for hidden, and served by a timer.
    const inFrame = frames.map(({ ms, renders }) => renders - Math.floor(ms / 250));
    expect(Math.max(...inFrame)).toBe(1);
    expect(renders.length).toBeGreaterThan(10);
    expect(tasks.length).toBeGreaterThan(renders.length);
    expect(Math.max(...tasks)).toBeGreaterThan(0);
    expect(Math.max(...tasks)).toBeLessThan(50);
  });
});

describe('a chat that is left', () => {
  const moments: [string, Step[], string][] = [
    ['before the headers', [{ fault: 'hang' }], ''],
    ['before the first chunk', [{ raw: '' }, { fault: 'hang' }], ''],
    ['in mid-stream', ['Hel', { fault: 'hang' }], 'Hel'],
  ];

  it.each(moments)('is over at the server: %s', async (_, steps, text) => {
    const page = await openPage();
    const ollama = await start(steps);
    await showChat(page, ollama);
    const request = await ollama.received();
    await until(page, isText, text);
    expect(request.outcome).toBe('open');

    await page.evaluate(() => {
      kit.leave();
    });
    expect(await request.closed).toBe('aborted');
    expect(ollama.requests).toHaveLength(1);
    expect(await page.evaluate(() => kit.shown.end)).toBe('');
  });
});

describe('a page in the background', () => {
  it('gets its text, and has lost nothing when it is shown again', async () => {
    const page = await openPage();
    let goOn: () => void = () => undefined;
    let finish: () => void = () => undefined;
    const ollama = await start([
      'front,',
      {
        content: ' back,',
        delay: new Promise<void>((resolve) => {
          goOn = resolve;
        }),
      },
      {
        content: ' front',
        delay: new Promise<void>((resolve) => {
          finish = resolve;
        }),
      },
      { done: true },
    ]);
    await showChat(page, ollama);
    await until(page, isText, 'front,');

    const other = await openPage();
    await until(page, (state) => document.visibilityState === state, 'hidden');
    const frames = await page.evaluate(() => kit.shown.frames.length);
    goOn();
    await until(page, isText, 'front, back,');
    expect(await page.evaluate(() => kit.shown)).toMatchObject({ renders: [false, true], end: '' });
    // Else it would not have been the timer that did it.
    expect(await page.evaluate(() => kit.shown.frames.length)).toBe(frames);

    await page.bringToFront();
    await until(other, (state) => document.visibilityState === state, 'hidden');
    finish();
    await until(page, isEnd, 'complete');
    expect(await page.textContent('body')).toBe('front, back, front');
  });
});

describe('a page of another origin', () => {
  /** The statuses of the preflights so far. */
  async function watchPreflights(page: Page): Promise<number[]> {
    const session = await browser.context.newCDPSession(page);
    const statuses: number[] = [];
    session.on('Network.responseReceived', ({ type, response }) => {
      if (type === 'Preflight') statuses.push(response.status);
    });
    await session.send('Network.enable');
    return statuses;
  }

  it('is let in after a preflight', async () => {
    const page = await openPage();
    const preflights = await watchPreflights(page);
    await showChat(page, await start(['Hello', { done: true }]));
    await until(page, isEnd, 'complete');
    expect(await page.textContent('body')).toBe('Hello');
    expect(preflights).toEqual([204]);
  });

  it('is told where to look when a header of its own keeps it out', async () => {
    const page = await openPage();
    const ollama = await start(['Hello', { done: true }]);
    await showChat(page, ollama, { 'x-trace': '1' });
    await until(page, (start) => kit.shown.end.startsWith(start), 'OllamaConnectionError: ');
    expect(await page.evaluate(() => kit.shown.end)).toContain('OLLAMA_ORIGINS');
    expect(ollama.requests).toEqual([]);
    // The browser itself.
    expect(browser.said.splice(0)).toEqual([
      expect.stringContaining('x-trace is not allowed by Access-Control-Allow-Headers'),
      expect.stringContaining('net::ERR_FAILED'),
    ]);
  });
});

describe('the testing kit', () => {
  it('answers a page without a server', async () => {
    const page = await openPage();
    expect(await page.evaluate(() => kit.chatByScript())).toEqual({
      role: 'assistant',
      thinking: 'Hm.',
      content: 'Hello',
    });
  });
});
