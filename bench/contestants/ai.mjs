// Vercel's AI SDK with its Ollama provider; thinking split by its middleware, text by smoothStream.
import { load } from './load.mjs';

/**
 * @typedef {import('../harness/wire.mjs').TextLengths} TextLengths
 * @typedef {{ type: string, text?: string, error?: unknown }} Part
 * @typedef {{
 *   streamText: (options: object) => { fullStream: AsyncIterable<Part> },
 *   smoothStream: (options: object) => object,
 *   wrapLanguageModel: (options: object) => object,
 *   extractReasoningMiddleware: (options: object) => object,
 * }} Ai
 */

/** @type {Ai} */
const { extractReasoningMiddleware, smoothStream, streamText, wrapLanguageModel } =
  await load('ai');
/** @type {{ createOllama: (options: object) => (model: string) => object }} */
const { createOllama } = await load('ollama-ai-provider-v2');

/** @param {string} host @param {string} model */
const connect = (host, model) => createOllama({ baseURL: `${host}/api` })(model);

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
    model: wrapLanguageModel({
      model: connect(host, model),
      middleware: extractReasoningMiddleware({ tagName: 'think' }),
    }),
    prompt: 'Hi',
    // Its default waits 10 ms for each word, which is no work.
    experimental_transform: smoothStream({ delayInMs: null }),
  });
  return count(fullStream);
}
