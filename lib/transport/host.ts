import { OllamaConnectionError } from '../errors.js';

/** The port of Ollama, where a host has neither a port nor a scheme. */
const PORT = ':11434';

/** Where a server is. */
export interface Address {
  /** Its URL without user information, and without a slash at the end. */
  readonly url: string;
  /** `user:password@` as a URL has it, or an empty text. */
  readonly userInfo: string;
}

/**
 * Reads a host as people write it: without scheme or port, with quotes, spaces or slashes around it, with
 * `/api` at its end. An address to listen on, such as `0.0.0.0`, means this machine, as Ollama's own
 * command reads it. In a web page, a path or an empty text means the origin of the page.
 *
 * @param name what the user set, for the error
 * @throws OllamaConnectionError for anything else, without the user information
 */
export function readHost(given: unknown, name = 'host'): Address {
  const text = trimHost(given);
  const refuse = (advice: string) => refuseHost(text, `${advice} Set ${name} to`);
  const address = complete(text);
  if (address === undefined) throw refuse('Only a web page has an origin of its own.');

  const hasScheme = /^\w+:\/\//.test(address);
  const url = parse(hasScheme ? address : `http://${address}`);
  // `http//host` has the host "http".
  if (!url || !/^https?:$/.test(url.protocol) || /^https?$/.test(url.hostname)) throw refuse('');
  if ((url.pathname + url.search + url.hash).includes('@')) {
    throw refuse(
      'Write / ? # @ in a user name or password as %2F %3F %23 %40, and @ in a path too.',
    );
  }
  const { protocol, port, username, password } = url;
  const hostname = url.hostname.replace(/^(?:0\.0\.0\.0|\[::\])$/, '127.0.0.1');
  // A URL hides the port of its scheme: `gpu:80` has one.
  const hasPort = hasScheme || /^[^/?#]*:\d+(?:[/?#]|$)/.test(address);
  return {
    url: `${protocol}//${hostname}${port ? `:${port}` : hasPort ? '' : PORT}${trimPath(url.pathname)}`,
    userInfo: username || password ? `${username}:${password}@` : '',
  };
}

/** Without the quotes and spaces that shells and settings leave around a value. */
export function trimHost(given: unknown): string {
  return String(given).replace(/^[\s"']+|[\s"']+$/g, '');
}

/** As much of a URL as is missing; `undefined` where there is no page whose origin is meant. */
function complete(text: string): string | undefined {
  if (text.startsWith('//')) return `http:${text}`;
  if (!text || text.startsWith('/')) {
    const { location } = globalThis as { location?: { readonly origin?: unknown } };
    const origin = String(location?.origin);
    return /^https?:/.test(origin) ? origin + text : undefined;
  }
  // Without brackets the last part of an IPv6 address would be a port.
  if (/^[\da-f]*:[\da-f]*:[\da-f:.]*$/i.test(text)) return `[${text}]`;
  if (text.startsWith(':')) return `127.0.0.1${text}`;
  return text.replace(/^(https?):[\\/]*/i, '$1://');
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    // The error has the whole text, with the password.
    return undefined;
  }
}

/** The client adds `/api/…` itself. */
function trimPath(path: string): string {
  return path
    .replace(/\/+/g, '/')
    .replace(/\/$/, '')
    .replace(/\/api(?:\/(?:chat|generate))?$/, '');
}

function refuseHost(text: string, advice: string): OllamaConnectionError {
  const shown = text.replace(/^(\w+:\/\/)?[^]*@/, '$1').replace(/[?#][^]*$/, '');
  return new OllamaConnectionError(
    `"${shown}" is not the address of a server. ${advice.trim()} one such as http://127.0.0.1:11434.`,
    { cause: Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL' }) },
  );
}
