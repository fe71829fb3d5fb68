import { isOllamaError } from '../errors.js';

/** What Ollama refuses a request with, and a client acts on. Others are about this server's request. */
const PASSED_ON = new Set([400, 404, 413, 429, 503]);

/** The status of a response whose source failed before its first text. */
export function toHttpStatus(error: unknown): number {
  if (!isOllamaError(error)) return 500;
  switch (error.code) {
    case 'http':
      return PASSED_ON.has(error.status) ? error.status : 502;
    case 'connection':
    case 'stream':
    case 'truncated':
    case 'protocol':
      return 502;
    case 'timeout':
      return 504;
    default:
      return 500;
  }
}
