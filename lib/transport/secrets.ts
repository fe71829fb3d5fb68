import { isOllamaError } from '../errors.js';
import { isObject } from '../wire/line.js';
import { toBase64 } from './encodeImages.js';

/** Replaces what it knows to be secret in a text. */
export type Redact = (text: string) => string;

/** The headers of a request as the official client makes them. */
export type HeaderRecord = Readonly<Record<string, string>>;

const REDACTED = '[redacted]';
/** Headers whose value is a credential, or has one among its parts. */
const CREDENTIAL = /auth|cookie|key|token|secret|pass|session/i;
/** Headers that say nothing of the user. */
const COMMON = /^(?:accept|content-type|user-agent)$/i;
/** Words before a credential. */
const SCHEME = /^(?:basic|bearer|digest|token)$/i;
/** Shorter credentials, and shorter values of other headers, are in ordinary words, such as "https". */
const SHORTEST_CREDENTIAL = 4;
const SHORTEST_VALUE = 6;

/** Takes the user information out of a URL, which `fetch` refuses, and makes it a Basic header. */
export function takeUserInfo(address: string): { url: string; authorization?: string } {
  const url = address.includes('@') ? parse(address) : undefined;
  // A relative address, of a client that goes through the page's origin, has none.
  if (!url || !(url.username || url.password)) return { url: address };
  const userInfo = `${decode(url.username)}:${decode(url.password)}`;
  url.username = '';
  url.password = '';
  return {
    url: url.href,
    authorization: `Basic ${toBase64(new TextEncoder().encode(userInfo))}`,
  };
}

