import { isOllamaError, type ConversationEnding } from 'rxjs-ollama';
import { toShortName } from '../models/models';

/** What happened, and what the reader can do about it. */
export interface Advice {
  readonly title: string;
  readonly text: string;
  /** The name of a model that the server doesn't have. */
  readonly missing?: string;
}

export function adviseOn(error: unknown, model: string): Advice {
  const text = error instanceof Error ? error.message : String(error);
  if (!isOllamaError(error)) return { title: 'Something failed', text };
  switch (error.code) {
    case 'connection':
      return error.partial
        ? { title: 'The connection broke', text: `What arrived is above. ${text}` }
        : { title: "Ollama can't be reached", text: `Is "ollama serve" running? ${text}` };
    case 'http':
      if (error.status === 404) {
        return {
          title: `${toShortName(model)} is not on this server`,
          text: 'Pull it, or choose another model.',
          missing: model,
        };
      }
      if (error.status === 502)
        return { title: "Ollama can't be reached", text: `Is "ollama serve" running? ${text}` };
      return { title: 'The server refused the question', text };
    case 'truncated':
      return {
        title: 'The answer breaks off',
        text: 'The server closed the connection before the end.',
      };
    case 'timeout':
      return { title: 'The model took too long', text };
    case 'stream':
      return { title: 'The model failed', text };
    case 'tool':
      return { title: 'A tool failed', text };
    case 'protocol':
    case 'validation':
      return { title: 'The server sent something unexpected', text };
  }
}

/** What a reader should know of how an answer ended, if it is not obvious. */
export function describeEnding(ending: ConversationEnding | undefined): string | undefined {
  switch (ending) {
    case 'stopped':
      return 'You stopped this answer.';
    case 'length':
      return 'The answer reached the length limit of the model. Ask it to continue.';
    case 'empty':
      return 'The model gave an empty answer.';
    case 'thinking-only':
      return 'The model thought, but gave no answer.';
    case 'max-steps':
      return 'The model called tools too many times in a row.';
    default:
      return undefined;
  }
}
