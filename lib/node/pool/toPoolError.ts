import {
  OllamaConnectionError,
  OllamaHttpError,
  isOllamaError,
  type OllamaError,
} from '../../errors.js';

/** Why a host did not answer a request. */
export interface Failure {
  readonly url: string;
  readonly error: OllamaError;
}

/** Whether the error says that the host doesn't have the model. */
export function isMissingModel(error: unknown): error is OllamaHttpError {
  return (
    isOllamaError(error, 'http') &&
    error.status === 404 &&
    /\bmodel\b[^]*\bnot found\b/i.test(error.message)
  );
}

/**
 * The error of a request that no host answered. If a host may answer later, it is one that `retryChat`
 * retries: 503 if a host was busy, otherwise a connection error.
 */
export function toPoolError(model: string, failures: readonly Failure[]): OllamaError {
  const cause = new AggregateError(failures.map(({ error }) => error));
  const hosts = failures.map(({ url }) => url).join(', ');
  if (failures.every(({ error }) => isMissingModel(error))) {
    const body = failures.map(({ error }) => error).find(isMissingModel)?.body;
    return new OllamaHttpError(
      `HTTP 404: No host has the model "${model}": ${hosts}. Run on one of them: ollama pull ${model}`,
      404,
      body,
      { cause },
    );
  }
  const reasons = failures.map(
    ({ url, error }) => `[${url}] ${error.message.replace(` at ${url}`, '')}`,
  );
  const message = `No host answered${model && ` for the model "${model}"`}: ${reasons.join(' ')}`;
  const refusals = failures.flatMap(({ error }) =>
    isOllamaError(error, 'http') && error.status !== 404 ? [error] : [],
  );
  const [busy] = refusals.sort((a, b) => b.status - a.status);
  if (!busy) return new OllamaConnectionError(message, { cause });
  const waits = refusals.flatMap(({ retryAfter }) => retryAfter ?? []);
  return new OllamaHttpError(message, busy.status, busy.body, {
    cause,
    headers: busy.headers,
    retryAfter: waits.length ? Math.min(...waits) : undefined,
  });
}
