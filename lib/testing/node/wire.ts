import type { ServerResponse } from 'node:http';

export const JSON_TYPE = 'application/json; charset=utf-8';
export const NDJSON_TYPE = 'application/x-ndjson';

const ESCAPED: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON as Go marshals it: safe inside HTML and JavaScript, so that no tag stands in a line as such. */
export function toGoJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => ESCAPED[char] ?? char);
}

/** Now, or so many milliseconds from now, in RFC 3339 with as many digits as it takes. */
export function toTimestamp(ahead = 0): string {
  const now = performance.timeOrigin + performance.now() + ahead;
  const microseconds = Math.floor(now * 1000);
  const seconds = new Date(microseconds / 1000).toISOString().slice(0, 19);
  const fraction = String(microseconds % 1_000_000).padStart(6, '0');
  return `${seconds}.${fraction}`.replace(/\.?0+$/, '') + 'Z';
}

/** Answers with one JSON value and no newline, as Ollama does where nothing streams. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.setHeader('Content-Type', JSON_TYPE);
  for (const [name, text] of Object.entries(headers)) response.setHeader(name, text);
  response.writeHead(status);
  response.end(toGoJson(value));
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(text);
}
