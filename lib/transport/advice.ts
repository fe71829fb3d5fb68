import { CHECK_HOST } from '../wire/parseLine.js';

const PROXY_TIMEOUT =
  "A proxy in front of the server reached its timeout before the server answered. Raise the proxy's timeout.";
const PROXY_DOWN =
  'A proxy in front of the server got no answer from it. Is Ollama running behind the proxy?';

/** Statuses of proxies: those from 520 are Cloudflare's. */
const PROXY: Readonly<Record<number, string>> = {
  401: 'A proxy in front of the server asks for credentials. Pass them in headers.',
  407: 'A proxy in front of the server asks for credentials. Pass them in headers.',
  502: PROXY_DOWN,
  503: PROXY_DOWN,
  504: PROXY_TIMEOUT,
  520: PROXY_DOWN,
  521: PROXY_DOWN,
  522: PROXY_TIMEOUT,
  523: PROXY_DOWN,
  524: PROXY_TIMEOUT,
};

/**
 * What to do about a bad status whose body is not an error of Ollama.
 *
 * @param hasWords whether the body is a short text, which often says enough
 */
export type Advise = (status: number, body: string, url: string, hasWords: boolean) => string;

/** What to do about a bad status of Ollama, or of a proxy in front of it. */
export const adviseOnStatus: Advise = (status, body, url, hasWords) => {
  // Servers say so with status 400, in a text or a page.
  if (/HTTP request .*to (?:an )?HTTPS (?:port|server)/i.test(body)) {
    return 'The server expects TLS: begin the host with https:// instead of http://.';
  }
  const [, root, path] = /^(\w+:\/\/[^/]+)(\/.*)\/api\/\w+$/.exec(url) ?? [];
  if (status === 404 && root && path) {
    return `The host has to be the root of the server. Is it ${root}, without ${path}?`;
  }
  if (hasWords) return '';
  if (status === 403 && !body) {
    return "Ollama answers so to a Host or Origin header that it doesn't allow. Does a proxy forward one?";
  }
  return PROXY[status] ?? CHECK_HOST;
};

/** What to do about a bad status of a gateway that has no words for it, or of a proxy in front of one. */
export const adviseOnGateway: Advise = (status, _body, _url, hasWords) =>
  hasWords ? '' : (OF_GATEWAY[status] ?? 'The log of the server may say why.');

const DENIED =
  'Does the request have the credentials that the server asks for? Pass them in headers.';
const ABSENT = 'Is the URL right? If it is that of a run, the server may have forgotten the run.';
const GATEWAY_DOWN = 'A proxy in front of the server got no answer from it. Is the server running?';

const OF_GATEWAY: Readonly<Record<number, string>> = {
  401: DENIED,
  403: DENIED,
  404: ABSENT,
  407: PROXY[407] ?? '',
  410: ABSENT,
  502: GATEWAY_DOWN,
  503: GATEWAY_DOWN,
  504: PROXY_TIMEOUT,
};

/** `ollama pull NAME`, where the server says that it has no such model. */
export function advisePull(status: number, reason: string): string {
  const [, name] = /model ["'“]([\w.:/@-]+)["'”](?: was)? not found/i.exec(reason) ?? [];
  return status === 404 && name ? `Run: ollama pull ${name}` : '';
}

/** What to do where `fetch` failed, by its code and words. The first that fits. */
const NETWORK: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED|ConnectionRefused|connection refused/i, 'Is it running?'],
  [/ENOTFOUND|EAI_AGAIN|dns error/i, 'Is it running, and is the name of the host right?'],
  [
    /EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT/,
    'Is the address right, and does a firewall let the request through?',
  ],
  [
    /ERR_SSL_|EPROTO|SSL routines/,
    'Does the server speak TLS? If not, begin the host with http:// instead of https://.',
  ],
  [/CERT|UNABLE_TO_VERIFY|certificate/, "Does this process trust the server's certificate?"],
  [
    /ECONNRESET|EPIPE|UND_ERR_SOCKET/,
    "The server closed the connection before it answered. The server's log may say why.",
  ],
];

/**
 * What to do where `fetch` could not reach the server. Browsers don't say why.
 *
 * @param adviseInPage what to do in a page of this origin
 */
export function adviseOnFetch(error: string, adviseInPage: (origin: string) => string): string {
  const { document, location } = globalThis as {
    document?: unknown;
    location?: { readonly origin?: string };
  };
  if (document ?? location) {
    return adviseInPage(location?.origin ?? "the page's origin");
  }
  return NETWORK.find(([pattern]) => pattern.test(error))?.[1] ?? '';
}
