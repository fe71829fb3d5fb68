import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, jest } from '@jest/globals';
import { toHash } from '../../../site/playground/link.js';
import type { Script } from '../../../site/playground/script.js';
import {
  PATH,
  button,
  chunk,
  errors,
  shows,
  typeCode,
  usePlayground,
  waitForError,
} from './support.js';

jest.setTimeout(300_000);

const playground = usePlayground();

describe('code that does harm', () => {
  it('is stopped after a second, and keeps its text', async () => {
    const page = await playground.open();
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
    ['timer(0, 1).pipe(mergeMap(() => of(1)))', 'a run has a minute'],
    ["throw 'a text'", 'a text'],
  ])('or is wrong says so: %s', async (code, message) => {
    const page = await playground.open();
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
    const page = await playground.site.open('/docs');
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
    await button(page, 'Copy as spec').click();
    await page.getByText('Press Run first').waitFor();
    await chunk(page, 'chunk v').press('ArrowRight');
    expect(await page.locator('iframe').count()).toBe(0);
    expect(workers).toEqual([]);

    await button(page, 'Run').click();
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
    for (const line of playground.site.said.splice(0))
      expect(line).toMatch(/Content Security Policy|violates/);
  });

  it.each([
    ['#s=AAAA', 'This link is broken.'],
    ['#s=A', 'This link is broken.'],
    ['#s=%20<b>', 'This link is broken.'],
    [`#s=${'A'.repeat(60_000)}`, 'This link is too long.'],
    ['#diagram=nothing', 'The documentation has no diagram nothing.'],
    ['#diagram=__proto__', 'The documentation has no diagram __proto__.'],
  ])('in a link that is wrong is no code: %.20s', async (hash, message) => {
    const page = await playground.site.open(PATH + hash);
    await page.getByRole('alert').getByText(message).waitFor();
    expect(await page.locator('#pg-code').inputValue()).toBe('');
    await button(page, 'Stop').click();
    await shows(page, 'Hello');
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
