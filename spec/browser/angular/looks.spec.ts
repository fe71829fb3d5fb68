import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { inTurn, type Script } from 'rxjs-ollama/testing/node';
import { findBarriers } from '../../support/browser/findBarriers.js';
import { takePicture } from '../../support/browser/takePicture.js';
import { demo, startBench, type ServedChat } from './support.js';

jest.setTimeout(600_000);

let bench: Awaited<ReturnType<typeof startBench>>;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
afterEach(() => bench.closePages());

/** Everything that the page can look like: what the model does, and what the reader does. */
const STATES: Readonly<Record<string, [Script, (chat: ServedChat) => Promise<unknown>]>> = {
  empty: [demo, async () => undefined],
  waiting: [
    [{ fault: 'hang' }],
    async (chat) => {
      await chat.ask('Why does text arrive in pieces?');
      await chat.isShown('Waiting for demo');
    },
  ],
  thinking: [
    [{ thinking: 'The question is about streams. I could add an example.' }, { fault: 'hang' }],
    async (chat) => {
      await chat.ask('Why does text arrive in pieces?');
      await chat.isShown('I could add an example');
    },
  ],
  answer: [
    demo,
    async (chat) => {
      await chat.button('Tools').click();
      await chat.ask('Why does text arrive in pieces?');
      await chat.isComplete();
      await chat.page.locator('.hljs-keyword').first().waitFor();
    },
  ],
  approval: [
    demo,
    async (chat) => {
      await chat.ask('What time is it?');
      await chat.button('Allow').waitFor();
    },
  ],
  tools: [
    demo,
    async (chat) => {
      await chat.ask('What time is it?');
      await chat.button('Allow').click();
      await chat.isComplete();
      await chat.page.locator('app-tool-card').first().getByText('current_time').click();
    },
  ],
  error: [
    ['What has arrived stays on the screen', { fault: 'cut' }],
    async (chat) => {
      await chat.ask('Why does text arrive in pieces?');
      await chat.button('Try again').waitFor();
    },
  ],
  missing: [
    [{ error: 'not found', status: 404 }],
    async (chat) => {
      await chat.ask('Why does text arrive in pieces?');
      await chat.button('Pull it').waitFor();
    },
  ],
  stopped: [
    ['A beginning', { fault: 'hang' }],
    async (chat) => {
      await chat.ask('Why does text arrive in pieces?');
      await chat.isShown('A beginning');
      await chat.ask('And another question meanwhile');
      await chat.isShown('Waits for the answer above');
      await chat.button('Stop').click();
      await chat.isShown('You stopped this answer.');
    },
  ],
  models: [
    demo,
    async (chat) => {
      await chat.page.getByRole('button', { name: /^Model:/ }).click();
      await chat.page.getByRole('listbox').waitFor();
    },
  ],
  pull: [
    [{ status: 'pulling', digest: 'sha256:a', total: 600e6, completed: 150e6 }, { fault: 'hang' }],
    async (chat) => {
      await chat.page.getByRole('button', { name: /^Model:/ }).click();
      await chat.button('Pull another model').click();
      await chat.page.getByLabel('Its name').fill('qwen3');
      await chat.button('Pull').click();
      await chat.isShown('25 %');
    },
  ],
  instructions: [demo, (chat) => chat.button('Instructions').click()],
  form: [
    demo,
    async (chat) => {
      await chat.page.getByRole('link', { name: 'Fill in a form' }).click();
      await chat.button('Fill in').click();
      await chat.page.locator('button:enabled', { hasText: 'Copy JSON' }).waitFor();
    },
  ],
  history: [
    inTurn(['An **answer**\n\n- with\n- a list', { done: true }]),
    async (chat) => {
      for (let i = 1; i <= 8; i++) {
        await chat.ask(`Question ${String(i)}`);
        await chat.page.waitForFunction(
          (count) => document.querySelectorAll('app-answer app-figures').length === count,
          i,
        );
      }
      await chat.page.locator('.scroller').hover();
      await chat.page.mouse.wheel(0, -300);
      await chat.button('To the latest').waitFor();
    },
  ],
};

describe('the page, for everybody', () => {
  it.each(Object.entries(STATES))('%s', async (name, [script, act]) => {
    const chat = await bench.open(script);
    await act(chat);
    expect(await chat.takePictures(name)).toEqual([]);
  });

  it('has a menu on a phone, that the keyboard opens and closes', async () => {
    const chat = await bench.open(['Yes', { done: true }]);
    await chat.ask('A question that stands in the list');
    await chat.isComplete();
    await chat.page.setViewportSize({ width: 390, height: 844 });
    await chat.button('Conversations').focus();
    await chat.page.keyboard.press('Enter');
    await chat.button('New chat').waitFor();
    await chat.page.waitForFunction(() => document.activeElement?.closest('app-sidebar'));
    await chat.page
      .locator('app-sidebar')
      .evaluate((menu) => Promise.all(menu.getAnimations().map(({ finished }) => finished)));
    expect(await findBarriers(chat.page)).toEqual([]);
    await takePicture(chat.page, 'menu-390-light');
    await chat.page.keyboard.press('Escape');
    await chat.button('New chat').waitFor({ state: 'hidden' });
  });
});
