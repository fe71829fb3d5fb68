import { isOllamaError } from '../../lib/errors.js';
import { show } from '../../lib/testing/show.js';
import { chunk } from '../../lib/testing/chunk.js';
import type { AnyChatChunk } from '../../lib/types/index.js';

type Fields = Readonly<Record<string, unknown>>;

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A text in single quotes. */
export const quote = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

const toKey = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key));

export function toObject(entries: readonly (readonly [key: string, code: string])[]): string {
  return entries.length
    ? `{ ${entries.map(([key, code]) => `${toKey(key)}: ${code}`).join(', ')} }`
    : '{}';
}

/** The builders of chunks, each with the code that calls it. */
function listBuilt({ message }: AnyChatChunk): (readonly [code: string, built: AnyChatChunk])[] {
  const { content, thinking = '', tool_calls: [call] = [] } = message;
  const built: (readonly [string, AnyChatChunk])[] = [
    [`chunk.answer(${quote(content)})`, chunk.answer(content)],
    [`chunk.thinking(${quote(thinking)})`, chunk.thinking(thinking)],
    ['chunk.done()', chunk.done()],
    ["chunk.done({ reason: 'length' })", chunk.done({ reason: 'length' })],
  ];
  if (!call) return built;
  const { name, arguments: args } = call.function;
  const code = [quote(name), toCode(args), ...(call.id ? [quote(call.id)] : [])].join(', ');
  return [...built, [`chunk.toolCall(${code})`, chunk.toolCall(name, args, call.id)]];
}

/** A chunk as what its builder makes, and what differs. */
function toChunk(value: AnyChatChunk): string | undefined {
  const codes = listBuilt(value).flatMap(([code, built]) => {
    const base = built as unknown as Fields;
    const extra = Object.entries(value).filter(([key, field]) => !isSame(base[key], field));
    const isWhole = Object.keys(base).every((key) => key in value);
    if (!isWhole || extra.some(([key]) => key === 'message')) return [];
    if (!extra.length) return [code];
    return [
      `{ ...${code}, ${toObject(extra.map(([key, field]) => [key, toCode(field)])).slice(2)}`,
    ];
  });
  return codes.sort((a, b) => a.length - b.length)[0];
}

const isChunk = ({ message, done }: Fields): boolean =>
  typeof done === 'boolean' && typeof (Object(message) as Fields)['content'] === 'string';

/**
 * A value as code that makes an equal one.
 *
 * @throws TypeError if there is no such code
 */
export function toCode(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'bigint') return `${String(value)}n`;
  if (typeof value === 'number' || typeof value === 'boolean' || value == null) {
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (Array.isArray(value)) return `[${value.map(toCode).join(', ')}]`;
  const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`A spec can't say what this value is: ${show(value).slice(0, 100)}.`);
  }
  const fields = value as Fields;
  const built = isChunk(fields) ? toChunk(value as AnyChatChunk) : undefined;
  return built ?? toObject(Object.entries(fields).map(([key, field]) => [key, toCode(field)]));
}

/** The error of an input as code that makes it. */
export function toErrorCode(error: unknown): string {
  const { name = 'Error', message = '' } = Object(error) as { name?: string; message?: string };
  const text = quote(message);
  if (isOllamaError(error, 'stream')) return `chunk.error(${text})`;
  if (isOllamaError(error, 'http')) return `new OllamaHttpError(${text}, ${String(error.status)})`;
  if (isOllamaError(error, 'timeout')) {
    return `new OllamaTimeoutError(${text}, ${quote(error.kind)})`;
  }
  if (isOllamaError(error, 'connection')) return `new OllamaConnectionError(${text})`;
  if (isOllamaError(error, 'truncated')) return `new OllamaTruncatedError(${text})`;
  return `Object.assign(new Error(${text}), { name: ${quote(name)} })`;
}
