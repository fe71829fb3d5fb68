import { describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { marbleChat, toRecording } from 'rxjs-ollama/testing';
import { findBarriers } from '../../support/browser/findBarriers.js';
import { takePicture } from '../../support/browser/takePicture.js';
import { findOverflow } from '../support.js';
import {
  button,
  chunk,
  errors,
  letters,
  marbles,
  screen,
  shows,
  usePlayground,
  waitForError,
} from './support.js';

jest.setTimeout(300_000);

const playground = usePlayground();

/** Both kinds of screens in both themes. */
const READERS = (['light', 'dark'] as const).flatMap((theme) =>
  [1280, 390].map((width) => ({ theme, width })),
);

/** The end of the longest answer. */
const readAnswer = async (page: Page): Promise<string> => {
  await shows(page, /the sky is black even while the Sun shines\.$/);
  return (await page.locator('.pg-answer').textContent()) ?? '';
};

describe('the playground', () => {
  it.each(READERS)('is for everyone, and fits: %o', async (reader) => {
    const page = await playground.open(reader);
    expect(await findBarriers(page)).toEqual([]);
    const picture = (name: string) =>
      takePicture(page, `site-playground-${name}-${reader.theme}-${String(reader.width)}`);
    await picture('first');
    for (const name of ['Stop', 'A whole answer']) {
      await button(page, name).click();
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
    const page = await playground.open();
    const names = await page
      .getByRole('group', { name: 'Examples' })
      .getByRole('button')
      .allTextContents();
    expect(names.length).toBeGreaterThan(6);
    for (const name of names) {
      await button(page, name).click();
      await page.locator('.pg-svg text.name').first().waitFor();
      await screen(page).locator('.pg-nothing').waitFor({ state: 'detached' });
      expect(await errors(page)).toEqual(['', '']);
    }
  });

  it('shows the screen at each time', async () => {
    const page = await playground.open();
    const time = page.getByRole('slider', { name: 'Time' });
    await time.fill('70');
    await shows(page, 'Let me see.');
    expect(await screen(page).textContent()).toBe('Let me see.');
    await time.fill('0');
    await shows(page, 'Nothing yet.');
    await button(page, 'Play').click();
    await button(page, 'Pause').waitFor();
    await button(page, 'Play').waitFor();
    await shows(page, 'Hello!');
  });

  it('unsubscribes at a time', async () => {
    const page = await playground.open();
    await page.getByRole('slider', { name: 'Time' }).fill('150');
    await button(page, 'Unsubscribe').click();
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
    const page = await playground.open();
    await button(page, 'A whole answer').click();
    await page.locator('.pg-svg .bar.answer').first().waitFor();
    await page.getByRole('slider', { name: 'Time' }).fill('1000');
    for (let i = 0; i < 3; i++) await button(page, 'Zoom in').click();
    await page.locator('.pg-svg .dot.answer').first().waitFor();
    expect(await page.locator('.pg-svg .bar').count()).toBe(0);
    await chunk(page, 'chunk').first().waitFor();
  });

  it('plays a recording, and says what is wrong with another file', async () => {
    const page = await playground.open();
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
    const page = await playground.site.open('/operators/retryChat');
    await page.getByRole('link', { name: 'Open in the playground' }).first().click();
    await page.waitForURL(/\/playground#diagram=retryChat$/);
    await page.locator('.pg-svg text', { hasText: 'delay: (_, attempt)' }).first().waitFor();
    expect(await marbles(page).inputValue()).toBe('--#\n-#\n-a-b-(d|)');
    expect(await errors(page)).toEqual(['', '']);
  });

  it('fits into 320 px, which is a screen at 400 %', async () => {
    // A scroll bar takes the rest.
    const page = await playground.open({ width: 335 });
    const frame = await page.locator('.pg-picture').boundingBox();
    const end = await chunk(page, 'completion').boundingBox();
    expect((end?.x ?? 0) + (end?.width ?? 0)).toBeLessThanOrEqual(
      (frame?.x ?? 0) + (frame?.width ?? 0),
    );
    expect(await findOverflow(page)).toBe(0);
    await takePicture(page, 'site-playground-320');
  });

  it('writes answers from right to left, and their marbles in the order of time', async () => {
    const page = await playground.open();
    await letters(page).fill('ש: "שלום "\nת: "עולם"');
    await marbles(page).fill('-ש-ת-(d|)');
    await shows(page, 'שלום עולם');
    const direction = (element: Element) => getComputedStyle(element).direction;
    expect(await page.locator('.pg-answer').evaluate(direction)).toBe('rtl');
    expect(await marbles(page).evaluate(direction)).toBe('ltr');
    await takePicture(page, 'site-playground-right-to-left');
  });

  it('shows marbles that it can read, and says what is wrong with others', async () => {
    const page = await playground.open();
    const count = () => page.locator('.pg-svg .dot').count();
    const before = await count();
    for (const [text, words] of [
      ['-a-(b', 'A group of one time begins with "("'],
      ['-a|b', 'Nothing comes after "|"'],
      ['-a^b', 'An input has no "^"'],
      ['-é', 'The letter "é" stands for no chunk'],
    ] as const) {
      await marbles(page).fill(text);
      await waitForError(page, words);
      expect(await count()).toBe(before);
    }
    await marbles(page).fill('-a-|');
    await shows(page, 'Hel');
    expect(await errors(page)).toEqual(['', '']);
  });

  it('plays 2,000 chunks, a text of 100,000 characters, and a minute at most', async () => {
    const page = await playground.open();
    await marbles(page).fill(`${'-a-b'.repeat(1000)}|`);
    await page.locator('.pg-svg').getByText('2000 values').first().waitFor();
    await shows(page, 'Hello'.repeat(1000));
    await letters(page).fill(`v: ${'long '.repeat(20_000)}`);
    await marbles(page).fill('-v-(d|)');
    await shows(page, /^(?:long ){19999}long$/);
    expect(await findOverflow(page)).toBe(0);
    await marbles(page).fill('-a 999999s b|');
    await waitForError(page, 'a run has a minute');
    await page.locator('.pg-clock').getByText('60000 ms').waitFor();
  });

  it('leaves nothing behind when its reader goes to another page', async () => {
    const page = await playground.open();
    await button(page, 'A whole answer').click();
    await readAnswer(page);
    await button(page, 'Play').click();
    await button(page, 'Pause').waitFor();
    expect(await page.locator('iframe').count()).toBe(1);
    await page.getByRole('link', { name: 'Operators' }).first().click();
    await page.waitForURL(/\/operators\/$/);
    await page.locator('iframe').waitFor({ state: 'detached' });
    const calls = await page.evaluate(async () => {
      const request = requestAnimationFrame.bind(window);
      let calls = 0;
      window.requestAnimationFrame = (callback) => {
        calls++;
        return request(callback);
      };
      for (let i = 0; i < 3; i++) await new Promise(request);
      return calls;
    });
    expect(calls).toBe(0);
  });
});
