import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { marbleChat, toRecording } from 'rxjs-ollama/testing';
import { BUILT } from '../../site/build/assemble.js';
import { toHash } from '../../site/playground/link.js';
import type { Script } from '../../site/playground/script.js';
import { findBarriers, findOverflow, openSite, takePicture } from './support.js';

jest.setTimeout(300_000);

let site: Awaited<ReturnType<typeof openSite>>;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());
afterEach(async () => {
  await site.closePages();
  expect(site.said.splice(0)).toEqual([]);
});

const PATH = '/playground';
/** Both kinds of screens in both themes. */
const READERS = (['light', 'dark'] as const).flatMap((theme) =>
  [1280, 390].map((width) => ({ theme, width })),
);

const marbles = (page: Page) => page.locator('#pg-marbles');
const screen = (page: Page) => page.locator('.pg-screen');
const errors = (page: Page) => page.locator('.pg-error').allTextContents();
const preset = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const chunk = (page: Page, name: string) => page.getByRole('slider', { name });

/**
 * Waits until the screen shows a text. A second can be too short on a busy machine. Then Run is pressed again, as a
 * reader would.
 */
async function shows(page: Page, text: string | RegExp): Promise<void> {
  const shown = screen(page).getByText(text, { exact: true });
  const late = page.locator('.pg-error').getByText('It took longer than a second');
  await shown.or(late).first().waitFor();
  if (await shown.isVisible()) return;
  await page.getByRole('button', { name: 'Run' }).click();
  await shows(page, text);
}

async function openPlayground(
  reader: Parameters<typeof site.open>[1] = {},
  hash = '',
): Promise<Page> {
  const page = await site.open(PATH + hash, reader);
  await page.locator('.pg-svg svg').waitFor();
  if (!hash) await shows(page, 'Hello!');
  return page;
}

/** Types a code in place of the one that is there. */
async function typeCode(page: Page, code: string): Promise<void> {
  // The editor takes the place of the text when that has the focus.
  if (await page.locator('#pg-code').isVisible()) await page.locator('#pg-code').focus();
  const editor = page.getByRole('textbox', { name: 'Pipeline' }).and(page.locator('.cm-content'));
  await editor.waitFor();
  await editor.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(code);
}

async function waitForError(page: Page, text: string): Promise<void> {
  await page.locator('.pg-error').getByText(text).waitFor();
}

