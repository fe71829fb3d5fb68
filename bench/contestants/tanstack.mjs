// TanStack AI with its Ollama adapter. It does not split tags in the text.
import { load } from './load.mjs';

/**
 * @typedef {import('../harness/wire.mjs').TextLengths} TextLengths
 * @typedef {import('../questions/compare.mjs').Listener} Listener
 * @typedef {import('../questions/compare.mjs').Parts} Parts
 * @typedef {{ type: string, delta?: string, message?: string }} Event
 */

/**
 * @type {{
 *   chat: (options: object) => AsyncIterable<Event>,
 *   toolDefinition: (options: object) => {
 *     server(execute: (args: Record<'x' | 'y', number>) => unknown): object,
 *   },
 * }}
 */
const { chat, toolDefinition } = await load('@tanstack/ai');
/** @type {{ createOllamaChat: (model: string, host: string) => object }} */
const { createOllamaChat } = await load('@tanstack/ai-ollama');

/** @param {string} host @param {string} model @param {object} [options] */
const ask = (host, model, options) =>
  chat({
    adapter: createOllamaChat(model, host),
    messages: [{ role: 'user', content: 'Hi' }],
    ...options,
  });

/** @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export async function stream(host, model) {
  let answer = 0;
  for await (const { type, delta = '', message } of ask(host, model)) {
    if (type === 'RUN_ERROR') throw new Error(message);
    if (type === 'TEXT_MESSAGE_CONTENT') answer += delta.length;
  }
  return { answer };
}

export const pipeline = stream;

/** Its errors are events. @param {string} host @param {Listener} listener */
export async function talk(host, { onText, signal }) {
  const abortController = new AbortController();
  signal?.addEventListener('abort', () => {
    abortController.abort();
  });
  let failed = false;
  for await (const { type, delta = '' } of ask(host, 'any', { abortController })) {
    if (type === 'TEXT_MESSAGE_CONTENT' && onText(delta)) return undefined;
    failed ||= type === 'RUN_ERROR';
  }
  return failed ? 'an event is `RUN_ERROR`' : undefined;
}

/** @param {string} host @returns {Promise<Parts>} */
export async function split(host) {
  const parts = { answer: '', thinking: '' };
  for await (const { type, delta = '' } of ask(host, 'any')) {
    if (type === 'TEXT_MESSAGE_CONTENT') parts.answer += delta;
    if (type === 'REASONING_MESSAGE_CONTENT') parts.thinking += delta;
  }
  return parts;
}

/** @param {string} host */
export async function callTool(host) {
  const { z } = await import('zod');
  const add = toolDefinition({
    name: 'add',
    description: 'Adds two numbers',
    inputSchema: z.object({ x: z.number(), y: z.number() }),
  }).server(({ x, y }) => x + y);
  for await (const { type, message } of ask(host, 'any', { tools: [add] })) {
    if (type === 'RUN_ERROR') throw new Error(message);
  }
}
