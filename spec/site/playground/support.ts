import type { Locator, Page } from 'playwright-core';
import { useSite, type Reader } from '../support.js';

export const PATH = '/playground';

export const marbles = (page: Page): Locator => page.locator('#pg-marbles');
export const letters = (page: Page): Locator => page.locator('#pg-letters');
export const screen = (page: Page): Locator => page.locator('.pg-screen');
export const errors = (page: Page): Promise<string[]> =>
  page.locator('.pg-error').allTextContents();
export const button = (page: Page, name: string): Locator =>
  page.getByRole('button', { name, exact: true });
export const chunk = (page: Page, name: string): Locator => page.getByRole('slider', { name });

/**
 * Waits until the screen shows a text. A second can be too short on a busy machine. Then Run is pressed again, as a
 * reader would.
 */
export async function shows(page: Page, text: string | RegExp): Promise<void> {
  const shown = screen(page).getByText(text, { exact: true });
  const late = page.locator('.pg-error').getByText('It took longer than a second');
  await shown.or(late).first().waitFor();
  if (await shown.isVisible()) return;
  await button(page, 'Run').click();
  await shows(page, text);
}

/** Waits until the field of the marbles has a text. */
export async function hasMarbles(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelector<HTMLTextAreaElement>('#pg-marbles')?.value === wanted,
    text,
  );
}

export async function waitForError(page: Page, text: string): Promise<void> {
  await page.locator('.pg-error').getByText(text).waitFor();
}

/** Types a code in place of the one that is there. */
export async function typeCode(page: Page, code: string): Promise<void> {
  // The editor takes the place of the text when that has the focus.
  if (await page.locator('#pg-code').isVisible()) await page.locator('#pg-code').focus();
  const editor = page.getByRole('textbox', { name: 'Pipeline' }).and(page.locator('.cm-content'));
  await editor.waitFor();
  await editor.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(code);
}

/** The site, and its playground. */
export function usePlayground() {
  const site = useSite();
  return {
    site,
    async open(reader: Reader = {}, hash = ''): Promise<Page> {
      const page = await site.open(PATH + hash, reader);
      await page.locator('.pg-svg svg').waitFor();
      if (!hash) await shows(page, 'Hello!');
      return page;
    },
  };
}