describe('the playground', () => {
  it.each(READERS)('is for everyone, and fits: %o', async (reader) => {
    const page = await openPlayground(reader);
    expect(await findBarriers(page)).toEqual([]);
    const picture = (name: string) =>
      takePicture(page, `playground-${name}-${reader.theme}-${String(reader.width)}`);
    await picture('first');
    for (const name of ['Stop', 'A whole answer']) {
      await preset(page, name).click();
      await page.locator('.pg-svg').scrollIntoViewIfNeeded();
      await shows(page, name === 'Stop' ? 'Hello' : await readAnswer(page));
      expect(await findOverflow(page)).toBe(0);
      await picture(name.replaceAll(' ', '-').toLowerCase());
    }
    await page.locator('#pg-code').focus();
    await page.locator('.cm-content').waitFor();
    expect(await findBarriers(page)).toEqual([]);
  });

  it('runs each of its examples', async () => {
    const page = await openPlayground();
    const names = await page
      .getByRole('group', { name: 'Examples' })
      .getByRole('button')
      .allTextContents();
    expect(names.length).toBeGreaterThan(6);
    for (const name of names) {
      await preset(page, name).click();
      await page.locator('.pg-svg text.name').first().waitFor();
      await screen(page).locator('.pg-nothing').waitFor({ state: 'detached' });
      expect(await errors(page)).toEqual(['', '']);
    }
  });

  it('shows the screen at each time', async () => {
    const page = await openPlayground();
    const time = page.getByRole('slider', { name: 'Time' });
    await time.fill('70');
    await shows(page, 'Let me see.');
    expect(await screen(page).textContent()).toBe('Let me see.');
    await time.fill('0');
    await shows(page, 'Nothing yet.');
    await page.getByRole('button', { name: 'Play' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('button', { name: 'Play' }).waitFor();
    await shows(page, 'Hello!');
  });

  it('unsubscribes at a time', async () => {
    const page = await openPlayground();
    await page.getByRole('slider', { name: 'Time' }).fill('150');
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    const marker = page.getByRole('slider', { name: 'Unsubscribe' });
    expect(await marker.getAttribute('aria-valuetext')).toBe('150 ms');
    await page.locator('.pg-svg .never').first().waitFor();
    await marker.focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      () => document.querySelector('.pg-stop')?.getAttribute('aria-valuetext') === '160 ms',
    );
    await page.keyboard.press('Delete');
    await marker.waitFor({ state: 'hidden' });
  });

  it('draws many values as bars, and each one when they are near', async () => {
    const page = await openPlayground();
    await preset(page, 'A whole answer').click();
    await page.locator('.pg-svg .bar.answer').first().waitFor();
    await page.getByRole('slider', { name: 'Time' }).fill('1000');
    for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'Zoom in' }).click();
    await page.locator('.pg-svg .dot.answer').first().waitFor();
    expect(await page.locator('.pg-svg .bar').count()).toBe(0);
    await chunk(page, 'chunk').first().waitFor();
  });

  it('plays a recording, and says what is wrong with another file', async () => {
    const page = await openPlayground();
    const file = (text: string) => ({
      name: 'chat.ndjson',
      mimeType: 'text/plain',
      buffer: Buffer.from(text),
    });
    const choose = (text: string) => page.locator('#pg-file').setInputFiles(file(text));
    await choose(toRecording(marbleChat('-o-p-q-r 100ms a-v#', { v: ' again' }), { frame: 10 }));
    await shows(page, 'Hel again');
    expect(await marbles(page).inputValue()).toContain('#');
    await choose('{"no":"recording"}');
    await waitForError(page, 'Line 1 of the recording is not a header');
    expect(await marbles(page).inputValue()).toContain('#');
  });

  it('is where the link of a diagram leads', async () => {
    const page = await site.open('/operators/retryChat');
    await page.getByRole('link', { name: 'Open in the playground' }).first().click();
    await page.waitForURL(/\/playground#diagram=retryChat$/);
    await page.locator('.pg-svg text', { hasText: 'delay: (_, attempt)' }).first().waitFor();
    expect(await marbles(page).inputValue()).toBe('--#\n-#\n-a-b-(d|)');
    expect(await errors(page)).toEqual(['', '']);
  });
});

/** The end of the longest answer. */
const readAnswer = async (page: Page): Promise<string> => {
  await shows(page, /the sky is black even while the Sun shines\.$/);
  return (await page.locator('.pg-answer').textContent()) ?? '';
};

