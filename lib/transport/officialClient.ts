import { Ollama } from 'ollama/browser';
import { OllamaConnectionError } from '../errors.js';
import type { Message, OllamaClient, OllamaOptions } from '../types/index.js';
import { toNetworkError } from './httpErrors.js';

/** What of a client's methods answers with what this library reads. */
export type Method = keyof OllamaClient;

/** What of an `Ollama` instance its types hide, and its requests go through. */
export interface OfficialClient extends OllamaClient {
  readonly config: { readonly host: string; readonly headers?: HeadersInit };
  readonly fetch: typeof fetch;
}

/**
 * Told by its shape, since an app may have several copies of the `ollama` package. One whose method
 * has been replaced, by a spy, say, answers for itself.
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

/** The client that the options name, or a new one. */
export function getClient({ client, host, headers, fetch }: OllamaOptions): OllamaClient {
  if (client) return client;
  const address = host ?? defaultHost();
  try {
    return new Ollama({
      ...(address && { host: address }),
      ...(headers && { headers }),
      ...(fetch && { fetch }),
    });
  } catch (cause) {
    throw new OllamaConnectionError(
      `"${String(address)}" is no address of a server. Give a host such as http://127.0.0.1:11434.`,
      { cause },
    );
  }
}

/**
 * What `OLLAMA_HOST` says, as Ollama's own command reads it: quotes around it are dropped, and an
 * address to listen on, such as `0.0.0.0`, is reached at the loopback address.
 */
function defaultHost(): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.['OLLAMA_HOST']
    ?.replace(/^[\s"']+|[\s"']+$/g, '')
    .replace(
      /^(\w+:\/\/)?(?:0\.0\.0\.0|\[::\]|::(?=$))(?=[:/]|$)/,
      (_, scheme: string | undefined) => `${scheme ?? ''}127.0.0.1`,
    );
}

/**
 * Node's fetch frees a connection one turn of the event loop after its response: a request made at
 * once would open another. Browsers have no such turn, and need none.
 */
const { setImmediate: nextTurn = queueMicrotask } = globalThis as {
  setImmediate?: (callback: () => void) => void;
};

/** Stands for the page's own origin in URLs until they reach `fetch`. */
const ORIGIN = 'http://origin.invalid';

/**
 * The response to one call of the official client, which composes the request (URL, headers, API
 * key, images) and nothing else. It is given a stand-in for the response, since its own decoder
 * drops malformed lines and can't be stopped, see docs/decisions/0003.
 */
export function getResponse(
  client: OfficialClient,
  call: (client: OllamaClient) => unknown,
  signal: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { config, fetch } = client;
    const send: typeof fetch = async (input, init) => {
      // A consumer that leaves in the turn in which it came leaves no trace on the network.
      await new Promise<void>(nextTurn);
      try {
        const url = (input as string).replace(ORIGIN, '');
        if (!signal.aborted) resolve(await fetch(url, { ...init, signal }));
      } catch (cause) {
        throw toNetworkError(
          cause,
          `Ollama can't be reached at ${config.host || 'this origin'}`,
          'Is it running? A web page also has to be named in OLLAMA_ORIGINS.',
        );
      }
      return new Response('{}');
    };
    // A copy of the same class: an object derived from the client would cost memory in V8 as a prototype.
    const copy = Object.assign(Object.create(Reflect.getPrototypeOf(client)) as object, client, {
      fetch: send,
      // Without a host the client would log an error for every request.
      config: { ...config, host: config.host || ORIGIN },
      ongoingStreamedRequests: [],
      // The client for Node would read a file that a string in `images` names.
      encodeImage: Reflect.get(Ollama.prototype, 'encodeImage'),
    });
    Promise.resolve(call(copy)).then(() => {
      reject(new TypeError('The client made no request through its fetch.'));
    }, reject);
  });
}

/** What of a request a client may write to. */
interface Request {
  readonly stream?: boolean;
  readonly messages?: readonly Message[];
}

/** A copy that a client may write into: the official one sets `stream` and encodes images in place. */
export function copyRequest<R extends Request>(request: R): R {
  return {
    ...request,
    stream: request.stream ?? true,
    ...(request.messages && { messages: request.messages.map((message) => ({ ...message })) }),
  };
}
