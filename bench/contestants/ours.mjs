// This library, as it is built.
import { lastValueFrom, tap } from 'rxjs';

/** @typedef {import('../harness/wire.mjs').TextLengths} TextLengths */

/** @type {typeof import('rxjs-ollama')} */
export const library = await import(new URL('../../dist/esm/index.js', import.meta.url).href);

const { accumulateMessage, bufferForUi, fromOllamaChat, splitThinking, tapThroughput } = library;

const messages = [{ role: 'user', content: 'Hi' }];

/** @param {string} host @param {string} model */
export const chat = (host, model) => fromOllamaChat({ model, messages }, { host });

/** @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export async function stream(host, model) {
  let answer = 0;
  const counted$ = chat(host, model).pipe(
    tap(({ message }) => {
      answer += message.content.length;
    }),
  );
  await lastValueFrom(counted$);
  return { answer };
}

/** @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export async function pipeline(host, model) {
  let figures = 0;
  const message$ = chat(host, model).pipe(
    splitThinking(),
    bufferForUi(),
    tapThroughput(() => figures++),
    accumulateMessage(),
  );
  const { content, thinking = '' } = await lastValueFrom(message$);
  return { answer: content.length, thinking: thinking.length };
}
