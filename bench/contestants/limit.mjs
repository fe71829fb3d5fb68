// The limit: fetch, and JSON.parse for each line, with no error handled and nothing on top.

/** @typedef {import('../harness/wire.mjs').TextLengths} TextLengths */
/** @typedef {{ message: { content: string } }} Chunk */

const messages = [{ role: 'user', content: 'Hi' }];

/** @param {string} host @param {string} model @param {AbortSignal} [signal] */
export function request(host, model, signal) {
  return fetch(`${host}/api/chat`, {
    method: 'POST',
    body: JSON.stringify({ model, messages, stream: true }),
    signal: signal ?? null,
  });
}

/**
 * @param {string} host
 * @param {string} model
 * @param {(chunk: Chunk) => void} onChunk
 */
export async function read(host, model, onChunk) {
  const { body } = await request(host, model);
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  /** The beginning of a line whose end has not come. */
  let rest = '';
  for (let read; (read = await reader?.read())?.value;) {
    const text = decoder.decode(read.value, { stream: true });
    let start = 0;
    for (let end; (end = text.indexOf('\n', start)) >= 0; start = end + 1) {
      /** @type {Chunk} */
      const chunk = JSON.parse(rest + text.slice(start, end));
      onChunk(chunk);
      rest = '';
    }
    rest += text.slice(start);
  }
}

/** @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export async function stream(host, model) {
  let answer = 0;
  await read(host, model, ({ message }) => {
    answer += message.content.length;
  });
  return { answer };
}

/** Server-sent events: `fetch`, a split, and `JSON.parse` of the data. @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export async function events(host, model) {
  let answer = 0;
  const { body } = await request(host, model);
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (let read; (read = await reader?.read())?.value;) {
    const parts = (rest + decoder.decode(read.value, { stream: true })).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const data = part.indexOf('data: ');
      if (data < 0) continue;
      /** @type {Partial<Chunk>} */
      const { message } = JSON.parse(part.slice(data + 6));
      answer += message?.content.length ?? 0;
    }
  }
  return { answer };
}
