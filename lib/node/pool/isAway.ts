import { isOllamaError, type OllamaConnectionError, type OllamaHttpError } from '../../errors.js';

/** What a proxy answers for a host that is away, and Ollama when its queue is full. */
const STATUSES = new Set([502, 503]);

/** Whether a host could not be reached, or takes no request now: another one may. */
export function isAway(error: unknown): error is OllamaConnectionError | OllamaHttpError {
  return (
    isOllamaError(error, 'connection') ||
    (isOllamaError(error, 'http') && STATUSES.has(error.status))
  );
}
