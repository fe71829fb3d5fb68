import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import {
  inTurn,
  startScriptedOllama,
  type ScriptedOllama,
  type Script,
} from 'rxjs-ollama/testing/node';
import { startBrowser, type Browser } from '../support/browser/startBrowser.js';
import { createGate } from '../testing/node/support.js';
import { buildApp, startServer, type RenderingServer } from './app.js';

/** An install from a registry, and a build. */
const BUILD_MS = 600_000;

let built: string;
let browser: Browser;
let ollama: ScriptedOllama;
let server: RenderingServer;
const started: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  built = await buildApp();
  browser = await startBrowser();
}, BUILD_MS);

afterAll(() => browser.close());

afterEach(async () => {
  await browser.closePages();
  for (const each of started.splice(0)) await each.close();
  // Hydration errors would be among it.
  expect(browser.said.splice(0)).toEqual([]);
});

async function start(script: Script): Promise<void> {
  ollama = await startScriptedOllama(script);
  started.push(ollama);
  server = await startServer(ollama.url);
  started.unshift(server);
}

/** What the server renders: the texts of the elements with an id. */
async function render(path: string): Promise<Record<string, string>> {
  const html = await (await fetch(server.url + path)).text();
  return Object.fromEntries(
    Array.from(html.matchAll(/<p[^>]* id="(\w+)"[^>]*>([^<]*)</g), ([, id = '', text = '']) => [
      id,
      text,
    ]),
  );
}

async function open(path: string): Promise<Page> {
  const page = await browser.context.newPage();
  await page.goto(server.url + path);
  return page;
}

/** Waits until an element of the page says this. */
const expectText = (page: Page, id: string, text: string) =>
  page.waitForFunction(
    ([wanted, expected]) => document.getElementById(wanted ?? '')?.textContent === expected,
    [id, text],
    { polling: 20 },
  );

const story: Script = [{ thinking: 'Hm' }, 'Once ', 'upon', { done: true }];

it('the packed package builds ahead of time, strictly, for browser and server', () => {
  expect(built).toContain('Application bundle generation complete.');
  expect(built).not.toMatch(/warning/i);
});

describe("server: 'skip'", () => {
  it('sends no request on the server, and one from the browser', async () => {
    await start(story);
    expect(await render('/skip')).toEqual({ phase: 'waiting', answer: '' });
    expect(ollama.requests).toHaveLength(0);
    const page = await open('/skip');
    await expectText(page, 'answer', 'Once upon');
    await expectText(page, 'phase', 'done');
    expect(ollama.requests).toHaveLength(1);
  });

  it("does not wait for the browser's answer to hydrate: Stop works", async () => {
    const { gate, open: release } = createGate();
    await start(['Once ', { content: 'upon', delay: gate }, { done: true }]);
    const page = await open('/skip');
    await expectText(page, 'answer', 'Once ');
    await page.click('button');
    await expectText(page, 'phase', 'stopped');
    expect(await (await ollama.received()).closed).toBe('aborted');
    release();
  });

  it('stops the model when the router leaves the page', async () => {
    const { gate, open: release } = createGate();
    await start(['Once ', { content: 'upon', delay: gate }, { done: true }]);
    const page = await open('/skip');
    await expectText(page, 'answer', 'Once ');
    await page.click('a');
    expect(await (await ollama.received()).closed).toBe('aborted');
    release();
  });
});

describe("server: 'wait'", () => {
  it('sends the page with the whole answer, and one request in all', async () => {
    await start(story);
    const page = await open('/wait');
    await expectText(page, 'answer', 'Once upon');
    await expectText(page, 'phase', 'done');
    // When the browser has taken over, it would have sent its own.
    await page.waitForFunction(() => !document.querySelector('[ngh]'));
    expect(ollama.requests).toHaveLength(1);
    expect(await render('/wait')).toEqual({ phase: 'done', answer: 'Once upon' });
  });

  it('shows an error of the server, and asks again from the browser', async () => {
    const broken: Script = ['Once ', { error: 'out of memory' }];
    await start(inTurn(broken, broken, story));
    expect(await render('/wait')).toEqual({
      phase: 'error',
      answer: 'Once ',
      error: 'OllamaStreamError',
    });
    const page = await open('/wait');
    await expectText(page, 'answer', 'Once upon');
    expect(ollama.requests).toHaveLength(3);
  });
});

it("stops the model when the browser leaves a page with server: 'wait'", async () => {
  await start(['Once ', { fault: 'hang' }]);
  const browser = new AbortController();
  const rendered = fetch(`${server.url}/wait`, { signal: browser.signal });
  const request = await ollama.received();
  browser.abort();
  await expect(rendered).rejects.toThrow('aborted');
  expect(await request.closed).toBe('aborted');
});

describe('injectConversation', () => {
  it('loads its store in the browser only', async () => {
    await start(story);
    expect(await render('/conversation')).toEqual({ status: 'idle' });
    expect(server.said()).toBe('');
    const page = await open('/conversation');
    await page.click('button');
    await expectText(page, 'status', 'idle');
    await page.waitForFunction(() => document.querySelectorAll('.message').length === 2);
    await page.reload();
    await page.waitForFunction(
      () => document.querySelectorAll('.message')[1]?.textContent === 'Once upon',
    );
  });
});
