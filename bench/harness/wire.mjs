// What the server sends: streams as Ollama writes them, and how much text is in them.
import { Buffer } from 'node:buffer';

/**
 * What a contestant says came out; `thinking` only where it splits.
 * @typedef {{ answer: number, thinking?: number }} TextLengths
 * A block that is not the same each time is made by its number, from 0.
 * @typedef {{ head: Buffer, block: Buffer | ((n: number) => Buffer), repeat: number, tail: Buffer, type?: string }} Body
 * @typedef {{ body: Body, lengths: Required<TextLengths>, tags: number }} Stream
 */

/** Lines of the block that a long stream repeats. */
const BLOCK = 1000;
const WORDS =
  'the model reads what it wrote, then goes on: a token is about four characters long'.split(' ');

/** @param {Record<string, unknown>} message */
const toLine = (message, n = 0) =>
  `${JSON.stringify({
    model: 'qwen3:4b',
    created_at: `2026-07-28T06:38:03.${String(100_000 + ((n * 977) % 900_000))}Z`,
    message: { role: 'assistant', ...message },
    done: false,
  })}\n`;

const FINAL = `${JSON.stringify({
  model: 'qwen3:4b',
  created_at: '2026-07-28T06:39:03.123456Z',
  message: { role: 'assistant', content: '' },
  done: true,
  done_reason: 'stop',
  total_duration: 61_000_000_000,
  load_duration: 900_000_000,
  prompt_eval_count: 26,
  prompt_eval_duration: 100_000_000,
  eval_count: 1000,
  eval_duration: 60_000_000_000,
})}\n`;

/** A part of an HTTP body in chunked coding: what one read of the client gives. */
const frame = (/** @type {string} */ text) =>
  `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/**
 * Text of about four characters a token; it begins without a space, as answers do. One in twelve has
 * what JSON escapes, as in the recorded streams of real models.
 */
export const tokens = Array.from({ length: BLOCK }, (_, n) => {
  const word = WORDS[n % WORDS.length] ?? '';
  if (n % 12 === 11) return '.\n';
  return n ? ` ${word}` : word;
});
const TOKENS_LENGTH = tokens.join('').length;

/** @param {number} perRead how many lines come in one read */
function createBlock(perRead) {
  const lines = tokens.map((content, n) => toLine({ content }, n));
  const frames = [];
  for (let n = 0; n < BLOCK; n += perRead) frames.push(frame(lines.slice(n, n + perRead).join('')));
  return Buffer.from(frames.join(''));
}

/**
 * Tokens one after another, an answer and nothing else.
 * @param {number} blocks
 * @param {number} perRead
 * @returns {Stream}
 */
function createAnswer(blocks, perRead) {
  return {
    body: {
      head: Buffer.alloc(0),
      block: createBlock(perRead),
      repeat: blocks,
      tail: Buffer.from(frame(FINAL)),
    },
    lengths: { answer: blocks * TOKENS_LENGTH, thinking: 0 },
    tags: 0,
  };
}

/**
 * One block of thinking between tags in the content, then the answer.
 * @param {number} blocks
 * @param {number} perRead
 * @returns {Stream}
 */
function createThinking(blocks, perRead) {
  const { body } = createAnswer(blocks - 1, perRead);
  const block = createBlock(perRead);
  const open = frame(toLine({ content: '<think>' }));
  const close = frame(toLine({ content: '</think>' }));
  return {
    body: { ...body, head: Buffer.concat([Buffer.from(open), block, Buffer.from(close)]) },
    lengths: { answer: (blocks - 1) * TOKENS_LENGTH, thinking: TOKENS_LENGTH },
    tags: '<think></think>'.length,
  };
}

/** How much of a long line comes in one read, in bytes. */
const READ = 16 * 1024;

/**
 * Long lines, each with a file in its content.
 * @param {number} lines
 * @param {number} size of a line in bytes, about
 * @returns {Stream}
 */
function createLongLines(lines, size) {
  const row = `const value = compute(previous, "next"); // line of a file that a model wrote\n`;
  const content = row.repeat(Math.ceil(size / (row.length + 3)));
  const line = Buffer.from(toLine({ content }));
  const frames = [];
  for (let at = 0; at < line.length; at += READ) {
    const part = line.subarray(at, at + READ);
    frames.push(`${part.length.toString(16)}\r\n`, part, '\r\n');
  }
  return {
    body: {
      head: Buffer.alloc(0),
      block: Buffer.concat(frames.map((part) => Buffer.from(part))),
      repeat: lines,
      tail: Buffer.from(frame(FINAL)),
    },
    lengths: { answer: lines * content.length, thinking: 0 },
    tags: 0,
  };
}

