// This library, as it is built.
import { lastValueFrom, tap } from 'rxjs';
import { library as load } from '../harness/library.mjs';

/** @typedef {import('../harness/wire.mjs').TextLengths} TextLengths */
/** @typedef {import('../questions/compare.mjs').Listener} Listener */
/** @typedef {import('../questions/compare.mjs').Parts} Parts */

export const library = await load('');

const {
  accumulateMessage,
  answerText,
  bufferForUi,
  defineTool,
  fromChatEvents,
  fromOllamaChat,
  runTools,
  splitThinking,
  takeUntilAborted,
  tapThroughput,
} = library;

const messages = [{ role: 'user', content: 'Hi' }];

/** @param {string} host @param {string} model @param {typeof globalThis.fetch} [fetch] */
export const chat = (host, model, fetch) => fromOllamaChat({ model, messages }, { host, fetch });

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

/** @param {string} host @param {string} model */
export const pipeline = (host, model) => readMessage(chat(host, model));

/**
 * What a page does with a chat.
 * @param {import('rxjs').Observable<import('rxjs-ollama').ChatChunk>} chat$
 * @returns {Promise<TextLengths>}
 */
export async function readMessage(chat$) {
  let figures = 0;
  const message$ = chat$.pipe(
    splitThinking(),
    bufferForUi(),
    tapThroughput(() => figures++),
    accumulateMessage(),
  );
  const { content, thinking = '' } = await lastValueFrom(message$);
  return { answer: content.length, thinking: thinking.length };
}

/** @param {string} host @param {Listener} listener @returns {Promise<undefined>} */
export const talk = (host, { onText, signal = new AbortController().signal }) =>
  new Promise((resolve, reject) => {
    const subscription = chat(host, 'any')
      .pipe(takeUntilAborted(signal), answerText())
      .subscribe({
        next(text) {
          if (!onText(text)) return;
          subscription.unsubscribe();
          resolve(undefined);
        },
        error: reject,
        complete() {
          resolve(undefined);
        },
      });
  });

/** @param {string} host @returns {Promise<Parts>} */
export async function split(host) {
  const message$ = chat(host, 'any').pipe(splitThinking(), accumulateMessage());
  const { content, thinking = '' } = await lastValueFrom(message$);
  return { answer: content, thinking };
}

const number = { type: 'number' };

/** @param {string} host */
export const callTool = (host) =>
  lastValueFrom(
    runTools(
      { model: 'any', messages },
      {
        host,
        tools: [
          defineTool({
            name: 'add',
            description: 'Adds two numbers',
            parameters: { type: 'object', properties: { x: number, y: number } },
            execute: ({ x, y }) => Number(x) + Number(y),
          }),
        ],
      },
    ),
  );

/** The same as server-sent events of a gateway. @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export async function events(host, model) {
  let answer = 0;
  const body = JSON.stringify({ model });
  const request = new Request(`${host}/api/chat`, { method: 'POST', body });
  const counted$ = fromChatEvents(request).pipe(
    tap(({ message }) => {
      answer += message.content.length;
    }),
  );
  await lastValueFrom(counted$);
  return { answer };
}
