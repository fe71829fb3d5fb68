import { RUN_EVENTS_HEADER, RUN_ID_HEADER } from '../wire/chatEvents.js';
import type { ReadPartial } from '../wire/parseLine.js';
import { readHeader } from './body.js';
import { waitForConnection } from './connection.js';
import type { HeaderRecord } from './secrets.js';
import { sendRequest } from './sendRequest.js';
import { GATEWAY } from './service.js';

/** How a response with events is got. */
export interface EventTarget {
  /** @param after the id of the last event that was read */
  send(after: string | undefined, signal: AbortSignal, partial: ReadPartial): Promise<Response>;
  /** Whether this may be done more than once. */
  readonly isSafe: boolean;
  /** Aborts what the user aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Where the rest of the events is, if the response says so. */
  readRun(response: Response): EventTarget | undefined;
}

/** What all requests for the events of one answer have in common. */
interface EventTargetOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly headers: HeaderRecord;
  readonly credentials?: RequestCredentials;
  readonly signal?: AbortSignal;
}

const ACCEPT = 'text/event-stream, application/x-ndjson';
const LAST_ID = 'last-event-id';

/** @param from a URL, a request for events, or the answer to one */
export function createEventTarget(
  from: string | URL | Request | Response,
  options: EventTargetOptions,
): EventTarget {
  if (typeof from === 'string' || from instanceof URL) return toAddress(String(from), options);
  if ('method' in from) return toRequest(from, options);
  return {
    isSafe: false,
    send: () => Promise.resolve(from),
    readRun: (response) => readRun(response, from.url, options),
  };
}

function toAddress(url: string, options: EventTargetOptions): EventTarget {
  const { credentials } = options;
  return createTarget(url, true, url, options, {
    cache: 'no-store',
    ...(credentials && { credentials }),
  });
}

function toRequest(request: Request, { fetch, headers }: EventTargetOptions): EventTarget {
  const { url, method, signal, credentials } = request;
  const all = { ...Object.fromEntries(request.headers), ...headers };
  const isSafe = method === 'GET';
  return createTarget(request, isSafe, url, { fetch, headers: all, credentials, signal });
}

function createTarget(
  to: string | Request,
  isSafe: boolean,
  url: string,
  options: EventTargetOptions,
  init: RequestInit = {},
): EventTarget {
  const { fetch, headers: own, signal: userSignal } = options;
  return {
    isSafe,
    signal: userSignal,
    async send(after, signal, partial) {
      await waitForConnection();
      signal.throwIfAborted();
      const headers = { accept: ACCEPT, ...own, ...(after !== undefined && { [LAST_ID]: after }) };
      // A request of the user serves further subscriptions too.
      const target = typeof to === 'string' ? to : to.clone();
      return sendRequest(fetch, target, { ...init, headers }, signal, GATEWAY, partial());
    },
    readRun: (response) => readRun(response, url, { ...options, headers: withoutBody(own) }),
  };
}

/** The events of the run that a response belongs to, at the same origin: others must not get the headers. */
function readRun(
  response: Response,
  requested: string,
  options: EventTargetOptions,
): EventTarget | undefined {
  const location = readHeader(response, RUN_EVENTS_HEADER);
  if (!location || !readHeader(response, RUN_ID_HEADER)) return undefined;
  const events = resolve(location, response.url || requested);
  return events === undefined ? undefined : toAddress(events, options);
}

function resolve(location: string, base: string): string | undefined {
  try {
    const { href, origin } = new URL(location, base);
    return origin === new URL(base).origin ? href : undefined;
  } catch {
    // A page may request a path, and then only a path is of the same origin for sure.
    return /^\/(?![/\\])/.test(location) ? location : undefined;
  }
}

/** The headers without those that describe a body. */
function withoutBody(headers: HeaderRecord): HeaderRecord {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith('content-')),
  );
}
