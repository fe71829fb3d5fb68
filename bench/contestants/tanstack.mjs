// TanStack AI with its Ollama adapter. It does not split tags in the text.
import { load } from './load.mjs';

/**
 * @typedef {import('../harness/wire.mjs').TextLengths} TextLengths
 * @typedef {{ type: string, delta?: string, message?: string }} Event
 */

/** @type {{ chat: (options: object) => AsyncIterable<Event> }} */
const { chat } = await load('@tanstack/ai');
/** @type {{ createOllamaChat: (model: string, host: string) => object }} */
const { createOllamaChat } = await load('@tanstack/ai-ollama');

/** @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export async function stream(host, model) {
  let answer = 0;
  const events = chat({
    adapter: createOllamaChat(model, host),
    messages: [{ role: 'user', content: 'Hi' }],
  });
  for await (const { type, delta = '', message } of events) {
    if (type === 'RUN_ERROR') throw new Error(message);
    if (type === 'TEXT_MESSAGE_CONTENT') answer += delta.length;
  }
  return { answer };
}

export const pipeline = stream;
