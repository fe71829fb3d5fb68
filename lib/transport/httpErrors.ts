import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaTimeoutError,
  type OllamaError,
} from '../errors.js';
import type { AssistantMessage } from '../types/index.js';
import { readErrorBody } from '../wire/errorBody.js';
import { excerpt } from '../wire/excerpt.js';
import { advisePull } from './advice.js';
import { hasMethod, type Reader } from './reader.js';
import { readRest } from './readRest.js';
import { readRetryAfter } from './retryAfter.js';
import { OLLAMA, type Service } from './service.js';
import { createRedact, hideUrls, showUrl, toCause, type HeaderRecord } from './secrets.js';

/** How long the body of a bad status is waited for. */
const BODY_MS = 1000;
/** Longer texts are pages. */
const MAX_TEXT = 500;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** What errors of a response say of its request, and what they must not say. */
interface Asked {
  readonly url: string;
  readonly secrets: readonly string[];
}

/** A response of a user's own `fetch` may not say where its request went. */
const requests = new WeakMap<Response, Asked>();

/** Keeps what is known of a request for the errors of its response. */
export function keepRequest(response: Response, asked: Asked): void {
  requests.set(response, asked);
}

/** The error that a response with a bad status stands for. */
export async function readHttpError(
  response: Response,
  reader: Reader | undefined,
  service: Service = OLLAMA,
  partial?: AssistantMessage,
): Promise<OllamaHttpError> {
  const { status, statusText } = response;
  const body = await readRest(reader, BODY_MS);
  const url = showUrl(requests.get(response)?.url ?? response.url);
  const said = readErrorBody(parse(body));
  if (said) {
    const { message, type } = said;
    const advice = advisePull(status, message);
    const reason = advice ? toSentences(message, advice) : toLine(message);
    return createHttpError(response, `${head(status)}: ${reason}`, { body, url, type, partial });
  }
  const text = body.trim();
  const hasWords = text !== '' && !text.startsWith('<') && text.length <= MAX_TEXT;
  const words = hasWords ? text : statusText || 'no reason';
  const advice = service.adviseOnStatus(status, text, url, hasWords);
  const reason = advice ? toSentences(words, advice) : toLine(words);
  return createHttpError(response, `${head(status, url)}: ${reason}`, { body, url, partial });
}

/**
 * The error of a response that is a redirect, or that a user's own `fetch` got by following one;
 * `undefined` for others. Another server would get the whole prompt and the headers, and most redirects
 * turn a POST into a GET.
 */
export function toRedirectError(
  response: Response,
  url: string,
  { readRoot, setting }: Service = OLLAMA,
  partial?: AssistantMessage,
): OllamaHttpError | undefined {
  const { status, type, redirected } = response;
  const isFollowed = redirected && showUrl(response.url) !== showUrl(url);
  if (!isFollowed && !REDIRECTS.has(status) && type !== 'opaqueredirect') return undefined;

  const location = isFollowed ? response.url : readHeaders(response)['location'];
  const target = location && resolve(location, response.url || url);
  const where = target ? `to ${target}` : 'and does not say where to';
  const shown = showUrl(url);
  const root = target && readRoot(target);
  return createHttpError(
    response,
    `${head(REDIRECTS.has(status) ? status : 'redirect', shown)}: The server redirects ${where}. ` +
      'Redirects are not followed, because another server would get the request. ' +
      `Set ${setting} to ${root && root !== readRoot(shown) ? `${root} if that is yours` : "the server's own address"}.`,
    { url: shown, partial },
  );
}

/** Fields of the error that the response itself doesn't have. */
interface Fields {
  readonly body?: string;
  readonly url: string;
  readonly type?: string | undefined;
  readonly partial?: AssistantMessage | undefined;
}

function createHttpError(
  response: Response,
  message: string,
  { body, url, type, partial }: Fields,
): OllamaHttpError {
  const headers = readHeaders(response);
  return new OllamaHttpError(message, response.status, body, {
    url: url || undefined,
    headers,
    retryAfter: readRetryAfter(headers),
    type,
    partial,
  });
}

/** The headers as a record, which JSON and structured clones can hold, without credentials of the server. */
function readHeaders(response: Response): HeaderRecord {
  const { headers } = response as Partial<Response>;
  // Before a query is cut: of a secret that was cut nothing would be found.
  const redact = createRedact(requests.get(response)?.secrets ?? []);
  const record: Record<string, string> = {};
  if (!hasMethod(headers, 'forEach')) return record;
  headers?.forEach((value, name) => {
    const key = name.toLowerCase();
    if (key !== 'set-cookie')
      record[key] = key === 'location' ? showUrl(value) : hideUrls(redact(value));
  });
  return record;
}

function resolve(location: string, base: string): string | undefined {
  try {
    return excerpt(showUrl(new URL(location, base).href), MAX_TEXT);
  } catch {
    return undefined;
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // A text or a page.
    return undefined;
  }
}

const head = (status: number | string, url = ''): string =>
  `HTTP ${String(status)}${url && ` from ${url}`}`;

/** A server's or a system's words, in one line. */
const toLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

/** A text in one line, and what to do about it, as sentences. */
function toSentences(text: string, advice: string): string {
  const sentence = toLine(text).replace(/[\s.:;,]+$/, '');
  return `${sentence}${/[!?…]$/.test(sentence) ? '' : '.'} ${advice}`.trim();
}

/** The limits that Node's `fetch` has by itself: 300 s each, unless its dispatcher says otherwise. */
const LIMITS = {
  UND_ERR_HEADERS_TIMEOUT: 'firstChunk',
  UND_ERR_BODY_TIMEOUT: 'idle',
} as const;
const LIMIT_ADVICE = "Node's fetch waits 300 s by default. Pass a fetch that waits longer.";

/**
 * The error that a failure of `fetch`, or of reading its response, stands for.
 *
 * @param what what failed
 * @param advice what to do, or a function that says so from the system's words and code
 */
export function toNetworkError(
  error: unknown,
  what: string,
  advice: string | ((words: string) => string),
  partial?: AssistantMessage,
): OllamaError {
  const { cause = error } = Object(error) as { readonly cause?: unknown };
  const { message, code } = Object(cause) as {
    readonly message?: unknown;
    readonly code?: unknown;
  };
  const words = describe(typeof cause === 'string' ? cause : message, code);
  const fields = { cause: toCause(error), partial };
  if (isLimit(code)) {
    return new OllamaTimeoutError(
      toSentences(`${what}: ${words}`, LIMIT_ADVICE),
      LIMITS[code],
      fields,
    );
  }
  const todo = typeof advice === 'string' ? advice : advice(words);
  return new OllamaConnectionError(toSentences(`${what}: ${words}`, todo), fields);
}

/** A system's words, with its code. Those of OpenSSL are a list of places in its source. */
function describe(message: unknown, code: unknown): string {
  const name = typeof code === 'string' ? code : '';
  const text = typeof message === 'string' ? toLine(hideUrls(message)) : '';
  const words = text
    .replace(/(?:[\da-f]+:)?error:[\da-f]+:SSL routines:[^:]*:([^:]*).*/i, '$1')
    .replace(/[\s.:;,]+$/, '');
  if (!words) return name || 'no reason';
  return words.includes(name) ? words : `${words} (${name})`;
}

function isLimit(code: unknown): code is keyof typeof LIMITS {
  return Object.hasOwn(LIMITS, String(code));
}
