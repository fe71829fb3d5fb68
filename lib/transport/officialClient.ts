import { Ollama } from 'ollama/browser';
import { noop } from 'rxjs';
import { repairCalls } from '../core/message/toolCalls.js';
import { OllamaValidationError } from '../errors.js';
import type { Message, OllamaClient, OllamaOptions } from '../types/index.js';
import { adviseOnFetch } from './advice.js';
import { isResponse } from './body.js';
import { waitForConnection } from './connection.js';
import { describeKind } from './describeKind.js';
import { createImageEncoder } from './encodeImages.js';
import { readHost, trimHost } from './host.js';
import { keepUrl, toNetworkError, toRedirectError } from './httpErrors.js';
import { isObject } from '../wire/line.js';
import {
  createRedact,
  readSecrets,
  redactError,
  showUrl,
  takeUserInfo,
  type HeaderRecord,
} from './secrets.js';

/** The methods of a client whose answers this library reads. */
export type Method = keyof OllamaClient;

/** What the types of an `Ollama` instance hide, and its requests use. */
export interface OfficialClient extends OllamaClient {
  readonly config: { readonly host: string; readonly headers?: HeadersInit };
  readonly fetch: typeof fetch;
}

/**
 * Whether it is an `Ollama` instance, by its shape, since an app may have several copies of the `ollama`
 * package. One whose method was replaced, by a spy for example, answers for itself.
 */
export function isOfficialClient(
  client: OllamaClient,
  method: Method = 'chat',
): client is OfficialClient {
  return (
    'ongoingStreamedRequests' in client &&
    'fetch' in client &&
    'config' in client &&
    !Object.hasOwn(client, method)
  );
}

/**
 * The client of the options, or a new one.
 *
 * @throws TypeError for a client without the method
 * @throws OllamaConnectionError for a host that is not an address
 */
export function getClient(options: OllamaOptions, method: Method = 'chat'): OllamaClient {
  const { client, headers, fetch } = options;
  // JavaScript may also pass null.
  const { host = null }: { readonly host?: unknown } = options;
  if (client) {
    if (typeof (client as Partial<OllamaClient>)[method] === 'function') return client;
    throw new TypeError(
      `The client has no ${method}(). Give it one, or take an instance of Ollama.`,
    );
  }
  const { url, userInfo } = host === null ? readDefaultHost() : readHost(host);
  const created = new Ollama({ host: url, ...(headers && { headers }), ...(fetch && { fetch }) });
  if (userInfo) {
    // The constructor drops a password without a user name.
    const { config } = created as object as { config: { host: string } };
    config.host = config.host.replace('://', `://${userInfo}`);
  }
  return created;
}

/** The address of `OLLAMA_HOST`, where there is an environment and it may be read. */
function readDefaultHost(): ReturnType<typeof readHost> {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  let set: string | undefined;
  try {
    set = process?.env?.['OLLAMA_HOST'];
  } catch {
    // Deno throws without --allow-env.
  }
  return set !== undefined && trimHost(set) ? readHost(set, 'OLLAMA_HOST') : readHost('127.0.0.1');
}

/** Stands for the origin of the page in URLs until they reach `fetch`. */
const ORIGIN = 'http://origin.invalid';

/** What the client gets as its response: a real one would cost as much as the rest of the request's code. */
const STAND_IN = { ok: true, status: 200, body: {}, json: () => Promise.resolve({}) } as never;

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
 * The response to one call of the official client, which composes the request (URL, headers, API key) and
 * nothing else. It gets a stand-in for the response, because its own decoder drops malformed lines and
 * can't be stopped, see docs/decisions/0003.
 *
 * Rejects with an error without secrets. Errors of the response go through {@link hideSecrets}.
 */
