import type { ServerResponse } from 'node:http';
import { stringify } from './stringify.js';

export const JSON_TYPE = 'application/json; charset=utf-8';
/** The type of an error in place of a stream. */
export const BARE_JSON_TYPE = 'application/json';
export const NDJSON_TYPE = 'application/x-ndjson';

const ESCAPED: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/**
 * JSON as Go marshals it: safe inside HTML and JavaScript, so that no tag stands in a line as such. Deep
 * values take no stack.
 */
export function toGoJson(value: unknown): string {
  return stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => ESCAPED[char] ?? char);
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
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.setHeader('Content-Type', JSON_TYPE);
  sendWhole(response, status, toGoJson(value));
}

/** Answers with a text of which the length is known. */
export function sendWhole(response: ServerResponse, status: number, text: string): void {
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.writeHead(status);
  response.end(text);
}
