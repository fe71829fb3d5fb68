// The official client in RxJS, as it is written by hand: `from`, and a `scan` that spreads.
import { auditTime, from, lastValueFrom, map, scan, tap } from 'rxjs';
import { chat } from './official.mjs';

/** @typedef {import('../harness/wire.mjs').TextLengths} TextLengths */

/** @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export async function stream(host, model) {
  let answer = 0;
  const chunk$ = from(await chat(host, model));
  await lastValueFrom(chunk$.pipe(tap(({ message }) => (answer += message.content.length))));
  return { answer };
}

/** @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export async function pipeline(host, model) {
  const start = performance.now();
  const message$ = from(await chat(host, model)).pipe(
    scan(
      (last, chunk) => {
        const { content } = chunk.message;
        if (content === '<think>') return { ...chunk, phase: 'thinking', text: '' };
        if (content === '</think>') return { ...chunk, phase: 'content', text: '' };
        return { ...chunk, phase: last.phase, text: content };
      },
      { phase: 'content', text: '' },
    ),
    scan(
      ({ message, tokens }, { phase, text }) => {
        const field = phase === 'thinking' ? 'thinking' : 'content';
        return { message: { ...message, [field]: message[field] + text }, tokens: tokens + 1 };
      },
      { message: { role: 'assistant', content: '', thinking: '' }, tokens: 0 },
    ),
    map((state) => ({ ...state, speed: (state.tokens / (performance.now() - start)) * 1000 })),
    auditTime(16),
  );
  const { message } = await lastValueFrom(message$);
  return { answer: message.content.length, thinking: message.thinking.length };
}