describe('a chunk', () => {
  /** Counts redraws and animation frames while something happens. */
  async function countFrames(page: Page, act: () => Promise<void>) {
    await page.evaluate(() => {
      const counts = { frames: 0, redraws: 0 };
      Object.assign(globalThis, { counts });
      requestAnimationFrame(function tick() {
        counts.frames++;
        requestAnimationFrame(tick);
      });
      const svg = document.querySelector('.pg-svg');
      if (svg)
        new MutationObserver(
          (all) => (counts.redraws += all.filter(({ addedNodes }) => addedNodes.length).length),
        ).observe(svg, { childList: true });
    });
    await act();
    return page.evaluate(
      () => (globalThis as unknown as { counts: { frames: number; redraws: number } }).counts,
    );
  }

  const centerOf = async (page: Page, name: string) => {
    const box = await chunk(page, name).boundingBox();
    if (!box) throw new Error(`${name} is not there.`);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };

  it('moves with the mouse, with one redraw per animation frame at most', async () => {
    const page = await openPlayground();
    await page.locator('.pg-picture').scrollIntoViewIfNeeded();
    const from = await centerOf(page, 'chunk c');
    const to = await centerOf(page, 'chunk a');
    const { frames, redraws } = await countFrames(page, async () => {
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      for (let i = 1; i <= 120; i++)
        await page.mouse.move(from.x + ((to.x - 20 - from.x) * i) / 120, from.y);
      await page.mouse.up();
      await shows(page, '!Hello');
    });
    expect(redraws).toBeGreaterThan(3);
    expect(redraws).toBeLessThanOrEqual(frames + 1);
    expect(await marbles(page).inputValue()).toBe('-o--p--s-k--ca--b-------(d|)');
  });

  it('moves with a finger', async () => {
    const page = await openPlayground({ width: 390 });
    await page.locator('.pg-picture').scrollIntoViewIfNeeded();
    const session = await page.context().newCDPSession(page);
    const from = await centerOf(page, 'chunk a');
    const to = await centerOf(page, 'chunk b');
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x: number) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: type === 'touchEnd' ? [] : [{ x, y: from.y }],
      });
    await touch('touchStart', from.x);
    for (let i = 1; i <= 20; i++)
      await touch('touchMove', from.x + ((to.x + 20 - from.x) * i) / 20);
    await touch('touchEnd', 0);
    await shows(page, 'loHel!');
  });

  it('moves, goes and comes by keyboard alone', async () => {
    const page = await openPlayground();
    const { keyboard } = page;
    const press = async (...keys: string[]) => {
      for (const key of keys) await keyboard.press(key);
    };
    const focused = () =>
      page.evaluate(() => {
        const { activeElement: active } = document;
        return active?.getAttribute('aria-label') ?? active?.textContent ?? '';
      });
    /** To the next thing of a name, as a reader without a mouse gets there. */
    const tabTo = async (name: string) => {
      for (let i = 0; i < 80 && !(await focused()).startsWith(name); i++)
        await keyboard.press('Tab');
      expect(await focused()).toMatch(name);
    };

    await tabTo('Cut stream');
    await press('Enter');
    await shows(page, 'Hello, world');
    await tabTo('chunk t');
    await press('ArrowDown', 'ArrowDown');
    expect(await focused()).toMatch('chunk a');
    await press('ArrowRight', 'ArrowRight', 'Shift+ArrowRight');
    await shows(page, 'lo, worldHel');
    expect(await focused()).toMatch('chunk a');
    await press('Delete');
    await shows(page, 'lo, world');
    await tabTo('Time');
    await press('Home');
    await shows(page, 'Nothing yet.');
    await press('End');
    await tabTo('Unsubscribe');
    await press('Enter', 'Enter');

    // The editor has taken the place of the text. It does not keep the focus when the Tab key is pressed.
    await tabTo('Pipeline');
    await press('Control+a');
    await keyboard.insertText('source$.pipe(answerText())');
    await press('Control+Enter', 'Tab');
    expect(await focused()).not.toMatch('Pipeline');
    await page.locator('.pg-svg text', { hasText: 'answerText()' }).waitFor();
  });
});

