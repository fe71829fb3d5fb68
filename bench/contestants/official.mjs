// The official client and its own loop, with nothing on top.
import { Ollama } from 'ollama/browser';

/** @typedef {import('../harness/wire.mjs').TextLengths} TextLengths */
/** @typedef {import('../questions/compare.mjs').Listener} Listener */
/** @typedef {import('../questions/compare.mjs').Parts} Parts */

const messages = [{ role: 'user', content: 'Hi' }];

/** One for all chats, as apps have it. @type {Ollama | undefined} */
let client;

/** @param {string} host @param {string} model */
export function chat(host, model) {
  client ??= new Ollama({ host });
  return client.chat({ model, messages, stream: true });
}

/** All that the client can do while the answer has not begun. */
export const abort = () => {
  client?.abort();
};

/** @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export async function stream(host, model) {
  let answer = 0;
  for await (const { message } of await chat(host, model)) answer += message.content.length;
  return { answer };
}

export const pipeline = stream;

/** @param {string} host @param {Listener} listener @returns {Promise<undefined>} */
export async function talk(host, { onText, signal }) {
  signal?.addEventListener('abort', abort);
  for await (const { message } of await chat(host, 'any')) {
    if (message.content && onText(message.content)) return undefined;
  }
}

/** @param {string} host @returns {Promise<Parts>} */
export async function split(host) {
  const parts = { answer: '', thinking: '' };
  for await (const { message } of await chat(host, 'any')) {
    parts.answer += message.content;
    parts.thinking += message.thinking ?? '';
  }
  return parts;
}
