import { excerpt } from './excerpt.js';
import { isObject, type Line } from './line.js';

/** What a server says of an error. */
export interface ErrorBody {
  /** Its words, without the JSON around them. */
  readonly message: string;
  /** Its name for the kind of the error, such as `'exceed_context_size_error'`. */
  readonly type?: string;
  /** Where a user of Ollama's cloud can sign in. The message says it too. */
  readonly signinUrl?: string;
}

const NO_REASON = 'The server failed without giving a reason. Its log may say more.';
/** Where servers put the reason: Ollama, FastAPI and Open WebUI, gateways, FastAPI's lists, Ollama's stub. */
const REASONS = ['error', 'detail', 'message', 'msg', 'Status'];
/** How often an error may be wrapped in another. Each server between adds one at most. */
const MAX_DEPTH = 10;
/** How many entries of a list are shown: FastAPI sends one for each field that it refuses. */
const MAX_ENTRIES = 5;
const MAX_WORD = 200;

/**
 * Reads a parsed line or body as an error: an object with `error` or `detail`, or with a text as
 * `message`. Gives `undefined` for anything else.
 *
 * The reason may be nested in objects, and be JSON in a text. The work and the length of the message are
 * bounded, however deep and long that is.
 */
export function readErrorBody(body: unknown): ErrorBody | undefined {
  if (!isObject(body)) return undefined;
  if (!('error' in body || 'detail' in body || typeof body['message'] === 'string')) {
    return undefined;
  }
  let type: string | undefined;
  let signinUrl: string | undefined;
  let reason: unknown = body;
  for (let depth = 0; depth < MAX_DEPTH && isObject(reason); depth++) {
    type = readWord(reason['type']) ?? readWord(reason['code']) ?? type;
    signinUrl = readWord(reason['signin_url']) ?? signinUrl;
    reason = parseText(findReason(reason) ?? listFields(reason));
  }
  const message = excerpt(toWords(reason)) || NO_REASON;
  return {
    message: signinUrl ? `${message.replace(/\.?$/, '.')} Sign in at ${signinUrl}` : message,
    ...(type && { type }),
    ...(signinUrl && { signinUrl }),
  };
}

const readWord = (value: unknown): string | undefined =>
  typeof value === 'string' && value ? excerpt(value, MAX_WORD) : undefined;

/** The first field that can hold a reason and is not empty. */
function findReason(body: Line): unknown {
  const key = REASONS.find((name) => Boolean(body[name]) && body[name] !== true);
  return key && body[key];
}

/** The fields of an object without a reason. */
function listFields(body: Line): string {
  const fields = [];
  for (const key in body) {
    const value = body[key];
    if (value === '' || !(typeof value === 'string' || typeof value === 'number')) continue;
    fields.push(`${excerpt(key, MAX_WORD)}: ${excerpt(String(value), MAX_WORD)}`);
    if (fields.length === MAX_ENTRIES) break;
  }
  return fields.join(', ');
}

/** What a text says that is JSON itself, as where a proxy wraps an error; otherwise the value. */
function parseText(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function toWords(reason: unknown): string {
  if (Array.isArray(reason)) {
    return reason.slice(0, MAX_ENTRIES).map(toEntry).filter(Boolean).join('; ');
  }
  return isObject(reason) ? '' : String(reason);
}

/** An entry of a list of reasons: a text, or an object as FastAPI sends it. */
function toEntry(entry: unknown): string {
  if (!isObject(entry)) return typeof entry === 'string' ? entry : '';
  const words = readWord(findReason(entry)) ?? listFields(entry);
  const { loc } = entry;
  const place = Array.isArray(loc)
    ? loc.slice(0, MAX_ENTRIES).filter((step) => typeof step !== 'object')
    : [];
  return place.length ? `${place.join('.')}: ${words}` : words;
}