export function getResponse(
  client: OfficialClient,
  call: (client: OllamaClient) => unknown,
  signal: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { config, fetch } = client;
    let sent = false;
    const send: typeof fetch = async (input, init) => {
      sent = true;
      await waitForConnection();
      if (!signal.aborted) {
        resolve(await request(fetch, (input as string).replace(ORIGIN, ''), init, signal));
      }
      return STAND_IN;
    };
    // A copy of the same class: an object derived from the client would cost memory in V8 as a prototype.
    const copy = Object.assign(Object.create(Reflect.getPrototypeOf(client)) as object, client, {
      fetch: send,
      // Without a host the client would log an error for every request.
      config: { ...config, host: config.host || ORIGIN },
      ongoingStreamedRequests: [],
      // The client for Node would read a file that a string in `images` names.
      encodeImage: createImageEncoder(signal),
    });
    Promise.resolve(call(copy)).then(
      () => {
        if (!sent) reject(new TypeError('The client made no request through its fetch.'));
      },
      (error: unknown) => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a client's own may be anything
        reject(hideSecrets(error, signal));
      },
    );
  });
}

/** One request by a `fetch` that may be the user's own. */
async function request(
  fetch: OfficialClient['fetch'],
  address: string,
  init: RequestInit | undefined,
  signal: AbortSignal,
): Promise<Response> {
  const { url, authorization } = takeUserInfo(address);
  const headers = { ...(init?.headers as HeaderRecord | undefined) };
  const hasOwn = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  if (authorization && !hasOwn) headers['Authorization'] = authorization;
  checkHeaders(headers);
  const secrets = readSecrets(headers);
  if (secrets.length) secretsOf.set(signal, secrets);

  let response: Response;
  try {
    response = await fetch(url, { ...init, headers, redirect: 'manual', signal });
  } catch (error) {
    const where = showUrl(url).replace(/\/api\/\w+$/, '') || 'this origin';
    throw toNetworkError(error, `Ollama can't be reached at ${where}`, adviseOnFetch);
  }
  // A fetch of the user's own may resolve to anything, which is refused where responses are read.
  if (isResponse(response)) {
    const refusal = toRedirectError(response, url);
    if (refusal) {
      response.body?.cancel().catch(noop);
      throw refusal;
    }
    keepUrl(response, url);
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

/** The fields of a request that a client may write to, or that have to be right before it is sent. */
interface Request {
  readonly model?: unknown;
  readonly stream?: boolean | undefined;
  readonly messages?: readonly Message[] | undefined;
}

/**
 * A copy that a client may write to: the official one sets `stream` and encodes images in place. Calls whose
 * `arguments` are a string or missing are repaired.
 *
 * @throws TypeError for what is not a request
 * @throws OllamaToolError for `arguments` that can't become an object
 */
export function copyRequest<R extends Request>(request: R): R {
  checkRequest(request);
  const { messages, stream } = request;
  return {
    ...request,
    stream: stream ?? true,
    ...(messages && { messages: messages.map((message) => ({ ...repairCalls(message) })) }),
  };
}

/**
 * Refuses what JavaScript lets through, and a server refuses in words that don't help.
 *
 * @throws TypeError
 */
export function checkRequest(
  request: Request | null | undefined,
  example = "{ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }",
): void {
  if (typeof request !== 'object' || request === null) {
    throw new TypeError(
      `The request is ${describeKind(request)}. Pass an object such as ${example}.`,
    );
  }
  const { model, messages } = request as Record<string, unknown>;
  if (typeof model !== 'string' || !model) {
    throw new TypeError(`The request has no model. Name one, as in ${example}.`);
  }
  if (messages === undefined || messages === null) return;
  if (!Array.isArray(messages)) {
    throw new TypeError(`messages is ${describeKind(messages)}. Pass a list, as in ${example}.`);
  }
  const place = messages.findIndex((message) => !isObject(message));
  if (place >= 0) {
    throw new TypeError(
      `messages[${String(place)}] is ${describeKind(messages[place])}. Pass an object, as in ${example}.`,
    );
  }
}
