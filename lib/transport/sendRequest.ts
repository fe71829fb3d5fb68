import { noop } from 'rxjs';
import { OllamaValidationError } from '../errors.js';
import type { AssistantMessage } from '../types/index.js';
import { isResponse } from './body.js';
import { keepRequest, toNetworkError, toRedirectError } from './httpErrors.js';
import { OLLAMA, type Service } from './service.js';
import {
  createRedact,
  readSecrets,
  redactError,
  toCause,
  showUrl,
  takeUserInfo,
  type HeaderRecord,
} from './secrets.js';

/** What may be secret in requests, by their signals: most requests have nothing. */
const secretsOf = new WeakMap<AbortSignal, readonly string[]>();

/**
 * An error of a request without the values of its headers and the user information of its URL: a server or
 * a `fetch` may quote them.
 *
 * @param signal the signal of the request
 */
export function hideSecrets(error: unknown, signal: AbortSignal): unknown {
  const secrets = secretsOf.get(signal);
  return secrets ? redactError(error, createRedact(secrets)) : error;
}

/**
 * The same for what `fetch` threw, before it becomes the cause of an error. That cuts the queries of URLs, and
 * of a credential that was cut nothing would be found.
 */
export function hideInCause(cause: unknown, signal: AbortSignal): unknown {
  const secrets = secretsOf.get(signal);
  return secrets ? toCause(cause, createRedact(secrets)) : cause;
}

/** What a request has besides its address. */
interface Init extends Omit<RequestInit, 'headers'> {
  readonly headers?: HeaderRecord;
}

/**
 * One request by a `fetch` that may be the user's own. Redirects are refused: another server would get the
 * prompt and the headers.
 *
 * @param to an address, or a request whose body is sent
 */
export async function sendRequest(
  fetch: typeof globalThis.fetch,
  to: string | Request,
  init: Init | undefined,
  signal: AbortSignal,
  service: Service = OLLAMA,
  partial?: AssistantMessage,
): Promise<Response> {
  const { url, authorization } = takeUserInfo(typeof to === 'string' ? to : to.url);
  const headers = { ...init?.headers };
  const hasOwn = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  if (authorization && !hasOwn) headers['Authorization'] = authorization;
  checkHeaders(headers);
  const secrets = readSecrets(headers);
  if (secrets.length) secretsOf.set(signal, secrets);

  let response: Response;
  try {
    const target = typeof to === 'string' ? url : to;
    response = await fetch(target, { ...init, headers, redirect: 'manual', signal });
  } catch (error) {
    const shown = showUrl(url);
    const where = (service.readRoot(shown) ?? shown) || 'this origin';
    const what = `${service.name} can't be reached at ${where}`;
    throw toNetworkError(hideInCause(error, signal), what, service.adviseOnFetch, partial);
  }
  // A fetch of the user's own may resolve to anything, which is refused where responses are read.
  if (isResponse(response)) {
    keepRequest(response, { url, secrets });
    const refusal = toRedirectError(response, url, service, partial);
    if (refusal) {
      response.body?.cancel().catch(noop);
      throw refusal;
    }
  }
  return response;
}

const PLAIN_NAME = /^[\w-]+$/;
const PLAIN_VALUE = /^[ -~]*$/;

/** @throws OllamaValidationError for a header that `fetch` would refuse with its value in the error */
function checkHeaders(headers: HeaderRecord): void {
  for (const [name, value] of Object.entries(headers)) {
    // `Headers` costs more than all else here.
    if (PLAIN_NAME.test(name) && PLAIN_VALUE.test(value)) continue;
    try {
      new Headers([[name, value]]);
    } catch {
      throw new OllamaValidationError(
        `The header ${PLAIN_NAME.test(name) ? name : 'of a wrong name'} can't be sent. ` +
          'Does its value have a line break, or a character outside Latin-1?',
        [{ message: 'This header is not valid.', path: ['headers', name] }],
      );
    }
  }
}
