import type { RequestListener } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { tap } from 'rxjs';
import { defineTool, runTools, type Message } from 'rxjs-ollama';
import { fromUiMessages, pipeToResponse, uiMessages } from 'rxjs-ollama/node';
import {
  inTurn,
  startScriptedOllama,
  type Script,
  type ScriptedOllama,
} from 'rxjs-ollama/testing/node';
import { startChromium } from '../../scripts/chromium.js';
import { servePage, until } from './support.js';

// The first start of a browser takes its time.
jest.setTimeout(60_000);

const numbers = {
  type: 'object',
  properties: { x: { type: 'number' }, y: { type: 'number' } },
} as const;
const tools = [
  defineTool({
    name: 'add',
    description: 'Adds two numbers',
    parameters: numbers,
    execute: ({ x, y }) => Number(x) + Number(y),
  }),
  defineTool({
    name: 'pay',
    description: 'Pays',
    parameters: { type: 'object', properties: {} },
    needsApproval: true,
    execute: () => 'paid',
  }),
];

let chromium: Awaited<ReturnType<typeof startChromium>>;
let served: Awaited<ReturnType<typeof servePage>>;
let ollama: ScriptedOllama;
/** What the gateway has stored of the chat. */
let stored: Message[] = [];
let outcomes: string[] = [];

/** The gateway: what a back end has for `useChat`. */
const answer: RequestListener = (request, response) => {
  void json(request).then(async (body) => {
    const { messages, decisions } = fromUiMessages(body, stored);
    const options = { tools, decisions, host: ollama.url };
    const run$ = runTools(
      { model: 'qwen3', messages },
      { ...options, approve: () => 'suspend' },
    ).pipe(
      tap((event) => {
        if (event.type === 'finish') stored = [...event.messages];
      }),
    );
    const { outcome } = await pipeToResponse(run$, response, { format: uiMessages() });
    outcomes.push(outcome);
  });
};

beforeAll(async () => {
  [chromium, served] = await Promise.all([startChromium(), servePage('useChatPage.ts', answer)]);
});

afterAll(async () => {
  await chromium.close();
  await served.close();
});

afterEach(async () => {
  await ollama.close();
  stored = [];
  outcomes = [];
});

/** A page whose user has asked a question. */
async function ask(script: Script, text: string): Promise<Page> {
  ollama = await startScriptedOllama(script);
  const page = await chromium.context.newPage();
  await page.goto(served.url);
  await page.fill('#box', text);
  await page.click('#send');
  return page;
}

const isStatus = (status: string) => document.querySelector('#status')?.textContent === status;
const hasTool = (text: string) =>
  [...document.querySelectorAll('.tool span')].some((tool) => tool.textContent.startsWith(text));
const hasText = (text: string) =>
  [...document.querySelectorAll('.assistant .text')].some((shown) => shown.textContent === text);

/** What the page shows of the answer, part by part. */
const readAnswer = (page: Page) =>
  page.locator('.assistant p').evaluateAll((parts) =>
    parts.map((part) => {
      const text = part.querySelector('span') ?? part;
      return `${part.classList.value}: ${text.textContent}`;
    }),
  );

const call = (name: string, args: Record<string, unknown> = {}) => ({
  id: `call_${name}`,
  function: { name, arguments: args },
});

it('shows thinking, two tools and the answer', async () => {
  const page = await ask(
    inTurn(
      [{ thinking: 'Two sums.' }, { tool_calls: [call('add', { x: 17, y: 23 })] }, { done: true }],
      ['It is ', '40.', { done: true }],
    ),
    'What is 17 + 23?',
  );
  await until(page, hasText, 'It is 40.');
  await until(page, isStatus, 'ready');
  expect(await readAnswer(page)).toEqual([
    'reasoning: Two sums.',
    'tool: add output-available 40',
    'text: It is 40.',
  ]);
  expect(outcomes).toEqual(['completed']);
  await page.close();
});

it('asks the user before a call that needs approval, and continues with the decision', async () => {
  const page = await ask(
    inTurn(
      [{ tool_calls: [call('add', { x: 1, y: 2 }), call('pay')] }, { done: true }],
      ['Paid.', { done: true }],
    ),
    'Pay the sum',
  );
  await until(page, hasTool, 'pay approval-requested');
  await page.click('#approve');
  await until(page, hasText, 'Paid.');
  await until(page, isStatus, 'ready');
  expect(await readAnswer(page)).toEqual([
    'tool: add output-available 3',
    'tool: pay output-available "paid"',
    'text: Paid.',
  ]);
  // The model is told the results, once.
  expect(ollama.requests).toHaveLength(2);
  await page.close();
});

it('tells the model that the user has denied a call', async () => {
  const page = await ask(
    inTurn([{ tool_calls: [call('pay')] }, { done: true }], ['Then not.', { done: true }]),
    'Pay',
  );
  await until(page, hasTool, 'pay approval-requested');
  await page.click('#deny');
  await until(page, hasText, 'Then not.');
  expect(await readAnswer(page)).toEqual(['tool: pay output-denied ""', 'text: Then not.']);
  await page.close();
});

it('stops the model when the user stops, and keeps what was shown', async () => {
  const page = await ask(['Once upon', { fault: 'hang' }], 'A story');
  const request = await ollama.received();
  await until(page, hasText, 'Once upon');
  await page.click('#stop');
  expect(await request.closed).toBe('aborted');
  await until(page, isStatus, 'ready');
  expect(await readAnswer(page)).toEqual(['text: Once upon']);
  expect(outcomes).toEqual(['left']);
  await page.close();
});

it('stops the model when the user closes the page', async () => {
  const page = await ask(['Once upon', { fault: 'hang' }], 'A story');
  const request = await ollama.received();
  await until(page, hasText, 'Once upon');
  await page.close();
  expect(await request.closed).toBe('aborted');
});

it.each([
  ['the connection breaks', ['Hel', { fault: 'reset' }] as Script],
  ['the answer has no end', ['Hel', { fault: 'cut' }] as Script],
  ['the model fails', ['Hel', { error: 'out of memory at /etc/models' }] as Script],
])('shows an error, and keeps the text, when %s', async (_, script) => {
  const page = await ask(script, 'Hi');
  await until(page, isStatus, 'error');
  expect(await readAnswer(page)).toEqual(['text: Hel']);
  const shown = await page.textContent('#error');
  expect(shown).not.toBe('');
  expect(shown).not.toContain('/etc/models');
  expect(outcomes).toEqual(['failed']);
  await page.close();
});
