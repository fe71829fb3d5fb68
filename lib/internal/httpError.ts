import { CHECK_HOST, describeError, isObject } from '../core/line.js';
import { OllamaHttpError } from '../errors.js';
import { readRest, type Reader } from './readRest.js';

/** How long the words that belong to a bad status are waited for. */
const BODY_MS = 1000;

/** The error that a response with a bad status stands for. */
export async function readHttpError(
  { status, statusText }: Response,
  reader: Reader | undefined,
): Promise<OllamaHttpError> {
  const body = await readRest(reader, BODY_MS);
  const reason = readReason(body) || `${statusText || 'no reason given'}. ${CHECK_HOST}`;
  return new OllamaHttpError(`HTTP ${String(status)}: ${reason}`, status, body);
}

/** The `error` of a JSON body, or a short plain text; a web page says nothing to a user. */
function readReason(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed) && 'error' in parsed) return describeError(parsed['error']);
  } catch {
    // No JSON: a proxy's words.
  }
  const text = body.trim();
  return text.startsWith('<') || text.length > 500 ? undefined : text;
}
