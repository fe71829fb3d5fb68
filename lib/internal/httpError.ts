import { describeError } from '../core/line.js';
import { OllamaHttpError } from '../errors.js';

const MAX_BYTES = 64 * 1024;

/** The error that a response with a bad status stands for. */
export async function readHttpError(response: Response): Promise<OllamaHttpError> {
  const { status, statusText } = response;
  const body = await readText(response.body?.getReader());
  const reason = readReason(body) ?? statusText;
  return new OllamaHttpError(`HTTP ${String(status)}${reason && `: ${reason}`}`, status, body);
}

/** The `error` of a JSON body, or a short plain text; a web page says nothing to a user. */
function readReason(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'error' in parsed) {
      return describeError(parsed.error);
    }
  } catch {
    // No JSON: a proxy's words.
  }
  const text = body.trim();
  return text && !text.startsWith('<') && text.length < 500 ? text : undefined;
}

async function readText(reader: ReadableStreamDefaultReader<Uint8Array> | undefined) {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (let read; bytes < MAX_BYTES && (read = await reader?.read())?.value;) {
      bytes += read.value.length;
      text += decoder.decode(read.value, { stream: true });
    }
    await reader?.cancel();
  } catch {
    // The status is known: a body that breaks off changes nothing.
  }
  return text;
}
