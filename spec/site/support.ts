import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { BUILT } from '../../site/build/assemble.js';
import { startBrowser } from '../support/browser/startBrowser.js';
import { startServer, type StartedServer } from '../support/startServer.js';

/** It only ends what hangs, also on a busy machine. */
const TIMEOUT = 120_000;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const isFile = (file: string) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;

interface Served extends StartedServer {
  /** The paths of all requests. */
  readonly asked: string[];
}

/** Serves the built site as hosts for such sites do: `/docs` is docs.html. */
function serveSite(): Promise<Served> {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    asked.push(pathname);
    const path = join(BUILT, normalize(decodeURIComponent(pathname)));
    const file = [path, `${path}.html`, join(path, 'index.html')].find(isFile);
    response.writeHead(file ? 200 : 404, {
      'content-type': TYPES[extname(file ?? '')] ?? 'text/plain',
    });
    if (file) createReadStream(file).pipe(response);
    else response.end('There is no such file.');
  });
  return startServer(server).then((started) => ({ ...started, asked }));
}

export type Theme = 'light' | 'dark';

/** What differs between readers. */
export interface Reader {
  /** Which they have chosen on the site. */
  readonly theme?: Theme;
  /** Of their window. */
  readonly width?: number;
  readonly reducedMotion?: 'reduce';
}

/** A browser, and the site as it is built. */
async function openSite() {
  const [served, browser] = await Promise.all([serveSite(), startBrowser()]);
  const { context, said, closePages } = browser;
  context.setDefaultTimeout(TIMEOUT);

  return {
    ...{ said, closePages },
    /** What browsers have asked the server for. */
    asked: served.asked,
    /** Opens a page of the site with JavaScript off. */
    async openWithoutScripts(path: string): Promise<Page> {
      const page = await context.newPage();
      await page.setViewportSize({ width: 1280, height: 800 });
      const session = await context.newCDPSession(page);
      await session.send('Emulation.setScriptExecutionDisabled', { value: true });
      await page.goto(served.url + path);
      return page;
    },
    /** Opens a page of the site, in the theme that a reader of it has chosen. */
    async open(path: string, { theme, width = 1280, reducedMotion }: Reader = {}): Promise<Page> {
      const page = await context.newPage();
      await page.setViewportSize({ width, height: width < 500 ? 844 : 800 });
      if (reducedMotion) await page.emulateMedia({ reducedMotion });
      await page.addInitScript((chosen) => {
        // The playground has a frame of another origin.
        if (window !== window.top) return;
        if (chosen) localStorage.setItem('vitepress-theme-appearance', chosen);
        else localStorage.removeItem('vitepress-theme-appearance');
      }, theme ?? '');
      await page.goto(served.url + path);
      // Vue has taken over what the server had rendered.
      await page.waitForFunction(() => '__vue_app__' in (document.querySelector('#app') ?? {}));
      return page;
    },
    async close(): Promise<void> {
      await browser.close();
      await served.close();
    },
  };
}

type Site = Awaited<ReturnType<typeof openSite>>;

/** The site for all tests of a spec. Its pages may say nothing. */
export function useSite(): Omit<Site, 'close' | 'closePages'> {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site.close());
  afterEach(async () => {
    await site.closePages();
    expect(site.said.splice(0)).toEqual([]);
  });
  return {
    open: (path, reader) => site.open(path, reader),
    openWithoutScripts: (path) => site.openWithoutScripts(path),
    get said() {
      return site.said;
    },
    get asked() {
      return site.asked;
    },
  };
}

/** By how many pixels the page is wider than the window. */
export const findOverflow = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
