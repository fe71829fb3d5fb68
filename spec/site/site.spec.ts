import { describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { toAddress } from '../../site/build/address.js';
import { listPages } from '../../site/build/pages.js';
import { findBarriers } from '../support/browser/findBarriers.js';
import { takePicture } from '../support/browser/takePicture.js';
import { findOverflow, useSite, type Theme } from './support.js';

// It only ends what hangs: there are some hundred pages, and machines that are busy.
jest.setTimeout(900_000);

const THEMES: readonly Theme[] = ['light', 'dark'];
const PAGES = {
  home: '/',
  map: '/docs',
  operator: '/operators/bufferForUi',
  guide: '/guide/conversation',
  reference: '/reference/rxjs-ollama/',
};

const site = useSite();

/** The color of a pixel of an element, from its upper left corner. */
async function readPixel(page: Page, selector: string, [x, y]: [number, number]): Promise<string> {
  const picture = await page.locator(selector).first().screenshot();
  return await page.evaluate(
    async ([data, x, y]) => {
      const bitmap = await createImageBitmap(
        new Blob([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))]),
      );
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      canvas?.drawImage(bitmap, 0, 0);
      return Array.from(canvas?.getImageData(x, y, 1, 1).data ?? []).join(' ');
    },
    [picture.toString('base64'), x, y] as const,
  );
}

/** Types into the search box, and waits for results. */
async function search(page: Page, term: string): Promise<void> {
  await page.locator('.VPLocalSearchBox input').waitFor();
  await page.keyboard.type(term);
  await page.locator('.VPLocalSearchBox .result').first().waitFor();
}

describe('the theme', () => {
  const PAPER = { light: '255 255 255 255', dark: '13 17 23 255' };

  it.each(THEMES.flatMap((system) => THEMES.map((chosen) => [system, chosen] as const)))(
    'is that of the site in pictures too: the system has %s, the site %s',
    async (system, chosen) => {
      const page = await site.open(PAGES.operator, { theme: chosen });
      await page.emulateMedia({ colorScheme: system });
      expect(await readPixel(page, '.vp-doc img', [20, 100])).toBe(PAPER[chosen]);
      expect(await page.evaluate(() => document.documentElement.className)).toBe(
        chosen === 'dark' ? 'dark' : '',
      );
    },
  );

  it.each(THEMES)('is that of the system at first: %s', async (system) => {
    const page = await site.open(PAGES.operator);
    await page.emulateMedia({ colorScheme: system });
    await page.reload();
    expect(await readPixel(page, '.vp-doc img', [20, 100])).toBe(PAPER[system]);
  });

  it('changes by its switch', async () => {
    const page = await site.open(PAGES.operator, { theme: 'light' });
    await page.locator('.VPNavBarAppearance button').click();
    expect(await readPixel(page, '.vp-doc img', [20, 100])).toBe(PAPER.dark);
  });
});

describe('the search', () => {
  it('leads from the landing page to a page, by keyboard alone', async () => {
    const page = await site.open(PAGES.home);
    // The link that skips to the content, the name of the site, then the search.
    for (let tabs = 0; tabs < 3; tabs++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await search(page, 'cors');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/troubleshooting\/cors/);
    await page.locator('h1', { hasText: 'CORS' }).waitFor();
    expect(await page.locator('.VPLocalSearchBox').count()).toBe(0);

    await page.keyboard.press('Control+k');
    await search(page, 'bufferForUi');
    // The part of the page that was found.
    await page.locator('.result .excerpt', { hasText: 'per animation frame' }).first().waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('.VPLocalSearchBox').count()).toBe(0);
  });

  it.each(THEMES)('has no barriers, %s', async (theme) => {
    const page = await site.open(PAGES.map, { theme });
    await page.keyboard.press('Control+k');
    await search(page, 'timeout');
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, `site-search-${theme}`);
  });
});

