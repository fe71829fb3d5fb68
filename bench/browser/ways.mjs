// The ways to receive an answer that grows, and those to show it.
import { Ollama } from 'ollama/browser';
import { animationFrameScheduler, auditTime, map, timer } from 'rxjs';
import {
  accumulateMessage,
  answerText,
  bufferForUi,
  fromOllamaChat,
  splitThinking,
} from 'rxjs-ollama';

/**
 * @typedef {{ type: string, raw: string }} Token
 * @typedef {{ lexer(text: string): Token[], parser(tokens: Token[]): string }} Marked
 * @typedef {(text: string) => void} Show
 * @typedef {(host: string, show: Show, seconds: number) => Promise<void>} Receive
 * @typedef {(article: HTMLElement, marked: Marked) => Show} CreateShow
 */

const request = {
  model: 'qwen3',
  messages: [{ role: 'user', content: 'Tell me all about it.' }],
};
const chat = (/** @type {string} */ host) =>
  fromOllamaChat(request, { host }).pipe(splitThinking());
const toContent = map((/** @type {{ content: string }} */ { content }) => content);

/** @type {Receive} */
const idle = (_, show, seconds) =>
  timer(seconds * 1000).forEach(() => {
    show('');
  });

/** @type {Receive} */
async function everyLine(host, show) {
  const body = JSON.stringify({ ...request, stream: true });
  const response = await fetch(`${host}/api/chat`, { method: 'POST', body });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let [rest, content] = ['', ''];
  for (let read; (read = await reader?.read()) && !read.done;) {
    const lines = (rest + read.value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      /** @type {{ message: { content: string } }} */
      const { message } = JSON.parse(line);
      content += message.content;
      show(content);
    }
  }
}

/** @type {Receive} */
async function everyPart(host, show) {
  let text = '';
  for await (const { message } of await new Ollama({ host }).chat({ ...request, stream: true })) {
    text += message.content;
    show(text);
  }
}

/** @type {Receive} */
const everyChunk = (host, show) => chat(host).pipe(accumulateMessage(), toContent).forEach(show);

/** @type {Receive} */
const accumulatedFirst = (host, show) =>
  chat(host)
    .pipe(accumulateMessage(), auditTime(0, animationFrameScheduler), toContent)
    .forEach(show);

/** @type {Receive} */
const buffered = (host, show) =>
  chat(host).pipe(bufferForUi(), accumulateMessage(), toContent).forEach(show);

/** @type {Receive} */
const bufferedDeltas = (host, show) => chat(host).pipe(bufferForUi(), answerText()).forEach(show);

/** @type {CreateShow} */
const nowhere = () => () => undefined;

/** @type {CreateShow} */
const replaceText = (article) => (text) => {
  article.textContent = text;
};

/** @type {CreateShow} */
const appendText = (article) => (text) => {
  article.append(text);
};

/** @type {CreateShow} */
const replaceHtml = (article, marked) => (text) => {
  article.innerHTML = marked.parser(marked.lexer(text));
};

/**
 * What the parser has read up to its last block can't change any more, and is left alone.
 * @type {CreateShow}
 */
const replaceLastBlock = (article, marked) => {
  const last = document.createElement('div');
  article.append(last);
  let finished = 0;
  return (text) => {
    const tokens = marked.lexer(text.slice(finished));
    const open = tokens.findLastIndex(({ type }) => type !== 'space');
    const done = tokens.splice(0, open);
    if (done.length) last.insertAdjacentHTML('beforebegin', marked.parser(done));
    finished += done.reduce((length, { raw }) => length + raw.length, 0);
    last.innerHTML = marked.parser(tokens);
  };
};

/** @type {Readonly<Record<string, { receive: Receive, createShow: CreateShow }>>} */
export const ways = {
  idle: { receive: idle, createShow: nowhere },
  'fetch + JSON.parse, not shown': { receive: everyLine, createShow: nowhere },
  'bufferForUi, not shown': { receive: buffered, createShow: nowhere },
  'official, every part': { receive: everyPart, createShow: replaceText },
  'every chunk': { receive: everyChunk, createShow: replaceText },
  'accumulated, then auditTime': { receive: accumulatedFirst, createShow: replaceText },
  bufferForUi: { receive: buffered, createShow: replaceText },
  'bufferForUi, appended': { receive: bufferedDeltas, createShow: appendText },
  'Markdown, every chunk': { receive: everyChunk, createShow: replaceHtml },
  'Markdown, bufferForUi': { receive: buffered, createShow: replaceHtml },
  'Markdown, bufferForUi, last block': { receive: buffered, createShow: replaceLastBlock },
};
