import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { ChatPage, startBench, visit } from './support.js';

jest.setTimeout(600_000);

let bench: Awaited<ReturnType<typeof startBench>>;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

it('runs by one command, and shows what it can', async () => {
  const { OLLAMA_HOST: _, ...env } = process.env;
  const demo = spawn(process.execPath, ['scripts/demoAngular.mjs'], {
    env: { ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
    // npm runs the server in a process of its own.
    detached: true,
  });
  const exit = once(demo, 'exit');
  try {
    let url = '';
    for await (const line of createInterface(demo.stdout)) {
      url = /^The page is at (\S+)/.exec(line)?.[1] ?? url;
      if (line.includes('A scripted model answers')) break;
    }
    const page = await bench.context.newPage();
    await visit(page, url);
    await showAll(new ChatPage(page));
    await page.close();
  } finally {
    if (demo.pid !== undefined) process.kill(-demo.pid);
    await exit;
  }
});

async function showAll(chat: ChatPage): Promise<void> {
  await chat.button('Show me what you can format').click();
  await chat.isComplete();
  expect(await chat.answers.locator('table').count()).toBe(1);

  await chat.ask('What time is it in Tokyo?');
  await chat.button('Allow').click();
  await chat.isShown('This is what I found');

  await chat.button('New chat').click();
  await chat.button('Let an answer break off in the middle').click();
  await chat.isShown('The connection broke');

  await chat.page.getByRole('button', { name: /^Model:/ }).click();
  await chat.button('Pull another model').click();
  await chat.page.getByLabel('Its name').fill('qwen3:4b');
  await chat.button('Pull').click();
  await chat.page.getByRole('button', { name: 'Model: qwen3:4b' }).waitFor();
  await chat.ask('Hello');
  await chat.isComplete();
}