describe('the sidebar', () => {
  it('has the group of the page open, and opens others by keyboard', async () => {
    const page = await site.open('/recipes/stop');
    const open = () => page.locator('.side[open] summary').allTextContents();
    expect(await open()).toEqual(['Recipes']);
    expect(await page.locator('.side [aria-current=page]').allTextContents()).toEqual([
      'A Stop button',
    ]);

    await page.locator('.side summary', { hasText: 'Troubleshooting' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Two copies of RxJS' }).click();
    await page.waitForURL(/\/troubleshooting\/two-rxjs/);
    expect(await open()).toEqual(['Recipes', 'Troubleshooting']);
  });
});

describe('a link of the site', () => {
  /** Follows it as a click does, and waits until its page is there. */
  async function follow(page: Page, path: string, heading: string): Promise<void> {
    await page.evaluate((href) => {
      const link = document.createElement('a');
      link.href = href;
      document.querySelector('#app')?.append(link);
      link.click();
      link.remove();
    }, path);
    await page.locator('h1', { hasText: heading }).waitFor();
  }
  const readText = (page: Page) => page.locator('.vp-doc').innerHTML();
  const readOutline = (page: Page) => page.locator('.outline-link').allTextContents();

  it.each([
    ['/docs', 'Documentation'],
    ['/operators/bufferForUi', 'bufferForUi'],
    ['/recipes/stop', 'A Stop button'],
    ['/decisions/0001-rxjs-7-only', 'RxJS 7 only'],
    ['/reference/rxjs-ollama/', 'rxjs-ollama'],
  ])('shows what the address %s does', async (path, heading) => {
    const direct = await site.open(path);
    const page = await site.open('/choose');
    await follow(page, path, heading);
    expect(new URL(page.url()).pathname).toBe(path);
    await page.waitForFunction((title) => document.title.includes(title), heading);
    expect(await readText(page)).toBe(await readText(direct));
    expect(await readOutline(page)).toEqual(await readOutline(direct));
  });

  it('leads to pages of components, and to parts of pages', async () => {
    const page = await site.open('/docs');
    await follow(page, '/', 'streaming chat');
    await page.locator('.demo p.answer').waitFor();
    await follow(page, '/playground', 'Playground');
    await page.locator('.pg-svg svg').waitFor();
    await follow(page, '/semantics#operators', 'Semantics');
    await page.waitForFunction(() => {
      const { top } = document.getElementById('operators')?.getBoundingClientRect() ?? {};
      return top !== undefined && top > 0 && top < innerHeight / 2;
    });
  });

  it('is loaded when a reader points at it, once, and a page that was read comes back at once', async () => {
    const page = await site.open('/recipes/stop');
    const link = page.locator('.side').getByRole('link', { name: 'Keep a conversation' });
    const loaded = [/\/recipes\/persistence$/, /\/recipes_persistence\.md\..*\.lean\.js$/].map(
      async (url) => (await page.waitForResponse(url)).finished(),
    );
    await link.hover();
    await Promise.all(loaded);
    site.asked.splice(0);
    await link.click();
    await page.locator('h1', { hasText: 'Keep a conversation' }).waitFor();
    await page.goBack();
    await page.locator('h1', { hasText: 'A Stop button' }).waitFor();
    await page.goForward();
    await page.locator('h1', { hasText: 'Keep a conversation' }).waitFor();
    expect(site.asked.filter((path) => path.includes('persistence'))).toEqual([]);
  });

  it('to a page that is not there says so', async () => {
    const page = await site.open('/docs');
    await follow(page, '/nowhere', 'PAGE NOT FOUND');
  });
});

describe('with JavaScript off', () => {
  it('pages can be read', async () => {
    const page = await site.openWithoutScripts(PAGES.operator);
    await page.getByRole('heading', { level: 1, name: 'bufferForUi' }).waitFor();
    expect(await page.locator('.vp-doc').innerText()).toContain("by: 'word'");
    await page.locator('.vp-doc img').first().waitFor();
    await page.locator('.side').getByRole('link', { name: 'shareChat' }).click();
    await page.getByRole('heading', { level: 1, name: 'shareChat' }).waitFor();
    expect(await page.locator('#app').evaluate((app) => '__vue_app__' in app)).toBe(false);
  });
});

describe('every page', () => {
  it('fits a phone', async () => {
    const page = await site.open('/', { width: 390 });
    const wide: string[] = [];
    for (const { target } of listPages()) {
      await page.goto(new URL(toAddress(target), page.url()).href);
      const overflow = await findOverflow(page);
      if (overflow > 0) wide.push(`${target}: ${String(overflow)} px`);
    }
    expect(wide).toEqual([]);
  });

  it('would not fit with a line that is too long', async () => {
    const page = await site.open('/docs', { width: 390 });
    await page.evaluate(() => {
      const line = document.querySelector('.vp-doc p');
      if (line) line.innerHTML = `<span style="white-space: nowrap">${'wide '.repeat(99)}</span>`;
    });
    expect(await findOverflow(page)).toBeGreaterThan(0);
  });
});

describe.each(THEMES)('in %s', (theme) => {
  it.each(Object.entries(PAGES))('%s has no barriers', async (name, path) => {
    for (const width of [390, 1280]) {
      const page = await site.open(path, { theme, width, reducedMotion: 'reduce' });
      expect(await findBarriers(page)).toEqual([]);
      await takePicture(page, `site-${name}-${String(width)}-${theme}`);
    }
  });
});
