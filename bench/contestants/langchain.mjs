// LangChain's chat model for Ollama. It does not split tags in the text.
import { load } from './load.mjs';

/**
 * @typedef {import('../harness/wire.mjs').TextLengths} TextLengths
 * @typedef {{ content: string }} MessageChunk
 * @typedef {new (options: object) => { stream(prompt: string): Promise<AsyncIterable<MessageChunk>> }} Chat
 */

/** @type {{ ChatOllama: Chat }} */
const { ChatOllama } = await load('@langchain/ollama');

/** @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export async function stream(host, model) {
  let answer = 0;
  const chunks = await new ChatOllama({ baseUrl: host, model }).stream('Hi');
  for await (const { content } of chunks) answer += content.length;
  return { answer };
}

export const pipeline = stream;
