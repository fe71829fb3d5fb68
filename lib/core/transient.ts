import { isOllamaError } from '../errors.js';

/** Too many requests, and what a server or a proxy answers while the model is not available. */
const STATUSES = new Set([429, 502, 503, 504, 524]);

/** A server that asks for a longer wait is not asked again: 10 minutes. */
const MAX_RETRY_AFTER_MS = 600_000;

/**
 * What Ollama says with HTTP 500 or in an error line. Either the process that runs the model stopped, and
 * the next request starts it again; or the model is being loaded. "error loading model" is not among them:
 * that model will never be loaded.
 */
const RUNNER_WORDS =
  /unexpectedly stopped|process (?:has terminated|no longer running)|unexpected EOF|(?<!error )\bloading model\b/i;

/** What Node and browsers say of an address that can't be requested at all. */
const ADDRESS_WORDS = /invalid url|not a valid url|failed to parse url|unknown scheme|bad port/i;

/** The causes that are looked at, in case that a cause is its own cause. */
const MAX_CAUSES = 5;

/**
 * Whether the same request can succeed after this error.
 *
 * @param answered whether an answer may have begun, so that a broken one is requested again too
 */
export function isTransient(error: unknown, answered: boolean): boolean {
  if (!isOllamaError(error)) return false;
  switch (error.code) {
    case 'connection':
      return !isMalformedAddress(error.cause);
    case 'http':
      return (
        !((error.retryAfter ?? 0) > MAX_RETRY_AFTER_MS) &&
        (STATUSES.has(error.status) || (error.status === 500 && RUNNER_WORDS.test(error.message)))
      );
    case 'stream':
      return RUNNER_WORDS.test(error.message);
    case 'truncated':
      return answered;
    default:
      return false;
  }
}

/** The wait that the server asked for by `Retry-After`, in ms, at most 10 minutes; 0 without one. */
export function readRetryAfter(error: unknown): number {
  const { retryAfter = 0 } = isOllamaError(error, 'http') ? error : {};
  return retryAfter > 0 ? Math.min(retryAfter, MAX_RETRY_AFTER_MS) : 0;
}

function isMalformedAddress(cause: unknown): boolean {
  let next = cause;
  for (let depth = 0; depth < MAX_CAUSES; depth++) {
    const { code, message, cause: below } = Object(next) as Record<string, unknown>;
    if (code === 'ERR_INVALID_URL' || ADDRESS_WORDS.test(String(message))) return true;
    next = below;
  }
  return false;
}
