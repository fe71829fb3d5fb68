import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { button, chunk, screen, shows, usePlayground } from './support.js';

jest.setTimeout(300_000);

const playground = usePlayground();

describe('what leaves the playground', () => {
  async function copy(page: Page, name: string): Promise<string> {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name, exact: true }).click();
    await page.locator('.pg-said').getByText('copied').waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  }

  it('is a link with the code, the chunks and the unsubscribe', async () => {
    const page = await playground.open();
    await button(page, 'Stop').click();
    await shows(page, 'Hello');
    await chunk(page, 'chunk a').press('ArrowRight');
    await shows(page, 'Hello, wor');
    const link = await copy(page, 'Copy link');
    const other = await playground.open({}, new URL(link).hash);
    await other.getByRole('alert').waitFor();
    for (const field of ['#pg-code', '#pg-marbles', '#pg-letters']) {
      expect(await other.locator(field).inputValue()).toBe(await page.locator(field).inputValue());
    }
    await button(other, 'Run').click();
    await shows(other, 'Hello, wor');
    expect(await other.locator('.pg-stop').getAttribute('aria-valuenow')).toBe('125');
  });

  it('is a spec that passes under jest', async () => {
    const page = await playground.open();
    const files: string[] = [];
    try {
      for (const name of ['Split tags', 'Cut stream', 'Stop', 'Retry', 'Share', 'Throughput']) {
        await button(page, name).click();
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
    const page = await playground.open();
    await page.evaluate(() => {
      const make = URL.createObjectURL.bind(URL);
      URL.createObjectURL = (saved: Blob) => {
        Object.assign(globalThis, { saved });
        return make(saved);
      };
    });
    await button(page, 'Save picture').click();
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
