import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { KEY } from '../../examples/nest/demo/cluster.js';
import { startChromium } from '../../scripts/chromium.js';
import { useNest } from '../servers/nest.js';
import { createGate } from '../testing/node/support.js';
import { ChatPage } from './angular/support.js';

jest.setTimeout(600_000);

const variables = { REQUESTS_PER_MINUTE: '10000', GRACE: '60000', LEASE: '3000' };

let chromium: Awaited<ReturnType<typeof startChromium>>;
const said: string[] = [];
beforeAll(async () => {
  chromium = await startChromium();
  chromium.context.on('weberror', (error) => said.push(String(error.error())));
});
afterAll(() => chromium.close());
afterEach(async () => {
  for (const page of chromium.context.pages().slice(1)) await page.close();
  // Nothing that a page has not caught.
  expect(said.splice(0)).toEqual([]);
});

/** The page, opened with a key. */
async function openPage(url: string, key = KEY): Promise<Page> {
  const page = await chromium.context.newPage();
  // It only ends what hangs, also on a busy machine.
  page.setDefaultTimeout(120_000);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${url}/#key=${key}`);
  return page;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const isShown = (page: Page, text: string) => page.getByText(text).first().waitFor();
const isIdle = (page: Page) => button(page, 'Send').waitFor();

async function ask(page: Page, question: string): Promise<void> {
  await isIdle(page);
  await page.getByRole('textbox', { name: 'Message' }).fill(question);
  await page.keyboard.press('Enter');
}

const textsOf = (page: Page) => page.locator('.answer .text').allTextContents();

describe('the page', () => {
  const nest = useNest({ variables });

  it('shows an answer while it grows, and stops it', async () => {
    nest.script = [{ thinking: 'Hm.' }, 'Hel', { fault: 'hang' }];
    const asked = nest.chats().length;
    const page = await openPage(nest.cluster.url);
    await ask(page, 'Hi');
    await isShown(page, 'Hel');
    await isShown(page, 'Gateway A');
    await button(page, 'Stop').click();
    await isShown(page, 'You stopped this answer.');
    expect(await (await nest.chat(asked + 1)).closed).toBe('aborted');
    await isIdle(page);
  });

  it('continues after a reload', async () => {
    const { gate, open } = createGate();
    nest.script = ['Hel', { content: 'lo', delay: gate }, { done: true }];
    const asked = nest.chats().length;
    const page = await openPage(nest.cluster.url);
    await ask(page, 'Hi');
    await isShown(page, 'Hel');
    await page.reload();
    await isShown(page, 'Hel');
    open();
    await isIdle(page);
    expect(await textsOf(page)).toEqual(['Hello']);
    // And what is complete comes from the gateway.
    await page.reload();
    await isShown(page, 'Hello');
    expect(await page.locator('.question').allTextContents()).toEqual(['Hi']);
    expect(await textsOf(page)).toEqual(['Hello']);
    expect(nest.chats().length).toBe(asked + 1);
  });

  it('asks before a tool is called, also after a reload', async () => {
    const call = {
      function: { name: 'place_order', arguments: { item: 'desk lamp', quantity: 2 } },
    };
    nest.script = ({ body: { messages = [] } }) =>
      messages.at(-1)?.role === 'tool'
        ? ['Ordered.', { done: true }]
        : [{ tool_calls: [call] }, { done: true }];
    const page = await openPage(nest.cluster.url);
    await ask(page, 'Order two desk lamps');
    await isShown(page, 'Order 2 × desk lamp for 78 €?');
    await page.reload();
    await isShown(page, 'Order 2 × desk lamp for 78 €?');
    await button(page, 'Approve').click();
    await isShown(page, 'Ordered.');
    await isIdle(page);
    await page.getByText('done').waitFor();
    const orders = await fetch(`${nest.cluster.shop.orders}/orders?user=alice`);
    expect(await orders.json()).toMatchObject([{ item: 'desk lamp', quantity: 2 }]);
  });

  it('shows the place in line', async () => {
    const { gate, open } = createGate();
    nest.script = ['Hel', { content: 'lo', delay: gate }, { done: true }];
    const first = await openPage(nest.cluster.url);
    await ask(first, 'Hi');
    await isShown(first, 'Hel');
    const second = await openPage(nest.cluster.url);
    await ask(second, 'Hi');
    await isShown(second, 'One answer comes before yours');
    open();
    await isShown(second, 'Hello');
    await isIdle(second);
  });

  it('asks for a key, and says when it is wrong', async () => {
    const page = await openPage(nest.cluster.url, '');
    await page.locator('#key').fill('a-key-that-nobody-has');
    await button(page, 'Continue').click();
    await isShown(page, 'The key is not known.');
    await page.reload();
    await page.locator('#key').fill(KEY);
    await button(page, 'Continue').click();
    nest.script = ['Hello', { done: true }];
    await ask(page, 'Hi');
    await isShown(page, 'Hello');
    await isIdle(page);
  });

  it('fits and can be read, on phones and screens, in both themes', async () => {
    const call = {
      function: { name: 'place_order', arguments: { item: 'desk lamp', quantity: 1 } },
    };
    const page = await openPage(nest.cluster.url);
    const looks = new ChatPage(page);
    await button(page, 'Order two desk lamps.').waitFor();
    const faults = await looks.takePictures('nest-welcome');
    nest.script = [
      { thinking: 'A lamp.' },
      'I order a lamp.',
      { tool_calls: [call] },
      { done: true },
    ];
    await ask(page, 'Order a lamp');
    await button(page, 'Approve').waitFor();
    faults.push(...(await looks.takePictures('nest-approval')));
    nest.script = ['You get a lamp, which is sent to you tomorrow.', { fault: 'cut' }];
    await button(page, 'Decline').click();
    await page.locator('.note.bad').waitFor();
    faults.push(...(await looks.takePictures('nest-error')));
    expect(faults).toEqual([]);
  });
});

describe('the page of a gateway that is killed', () => {
  const nest = useNest({ variables });

  it('gets the answer from the other one, without a word twice', async () => {
    let isKilled = false;
    nest.script = () => (isKilled ? ['Hel', 'lo', { done: true }] : ['Hel', { fault: 'hang' }]);
    const page = await openPage(nest.cluster.url);
    await ask(page, 'Hi');
    await isShown(page, 'Hel');
    await isShown(page, 'Gateway A');
    isKilled = true;
    await nest.a.kill();
    await isShown(page, 'Gateway B');
    await isShown(page, 'Hello');
    await isIdle(page);
    expect(await textsOf(page)).toEqual(['Hello']);
    expect(await Promise.all(nest.chats().map(({ closed }) => closed))).toEqual([
      'aborted',
      'completed',
    ]);
  });
});
