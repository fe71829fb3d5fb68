import { OllamaConnectionError, OllamaTruncatedError, type OllamaError } from '../errors.js';
import type { AssistantMessage } from '../types/index.js';
import { fromPublicError, type Terminal } from '../wire/chatEvents.js';
import type { Line } from '../wire/line.js';

/** The error that a terminal event stands for; `undefined` where a stream ends well. */
export function terminalError(
  terminal: Terminal & Line,
  partial: AssistantMessage | undefined,
): OllamaError | undefined {
  const miss = (why: string) => new OllamaTruncatedError(why, { partial });
  switch (terminal.type) {
    case 'done':
    case 'stopped':
      return undefined;
    case 'closing':
      return new OllamaConnectionError('The server shuts down. Make the request again.', {
        partial,
      });
    case 'failed':
      return fromPublicError(terminal, partial);
    case 'abandoned':
      return miss('The run was stopped, because no client read it for too long.');
    case 'gap':
      return miss(`The server no longer has the events before ${terminal.first}.`);
  }
}