/** A URL as an error may show it: without user information, query and fragment. */
export function showUrl(address = ''): string {
  const url = parse(address);
  return url
    ? `${url.protocol}//${url.host}${url.pathname}`.replace(/\/$/, '')
    : address.replace(/[?#][^]*$/, '');
}

/** What of a request's headers may be secret: their values, the parts of credentials, a Basic header's password. */
export function readSecrets(headers: HeaderRecord): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (COMMON.test(name)) return [];
    const isCredential = CREDENTIAL.test(name);
    const parts = value.split(isCredential ? /[\s,;="]+/ : /[\r\n]+/);
    const shortest = isCredential ? SHORTEST_CREDENTIAL : SHORTEST_VALUE;
    return [value, ...parts, ...readBasic(value)].filter(
      (secret) => secret.length >= shortest && !SCHEME.test(secret),
    );
  });
}

/** User and password of a Basic header, the password alone, or the user without one: it may be a key. */
function readBasic(value: string): readonly string[] {
  const [, encoded] = /^basic\s+(\S+)/i.exec(value) ?? [];
  try {
    const bytes = Uint8Array.from(atob(encoded ?? ''), (char) => char.charCodeAt(0));
    const userInfo = new TextDecoder().decode(bytes);
    const [, user = '', password = ''] = /^([^:]*):?([^]*)$/.exec(userInfo) ?? [];
    return [userInfo, password || user];
  } catch {
    // It is not Base64.
    return [];
  }
}

/** Replaces the secrets, also where they are escaped in JSON or in a URL, and where an excerpt cuts them. */
export function createRedact(secrets: readonly string[]): Redact {
  const forms = [
    ...new Set(
      secrets.flatMap((secret) => [
        secret,
        JSON.stringify(secret).slice(1, -1),
        encodeURIComponent(secret),
      ]),
    ),
  ].sort((a, b) => b.length - a.length);
  if (!forms.length) return (text) => text;
  const whole = new RegExp(
    forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'),
    'g',
  );
  const hideBeginning = (text: string): string => {
    const end = text.slice(-SHORTEST_CREDENTIAL);
    if (end.length < SHORTEST_CREDENTIAL) return text;
    for (const form of forms) {
      if (!form.includes(end)) continue;
      for (let length = form.length - 1; length >= SHORTEST_CREDENTIAL; length--) {
        const beginning = form.slice(0, length);
        if (text.endsWith(beginning)) return text.slice(0, -length) + REDACTED;
      }
    }
    return text;
  };
  return (text) => text.replace(whole, REDACTED).split('…').map(hideBeginning).join('…');
}

/** Fields of an error that a system or a runtime makes. Other fields may hold the request. */
const PLAIN = new Set<PropertyKey>([
  ...['name', 'message', 'stack', 'cause', 'code'],
  ...['errno', 'syscall', 'address', 'port', 'hostname'],
]);
const COPIED = ['name', 'message', 'code'] as const;
/** How many causes below a cause are kept: an error may be its own cause. */
const MAX_CAUSES = 4;

/**
 * What `fetch` threw as the `cause` of an error: as it is if it is a plain error without a credential in its
 * texts. Otherwise a copy: an `Error` with its name, message, code, stack and cause, without credentials.
 */
export function toCause(thrown: unknown, redact: Redact = hideUrls, depth = MAX_CAUSES): unknown {
  if (typeof thrown === 'string') return redact(thrown);
  if (Object(thrown) !== thrown) return thrown;
  const fields = thrown as Readonly<Record<string, unknown>>;
  const copy: object = new Error();
  const define = (key: string, value: unknown): void => {
    Object.defineProperty(copy, key, { value, configurable: true, writable: true });
  };
  const { message, stack, cause } = fields;
  for (const key of COPIED) {
    const value = fields[key];
    if (typeof value === 'string') define(key, redact(value));
    else if (typeof value === 'number') define(key, value);
  }
  define('stack', redactStack(stack, message, redact));
  if (cause !== undefined && depth) define('cause', toCause(cause, redact, depth - 1));
  const isSame = [...COPIED, 'stack', 'cause'].every(
    (key) => Reflect.get(copy, key) === fields[key],
  );
  return isSame && isPlain(thrown as object) ? thrown : copy;
}

/** The frames have URLs too, of scripts: their queries are the bundler's, and their line numbers follow. */
function redactStack(stack: unknown, message: unknown, redact: Redact): unknown {
  if (typeof stack !== 'string') return stack;
  const hide = redact === hideUrls ? hideUserInfo : redact;
  const isQuoted = typeof message === 'string' && message !== '';
  return hide(isQuoted ? stack.replaceAll(message, () => redact(message)) : stack);
}

function isPlain(error: object): boolean {
  return (
    // Of any realm.
    Object.prototype.toString.call(error) === '[object Error]' &&
    Reflect.ownKeys(error).every((key) => PLAIN.has(key)) &&
    // They may show more than the fields.
    !('toJSON' in error || Symbol.for('nodejs.util.inspect.custom') in error)
  );
}

/** A foreign text, without the user information and the queries of the URLs in it. */
export function hideUrls(text: string): string {
  return hideUserInfo(text).replace(/(\w:\/\/[^\s"<>?#]*)\?[^\s"<>]*/g, '$1');
}

function hideUserInfo(text: string): string {
  return text.replace(/(\w:\/\/)[^\s"<>/?#]*@/g, '$1');
}

/**
 * The fields without a foreign text; what the consumer has already, or knows: the message so far, and the
 * calls and messages of the request.
 */
const OURS = new Set(['name', 'code', 'kind', 'status', 'partial', 'history', 'call', 'cause']);

/** Takes the secrets out of an error that this library has just made, in place. */
export function redactError(error: unknown, redact: Redact): unknown {
  if (!isOllamaError(error)) return error;
  for (const key of Object.getOwnPropertyNames(error)) {
    if (!OURS.has(key)) redactField(error, key, redact);
  }
  const { cause } = error;
  if (isJson(cause)) redactField(error, 'cause', redact);
  else if (cause !== undefined) {
    const value = isOllamaError(cause) ? redactError(cause, redact) : toCause(cause, redact);
    Object.defineProperty(error, 'cause', { value, configurable: true, writable: true });
  }
  return error;
}

/** Whether it is an object of JSON, as a server sent it. */
function isJson(cause: unknown): boolean {
  return isObject(cause) && Reflect.getPrototypeOf(cause) === Object.prototype;
}

/** Takes the secrets out of a field and all below it. A server may nest as deeply as it wants. */
function redactField(owner: object, key: string, redact: Redact): void {
  const places: [object, string][] = [[owner, key]];
  for (let place = places.pop(); place; place = places.pop()) {
    const [holder, name] = place;
    const value: unknown = Reflect.get(holder, name);
    if (typeof value === 'string') Reflect.set(holder, name, redact(value));
    else if (typeof value === 'object' && value !== null) {
      for (const below of Object.keys(value)) {
        const clean = redact(below);
        if (clean !== below) {
          Reflect.set(value, clean, Reflect.get(value, below));
          Reflect.deleteProperty(value, below);
        }
        places.push([value, clean]);
      }
    }
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A URL may have a % that encodes nothing.
    return part;
  }
}

function parse(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
