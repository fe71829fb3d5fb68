import { CHECK_HOST, describeError, isObject } from '../wire/parseLine.js';
import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaTimeoutError,
  type OllamaError,
} from '../errors.js';
import type { AssistantMessage } from '../types/index.js';
import { readRest, type Reader } from './readRest.js';

/** How long the words that belong to a bad status are waited for. */
const BODY_MS = 1000;

/** The error that a response with a bad status stands for. */
export async function readHttpError(
  { status, statusText }: Response,
  reader: Reader | undefined,
): Promise<OllamaHttpError> {
  const body = await readRest(reader, BODY_MS);
  const reason = readReason(body) || `${statusText || 'no reason given'}. ${CHECK_HOST}`;
  return new OllamaHttpError(`HTTP ${String(status)}: ${reason}`, status, body);
}

/** The `error` of a JSON body, or a short plain text; a web page says nothing to a user. */
function readReason(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed) && 'error' in parsed) return describeError(parsed['error']);
  } catch {
    // No JSON: a proxy's words.
  }
  const text = body.trim();
  return text.startsWith('<') || text.length > 500 ? undefined : text;
}

/** What of an error the network layer of Node says in words of its own. */
interface NetworkCause {
  readonly cause?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
}

/** The limits that Node's `fetch` has by itself: 300 s each, unless its dispatcher says otherwise. */
const LIMITS = {
  UND_ERR_HEADERS_TIMEOUT: 'firstChunk',
  UND_ERR_BODY_TIMEOUT: 'idle',
} as const;

/** The error that a failure of `fetch`, or of reading its response, stands for. */
export function toNetworkError(
  error: unknown,
  what: string,
  advice: string,
  partial?: AssistantMessage,
): OllamaError {
  const { cause = error }: NetworkCause = Object(error) as NetworkCause;
  const { message, code }: NetworkCause = Object(cause) as NetworkCause;
  const why = `${what}: ${String(message || code || cause)}.`;
  const fields = { cause: error, partial };
  if (!isLimit(code)) return new OllamaConnectionError(`${why} ${advice}`, fields);
  const limit = "It is Node's fetch that waits no longer, 300 s by default: pass one that does.";
  return new OllamaTimeoutError(`${why} ${limit}`, LIMITS[code], fields);
}

function isLimit(code: unknown): code is keyof typeof LIMITS {
  return Object.hasOwn(LIMITS, String(code));
}
