import { Ollama } from 'ollama/browser';
import { repairCalls } from '../core/message/toolCalls.js';
import type { Message, OllamaClient, OllamaOptions } from '../types/index.js';
import { waitForConnection } from './connection.js';
import { describeKind } from './describeKind.js';
import { createImageEncoder } from './encodeImages.js';
import { readHost, trimHost } from './host.js';
import { isObject } from '../wire/line.js';
import type { HeaderRecord } from './secrets.js';
import { hideSecrets, sendRequest } from './sendRequest.js';

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
        const address = (input as string).replace(ORIGIN, '');
        // The client makes its headers as a record.
        const headers = { ...(init?.headers as HeaderRecord | undefined) };
        resolve(await sendRequest(fetch, address, { ...init, headers }, signal));
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
