import { once } from 'node:events';
import { createReadStream, mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { startChromium } from '../../scripts/chromium.js';
import { BUILT } from '../../site/build/assemble.js';

/** Where the pictures are that a person looks at. */
const PICTURES = '.cache/screenshots';
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

/** Serves the built site as hosts for such sites do: `/docs` is docs.html. */
async function serveSite() {
  /** The paths of all requests. */
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
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export type Theme = 'light' | 'dark';

/** What differs between readers. */
interface Reader {
  /** Which they have chosen on the site. */
  readonly theme?: Theme;
  /** Of their window. */
  readonly width?: number;
  readonly reducedMotion?: 'reduce';
}

/** A browser, and the site as it is built. */
export async function openSite() {
  const [served, chromium] = await Promise.all([serveSite(), startChromium()]);
  const { context } = chromium;
  /** What pages have written to their console, and the errors that nobody caught. */
  const said: string[] = [];
  context.on('console', (message) => said.push(message.text()));
  context.on('weberror', (error) => said.push(String(error.error())));
  const pages: Page[] = [];
  context.setDefaultTimeout(TIMEOUT);

  return {
    said,
    /** What browsers have asked the server for. */
    asked: served.asked,
    /** Opens a page of the site with JavaScript off. */
    async openWithoutScripts(path: string): Promise<Page> {
      const page = await context.newPage();
      pages.push(page);
      await page.setViewportSize({ width: 1280, height: 800 });
      const session = await context.newCDPSession(page);
      await session.send('Emulation.setScriptExecutionDisabled', { value: true });
      await page.goto(served.url + path);
      return page;
    },
    /** Opens a page of the site, in the theme that a reader of it has chosen. */
    async open(path: string, { theme, width = 1280, reducedMotion }: Reader = {}): Promise<Page> {
      const page = await context.newPage();
      pages.push(page);
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
    /** One page stays, or the browser would end. */
    async closePages(): Promise<void> {
      await Promise.all(pages.splice(0).map((page) => page.close()));
    },
    async close(): Promise<void> {
      await chromium.close();
      await served.close();
    },
  };
}

/** What is wrong for people who can't see, or use a mouse: what axe calls serious or critical. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { passed, barriers } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { passes, violations } = await axe.run(document);
    const barriers = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
    return { passed: passes.map(({ id }) => id), barriers };
  });
  // Otherwise it has not looked.
  if (!passed.includes('color-contrast') || !passed.includes('link-name')) {
    throw new Error(`axe found nothing to look at: ${passed.join(', ')}`);
  }
  return barriers;
}

/** By how many pixels the page is wider than the window. */
export const findOverflow = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });

/** Writes a picture of what the page shows. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `site-${name}.png`) });
}
