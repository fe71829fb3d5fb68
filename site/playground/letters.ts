import { readRecordedError } from '../../lib/core/recordedError.js';
import { chunk } from '../../lib/testing/chunk.js';
import { READY } from '../../lib/testing/ready.js';
import type { ChatChunk } from '../../lib/types/index.js';

/** What the letters of marbles stand for. */
export interface Letters {
  readonly values: ReadonlyMap<string, unknown>;
  /** What `#` stands for. */
  readonly error: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** The error of `#` if the letters name none, as in `marbleChat`. */
const CUT = 'model runner has unexpectedly stopped';

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What stands for a chunk in short. */
function toValue(value: unknown): unknown {
  if (typeof value === 'string') return chunk.answer(value);
  if (typeof value !== 'object' || value === null) return value;
  const { thinking, call, args, id, done } = value as Fields;
  const keys = Object.keys(value).join();
  if (keys === 'thinking') return chunk.thinking(asText(thinking));
  if (keys.startsWith('call')) {
    const called = chunk.toolCall(
      asText(call),
      (args ?? {}) as Record<string, unknown>,
      asText(id),
    );
    return done ? { ...chunk.done(), message: called.message } : called;
  }
  if (keys === 'done') return chunk.done(typeof done === 'string' ? { reason: done } : {});
  return value;
}

function toError(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return chunk.error(asText(value) || CUT);
  return readRecordedError(value as Record<string, unknown>, undefined);
}

/** Text as it is, unless it is JSON. */
function parse(letter: string, text: string): unknown {
  if (!/^["{[]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new SyntaxError(
      `The letter ${letter} is not JSON: ${text.slice(0, 60)}. Put it in quotes if it is a text.`,
    );
  }
}

/**
 * Reads what letters stand for, one per line: `v: text`, `v: " text"`, `v: {"thinking":"Hm"}`, `v: {"done":"length"}`,
 * `v: {"call":"add","args":{"a":1}}`, the same with `"done":true`, or a whole chunk as JSON. `#` is an error: `#: what failed`.
 *
 * @throws SyntaxError if a line is not like that
 */
export function readLetters(text: string): Letters {
  const values = new Map<string, unknown>(Object.entries(READY));
  let error: unknown = chunk.error(CUT);
  for (const line of text.split('\n')) {
    if (!line.trim()) continue;
    const [, letter, rest] = /^\s*(\S)\s*:[ \t]*(.*)$/u.exec(line) ?? [];
    if (letter === undefined || rest === undefined) {
      throw new SyntaxError(`"${line.slice(0, 60)}" is no letter with a colon and its text.`);
    }
    const value = parse(letter, rest.trim());
    if (letter === '#') error = toError(value);
    else values.set(letter, toValue(value));
  }
  return { values, error };
}

/** The shortest text that `readLetters` reads as this value. */
export function writeValue(value: unknown): string {
  const short = [shortText(value), ...listShort(value)].find(
    (each) => each !== undefined && isSame(toValue(each), value),
  );
  if (typeof short !== 'string') return JSON.stringify(short ?? value);
  return /^\s|\s$|^["{[]|\n|^$/.test(short) ? JSON.stringify(short) : short;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const shortText = (value: unknown): string | undefined =>
  (value as Partial<ChatChunk> | null)?.message?.content;

function listShort(value: unknown): unknown[] {
  const { message, done_reason } = Object(value) as Partial<ChatChunk> & Fields;
  const [call] = message?.tool_calls ?? [];
  return [
    { thinking: message?.thinking },
    { done: true },
    { done: done_reason },
    ...(call ? [{ call: call.function.name, args: call.function.arguments, id: call.id }] : []),
  ];
}