describe('code that does harm', () => {
  it('is stopped after a second, and keeps its text', async () => {
    const page = await openPlayground();
    await typeCode(page, 'while (true) {}\nsource$');
    await waitForError(page, 'It took longer than a second');
    expect(await page.locator('.cm-content').innerText()).toContain('while (true) {}');
    await typeCode(page, 'source$.pipe(answerText(), map((text) => text.toUpperCase()))');
    await page.locator('.pg-svg text', { hasText: /'HEL'/ }).waitFor();
    expect(await errors(page)).toEqual(['', '']);
  });

  it.each([
    ['source$.pipe(', 'SyntaxError'],
    ['nothing$', 'ReferenceError: nothing$ is not defined'],
    ['1', 'TypeError: The code has to end with an Observable'],
    ['timer(0, 1).pipe(mergeMap(() => of(1)))', 'It does not end'],
    ["throw 'a text'", 'a text'],
  ])('or is wrong says so: %s', async (code, message) => {
    const page = await openPlayground();
    await typeCode(page, code);
    await waitForError(page, message);
  });

  /** Tries every way out, and emits what came of each. */
  const attack = (url: string) => `
const tried = [];
const attempt = (name, act) => {
  try {
    const result = act();
    tried.push(name + ': ' + (result === undefined ? 'nothing' : 'something'));
    if (result && result.catch) result.catch(() => {});
  } catch (error) {
    tried.push(name + ': ' + error.name);
  }
};
const root = (0, eval)('globalThis');
attempt('fetch', () => root.fetch('${url}fetch'));
attempt('XMLHttpRequest', () => { const x = new XMLHttpRequest(); x.open('GET', '${url}xhr'); x.send(); return x; });
attempt('WebSocket', () => new WebSocket('${url.replace('http', 'ws')}socket'));
attempt('EventSource', () => new EventSource('${url}events'));
attempt('importScripts', () => importScripts('${url}scripts'));
attempt('import', () => import('${url}module.js'));
attempt('Function import', () => Function("return import('${url}module2.js')")());
attempt('Worker', () => new Worker('data:text/javascript,fetch("${url}worker")'));
attempt('sendBeacon', () => navigator.sendBeacon('${url}beacon'));
attempt('BroadcastChannel', () => new BroadcastChannel('x'));
attempt('indexedDB', () => indexedDB.open('x'));
attempt('caches', () => caches.open('x'));
attempt('postMessage', () => postMessage({ id: 1, kind: 'run', report: {} }));
attempt('prototype', () => Object.getPrototypeOf(root).fetch('${url}prototype'));
attempt('FontFace', () => new FontFace('x', 'url(${url}font)').load());
of(...tried)`;

  it('and comes with a link runs only when the reader wants it, and makes no request then', async () => {
    // Counted at the server: a browser also lists requests that it has refused.
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    })
      .listen(0, '127.0.0.1')
      .unref();
    await once(server, 'listening');
    const harm = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    const script: Script = {
      code: attack(harm),
      marbles: '-v-|',
      letters: `v: <img src="${harm}image" onerror="document.title = 1">`,
      frame: 10,
    };
    const page = await site.open('/docs');
    const session = await page.context().newCDPSession(page);
    const workers: string[] = [];
    await session.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: true,
    });
    session.on('Target.attachedToTarget', ({ targetInfo }) => workers.push(targetInfo.type));
    await page.goto(page.url().replace('/docs', `${PATH}${await toHash(script)}`));
    await page.getByRole('alert').getByText('Nothing of it has run').waitFor();
    expect(await page.locator('#pg-code').inputValue()).toBe(script.code);
    await page.getByRole('button', { name: 'Copy as spec' }).click();
    await page.getByText('Press Run first').waitFor();
    await page.getByRole('slider', { name: 'chunk v' }).press('ArrowRight');
    expect(await page.locator('iframe').count()).toBe(0);
    expect(workers).toEqual([]);

    await page.getByRole('button', { name: 'Run' }).click();
    await page.locator('.pg-details summary').click();
    await page.locator('.pg-words').getByText('FontFace').waitFor();
    const words = await page.locator('.pg-words li').last().textContent();
    // A promise that is refused comes back of the last two; the others are not there.
    expect(words?.match(/\w+: something/g)).toEqual(['import: something', 'import: something']);
    expect(await page.locator('.pg img').count()).toBe(0);
    expect(connections).toBe(0);
    // It counts.
    await fetch(harm).catch(() => undefined);
    expect(connections).toBeGreaterThan(0);
    server.close();
    // The policy of the frame has refused the two, and the browser may say so.
    for (const line of site.said.splice(0))
      expect(line).toMatch(/Content Security Policy|violates/);
  });

  it('in a link that is broken or too long is no code', async () => {
    const page = await site.open(`${PATH}#s=AAAA`);
    await page.getByRole('alert').waitFor();
    expect(await page.locator('#pg-code').inputValue()).toBe('');
  });
});

