import { OllamaConnectionError, OllamaTimeoutError, type OllamaError } from '../errors.js';
import type { AssistantMessage } from '../types.js';

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
