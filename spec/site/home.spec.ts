import { describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { END, playDemo, raws } from '../../site/home/demo.js';
import { useSite } from './support.js';

jest.setTimeout(120_000);

describe('the demo', () => {
  const last = (switches: Parameters<typeof playDemo>[0]) => playDemo(switches).at(-1)?.message;
  const text = raws.map((raw) => raw.text).join('');

  it('keeps thinking apart from the answer, though tags are cut', () => {
    expect(raws.some((raw) => raw.text.includes('<think>'))).toBe(false);
    const message = last({ splitThinking: true, bufferForUi: true });
    expect(message?.thinking).toContain('Rayleigh');
    expect(message?.content).toMatch(/^Sunlight .* left\.$/);
    expect(text).toContain(message?.content);
  });

  it('shows the tags without splitThinking', () => {
    expect(last({ splitThinking: false, bufferForUi: true })).toEqual({
      role: 'assistant',
      content: text,
    });
  });

  it('renders less with bufferForUi, and the same', () => {
    const buffered = playDemo({ splitThinking: true, bufferForUi: true });
    const each = playDemo({ splitThinking: true, bufferForUi: false });
    expect(buffered.at(-1)?.message).toEqual(each.at(-1)?.message);
    expect(buffered.length).toBeLessThan(each.length / 2);
    for (const { at } of buffered) expect(at).toBeLessThanOrEqual(END);
    expect(buffered.reduce((sum, { chunks }) => sum + chunks, 0)).toBe(raws.length);
  });
});

describe('the landing page', () => {
  const site = useSite();

  const readCounts = async (page: Page) =>
    (await page.locator('.demo output').allTextContents()).map(Number);
  const waitForEnd = (page: Page) => page.locator('.demo .end.done').waitFor();

  it('plays to the end', async () => {
    const page = await site.open('/');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await waitForEnd(page);
    expect(await readCounts(page)).toEqual([
      raws.length,
      playDemo({ splitThinking: true, bufferForUi: true }).length,
    ]);
    expect(await page.locator('.demo p.answer').textContent()).toContain('red is left.');
  });

  it('stops, and asks again', async () => {
    const page = await site.open('/');
    await page.locator('.demo p.thinking').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    const stopped = await readCounts(page);
    expect(stopped[0]).toBeLessThan(raws.length);
    await page.getByText('unsubscribed').waitFor();
    // Two animation frames later it is where it was.
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          requestAnimationFrame(() => requestAnimationFrame(resolve));
        }),
    );
    expect(await readCounts(page)).toEqual(stopped);

    await page.getByRole('button', { name: 'Ask again' }).click();
    await waitForEnd(page);
    expect((await readCounts(page))[0]).toBe(raws.length);
  });

  it('shows what each operator does, by its switch', async () => {
    const page = await site.open('/');
    await waitForEnd(page);
    await page.getByLabel('bufferForUi()').uncheck();
    const [chunks, renders] = await readCounts(page);
    expect(renders).toBe(playDemo({ splitThinking: true, bufferForUi: false }).length);
    expect(chunks).toBe(raws.length);

    await page.getByLabel('splitThinking()').uncheck();
    expect(await page.locator('.demo p.thinking').count()).toBe(0);
    expect(await page.locator('.demo p.answer').textContent()).toContain('<think>');
  });

  it('does not move for readers who want less motion', async () => {
    const page = await site.open('/', { reducedMotion: 'reduce' });
    expect((await readCounts(page))[0]).toBe(raws.length);
    await page.getByRole('button', { name: 'Ask again' }).waitFor();
  });

  it('has three doors, and what to install', async () => {
    const page = await site.open('/');
    const doors = page.getByRole('navigation', { name: 'Three ways in' }).getByRole('link');
    expect(await doors.evaluateAll((all) => all.map((each) => each.getAttribute('href')))).toEqual([
      '/start/angular',
      '/start/node',
      '/guide/testing',
    ]);
    await page.getByText('npm install rxjs-ollama rxjs ollama').waitFor();
  });
});
