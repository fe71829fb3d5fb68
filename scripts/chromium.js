// Starts the Chromium of this machine for the browser specs and the browser benchmark. Playwright's own
// launch would show every page as if it were in front, and let no browser slow down its timers.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FLAGS = [
  '--headless',
  '--remote-debugging-port=0',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function findChromium() {
  const { CHROMIUM_PATH, PATH = '' } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  const found = PATH.split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  if (!found)
    throw new Error('There is no Chromium on the PATH. CHROMIUM_PATH can say where it is.');
  return found;
}

/**
 * Where it listens for whoever controls it.
 * @param {import('node:child_process').ChildProcessByStdio<null, null, import('node:stream').Readable>} child
 * @returns {Promise<string>}
 */
function waitForEndpoint(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += String(text);
      const [, endpoint] = /^DevTools listening on (\S+)/m.exec(said) ?? [];
      if (endpoint) resolve(endpoint);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`Chromium ended with ${String(code)}:\n${said}`));
    });
  });
}

/** @returns {Promise<{ context: import('playwright-core').BrowserContext, close: () => Promise<void> }>} */
export async function startChromium() {
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const child = spawn(findChromium(), [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = () => child.kill();
  process.once('exit', kill);
  const browser = await chromium.connectOverCDP(await waitForEndpoint(child), { noDefaults: true });
  const [context] = browser.contexts();
  if (!context) throw new Error('Chromium has no window.');
  return {
    context,
    async close() {
      process.off('exit', kill);
      const exit = once(child, 'exit');
      await browser.close();
      kill();
      await exit;
      await rm(profile, { recursive: true, maxRetries: 5 });
    },
  };
}
