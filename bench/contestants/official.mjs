// The official client and its own loop, with nothing on top.
import { Ollama } from 'ollama/browser';

/** @typedef {import('../harness/wire.mjs').TextLengths} TextLengths */

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
