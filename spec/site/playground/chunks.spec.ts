import { describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { chunk, hasMarbles, letters, marbles, shows, usePlayground } from './support.js';

jest.setTimeout(300_000);

const playground = usePlayground();

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
    const page = await playground.open();
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
    const page = await playground.open({ width: 390 });
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
    const page = await playground.open();
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

  /** Drags with the mouse, in as many steps as an animation would have. */
  async function drag(page: Page, name: string, distance: number): Promise<void> {
    await page.locator('.pg-picture').scrollIntoViewIfNeeded();
    const { x, y } = await centerOf(page, name);
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let i = 1; i <= 30; i++) await page.mouse.move(x + (distance * i) / 30, y);
    await page.mouse.up();
  }

  const FIRST = '-o--p--s-k---a--b--c----(d|)';

  it('keeps to the scale at which a drag began, though the picture grows', async () => {
    const page = await playground.open();
    const [a, b] = [await centerOf(page, 'chunk a'), await centerOf(page, 'chunk b')];
    const wanted = 240 + (300 * 30) / (b.x - a.x);
    await drag(page, 'completion', 300);
    await page.waitForFunction(
      () => Number(document.querySelector<HTMLInputElement>('.pg-bar input')?.max) > 300,
    );
    const at = Number(await chunk(page, 'completion').getAttribute('aria-valuenow'));
    expect(Math.abs(at - wanted)).toBeLessThanOrEqual(10);
  });

  it('stays between the beginning and the end, however far it is dragged', async () => {
    const page = await playground.open();
    await drag(page, 'chunk a', -2000);
    await shows(page, /^Hel/);
    await hasMarbles(page, 'ao--p--s-k------b--c----(d|)');
    await drag(page, 'completion', -2000);
    await hasMarbles(page, 'ao--p--s-k------b--c----(d|)');
    await drag(page, 'chunk a', 2000);
    await hasMarbles(page, '-o--p--s-k------b--c----(da|)');
  });

  it('moves as often as a key is pressed, also between two animation frames', async () => {
    const page = await playground.open();
    await chunk(page, 'chunk a').evaluate((element) => {
      for (let i = 0; i < 2; i++)
        element.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    });
    await hasMarbles(page, '-o--p--s-k-----ab--c----(d|)');
  });

  it('comes back by undo: a key, or a drag as a whole', async () => {
    const page = await playground.open();
    await chunk(page, 'chunk a').press('Backspace');
    await hasMarbles(page, '-o--p--s-k------b--c----(d|)');
    await drag(page, 'chunk b', -200);
    await page.waitForFunction(
      (before) => document.querySelector<HTMLInputElement>('#pg-marbles')?.value !== before,
      '-o--p--s-k------b--c----(d|)',
    );
    await page.keyboard.press('Control+z');
    await hasMarbles(page, '-o--p--s-k------b--c----(d|)');
    await page.keyboard.press('Control+z');
    await hasMarbles(page, FIRST);
    // A field undoes by itself.
    await chunk(page, 'chunk a').press('ArrowRight');
    await hasMarbles(page, '-o--p--s-k----a-b--c----(d|)');
    await letters(page).focus();
    await page.keyboard.press('Control+z');
    await shows(page, 'Hello!');
    expect(await marbles(page).inputValue()).toBe('-o--p--s-k----a-b--c----(d|)');
  });

  it('leaves the focus on the chunk before it when the last one is removed', async () => {
    const page = await playground.open();
    await chunk(page, 'completion').press('Delete');
    await hasMarbles(page, '-o--p--s-k---a--b--c----d');
    await page.waitForFunction(
      () => document.activeElement?.getAttribute('aria-label')?.startsWith('chunk d') ?? false,
    );
  });
});
