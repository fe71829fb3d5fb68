// Vercel's AI SDK with its Ollama provider; thinking split by its middleware, text by smoothStream.
import { load } from './load.mjs';

/**
 * @typedef {import('../harness/wire.mjs').TextLengths} TextLengths
 * @typedef {import('../questions/compare.mjs').Listener} Listener
 * @typedef {import('../questions/compare.mjs').Parts} Parts
 * @typedef {{ type: string, text?: string, error?: unknown }} Part
 * @typedef {{
 *   streamText: (options: object) => {
 *     fullStream: AsyncIterable<Part>,
 *     textStream: AsyncIterable<string>,
 *     finishReason: PromiseLike<string>,
 *     text: PromiseLike<string>,
 *   },
 *   isStepCount: (count: number) => object,
 *   tool: (options: object) => object,
 *   smoothStream: (options: object) => object,
 *   wrapLanguageModel: (options: object) => object,
 *   extractReasoningMiddleware: (options: object) => object,
 * }} Ai
 */

/** @type {Ai} */
const {
  extractReasoningMiddleware,
  isStepCount,
  smoothStream,
  streamText,
  tool,
  wrapLanguageModel,
} = await load('ai');
/** @type {{ createOllama: (options: object) => (model: string) => object }} */
const { createOllama } = await load('ollama-ai-provider-v2');

/** @param {string} host @param {string} model */
const connect = (host, model) => createOllama({ baseURL: `${host}/api` })(model);

/** @param {object} model */
const withTags = (model) =>
  wrapLanguageModel({ model, middleware: extractReasoningMiddleware({ tagName: 'think' }) });

/** @param {AsyncIterable<Part>} parts */
async function count(parts) {
  let answer = 0;
  let thinking = 0;
  for await (const { type, text = '', error } of parts) {
    if (type === 'error') throw error;
    if (type === 'text-delta') answer += text.length;
    if (type === 'reasoning-delta') thinking += text.length;
  }
  return { answer, thinking };
}

/** @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export async function stream(host, model) {
  const { answer } = await count(
    streamText({ model: connect(host, model), prompt: 'Hi' }).fullStream,
  );
  return { answer };
}

/** @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export function pipeline(host, model) {
  const { fullStream } = streamText({
    model: withTags(connect(host, model)),
    prompt: 'Hi',
    // Its default waits 10 ms for each word, which is no work.
    experimental_transform: smoothStream({ delayInMs: null }),
  });
  return count(fullStream);
}

/** The text, and what the result says of the end. @param {string} host @param {Listener} listener */
export async function talk(host, { onText, signal }) {
  const { textStream, finishReason } = streamText({
    model: connect(host, 'any'),
    prompt: 'Hi',
    abortSignal: signal,
  });
  for await (const text of textStream) if (onText(text)) return undefined;
  return finishReason.then(
    (reason) => (reason === 'stop' ? undefined : `\`finishReason\` is \`${reason}\``),
    () => '`finishReason` rejects',
  );
}

/** @param {object} model @returns {Promise<Parts>} */
async function read(model) {
  const parts = { answer: '', thinking: '' };
  const { fullStream } = streamText({ model, prompt: 'Hi' });
  for await (const { type, text = '' } of fullStream) {
    if (type === 'text-delta') parts.answer += text;
    if (type === 'reasoning-delta') parts.thinking += text;
  }
  return parts;
}

/** @param {string} host */
export const split = (host) => read(connect(host, 'any'));

/** @param {string} host */
export const splitTags = (host) => read(withTags(connect(host, 'any')));

/** @param {string} host */
export async function callTool(host) {
  const { z } = await import('zod');
  const { text } = streamText({
    model: connect(host, 'any'),
    prompt: 'Hi',
    tools: {
      add: tool({
        description: 'Adds two numbers',
        inputSchema: z.object({ x: z.number(), y: z.number() }),
        execute: (/** @type {Record<'x' | 'y', number>} */ { x, y }) => x + y,
      }),
    },
    stopWhen: isStepCount(10),
  });
  return text;
}