describe('what leaves the playground', () => {
  async function copy(page: Page, name: string): Promise<string> {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name, exact: true }).click();
    await page.locator('.pg-said').getByText('copied').waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  }

  it('is a link with the code, the chunks and the unsubscribe', async () => {
    const page = await openPlayground();
    await preset(page, 'Stop').click();
    await shows(page, 'Hello');
    await page.getByRole('slider', { name: 'chunk a' }).press('ArrowRight');
    await shows(page, 'Hello, wor');
    const link = await copy(page, 'Copy link');
    const other = await openPlayground({}, new URL(link).hash);
    await other.getByRole('alert').waitFor();
    for (const field of ['#pg-code', '#pg-marbles', '#pg-letters']) {
      expect(await other.locator(field).inputValue()).toBe(await page.locator(field).inputValue());
    }
    await other.getByRole('button', { name: 'Run' }).click();
    await shows(other, 'Hello, wor');
    expect(await other.locator('.pg-stop').getAttribute('aria-valuenow')).toBe('125');
  });

  it('is a spec that passes under jest', async () => {
    const page = await openPlayground();
    const files: string[] = [];
    try {
      for (const name of ['Split tags', 'Cut stream', 'Stop', 'Retry', 'Share', 'Throughput']) {
        await preset(page, name).click();
        await screen(page).locator('.pg-nothing').waitFor({ state: 'detached' });
        const file = join(__dirname, `exported-${String(files.length)}.spec.ts`);
        writeFileSync(file, await copy(page, 'Copy as spec'));
        files.push(file);
        await page.getByRole('slider', { name: 'Time' }).fill('0');
      }
      const { status, stderr } = spawnSync(
        process.execPath,
        [
          'node_modules/jest/bin/jest.js',
          '--testPathIgnorePatterns',
          '/node_modules/',
          '-w',
          '1',
          '--runTestsByPath',
          ...files,
        ],
        { encoding: 'utf8' },
      );
      expect(stderr).toContain('Tests:       6 passed, 6 total');
      expect(status).toBe(0);
    } finally {
      for (const file of files) rmSync(file);
    }
  });

  it('is a picture that needs nothing else', async () => {
    const page = await openPlayground();
    await page.evaluate(() => {
      const make = URL.createObjectURL.bind(URL);
      URL.createObjectURL = (saved: Blob) => {
        Object.assign(globalThis, { saved });
        return make(saved);
      };
    });
    await page.getByRole('button', { name: 'Save picture' }).click();
    const {
      type,
      error,
      marbles: count,
    } = await page.evaluate(async () => {
      const { saved } = globalThis as unknown as { saved: Blob };
      const svg = new DOMParser().parseFromString(await saved.text(), 'image/svg+xml');
      return {
        type: saved.type,
        error: svg.querySelector('parsererror')?.textContent,
        marbles: svg.querySelectorAll('style + rect ~ g .dot').length,
      };
    });
    expect([type, error]).toEqual(['image/svg+xml', undefined]);
    expect(count).toBeGreaterThan(20);
  });
});

describe('the size', () => {
  const CHUNKS = join(BUILT, 'assets/chunks');
  const find = (name: string): string => {
    const file = readdirSync(CHUNKS).find((each) => each.startsWith(`${name}.`));
    if (!file) throw new Error(`${name} is not built.`);
    return file;
  };
  const measure = (file: string) => gzipSync(readFileSync(join(CHUNKS, file))).length;

  it('of the worker is 50 kB at most', () => {
    expect(measure(find('virtual_playground-worker'))).toBeLessThanOrEqual(50_000);
  });

  it('of the page before the editor is 30 kB at most, without what every page has', () => {
    const seen = new Set<string>();
    const add = (file: string): void => {
      if (seen.has(file) || /^(?:framework|theme)\./.test(file)) return;
      seen.add(file);
      const code = readFileSync(join(CHUNKS, file), 'utf8');
      for (const [, other = ''] of code.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
        add(other);
    };
    add(find('mount'));
    const sum = [...seen].reduce((total, file) => total + measure(file), 0);
    expect(sum).toBeGreaterThan(10_000);
    expect(sum).toBeLessThanOrEqual(30_000);
  });
});