/**
 * Tool calls, one per line, each with an id of its own.
 * @param {number} count
 * @returns {Stream}
 */
function createCalls(count) {
  const lines = Array.from({ length: count }, (_, n) =>
    toLine({
      content: '',
      tool_calls: [
        { id: `call_${String(n)}`, function: { index: n, name: 'add', arguments: { x: n, y: 1 } } },
      ],
    }),
  );
  const frames = [];
  for (let n = 0; n < count; n += 100) frames.push(frame(lines.slice(n, n + 100).join('')));
  return {
    body: {
      head: Buffer.alloc(0),
      block: Buffer.from(frames.join('')),
      repeat: 1,
      tail: Buffer.from(frame(FINAL)),
    },
    lengths: { answer: 0, thinking: 0 },
    tags: 0,
  };
}

/** An event as `rxjs-ollama/node` writes it. */
const toEvent = (
  /** @type {string} */ id,
  /** @type {string} */ name,
  /** @type {string} */ line,
) => frame(`id: ${id}\nevent: ${name}\ndata: ${line.trimEnd()}\n\n`);

/**
 * The same tokens as server-sent events, one in a read. Each block has the ids of an attempt of its own, so
 * that ids have no holes.
 * @param {number} blocks
 * @returns {Stream}
 */
function createEvents(blocks) {
  const lines = tokens.map((content, n) => toLine({ content }, n));
  const end = `${String(blocks + 1)}-`;
  return {
    body: {
      type: 'text/event-stream',
      head: Buffer.from(frame(': open\n\n')),
      block: (n) =>
        Buffer.from(
          lines
            .map((line, at) => toEvent(`${String(n + 1)}-${String(at + 1)}`, 'chunk', line))
            .join(''),
        ),
      repeat: blocks,
      tail: Buffer.from(
        toEvent(`${end}1`, 'chunk', FINAL) + toEvent(`${end}2`, 'done', '{"type":"done"}'),
      ),
    },
    lengths: { answer: blocks * TOKENS_LENGTH, thinking: 0 },
    tags: 0,
  };
}

/**
 * What the name of a model asks for: `answer:BLOCKS:PER_READ`, `thinking:BLOCKS:PER_READ`,
 * `lines:LINES:BYTES`, `calls:CALLS`, `events:BLOCKS`.
 * @param {string} model
 */
export function createStream(model) {
  const [kind, first, second] = model.split(':');
  const create = {
    answer: createAnswer,
    thinking: createThinking,
    lines: createLongLines,
    calls: createCalls,
    events: createEvents,
  }[String(kind)];
  if (!create) throw new Error(`No stream is called ${model}.`);
  return create(Number(first), Number(second));
}

/**
 * Throws unless it is all of the text.
 * @param {string} who
 * @param {string} model
 * @param {TextLengths} seen
 */
export function checkText(who, model, seen) {
  const { lengths, tags } = createStream(model);
  const wanted =
    seen.thinking === undefined ? { answer: lengths.answer + lengths.thinking + tags } : lengths;
  if (
    seen.answer !== wanted.answer ||
    seen.thinking !== ('thinking' in wanted ? wanted.thinking : undefined)
  ) {
    throw new Error(
      `${who} saw ${JSON.stringify(seen)} of ${model}, which has ${JSON.stringify(wanted)}.`,
    );
  }
}

/** One line with a token, as the answer of a stream that is fed by hand. */
export const tokenFrame = Buffer.from(frame(toLine({ content: ' token' })));
export const finalFrame = Buffer.from(frame(FINAL));
/** The same line as text, for questions without a server. */
export const tokenLines = tokens.map((content, n) => toLine({ content }, n).trimEnd());
