import { isOllamaError, type ChatRequest, type DefinedTool } from 'rxjs-ollama';
import { of, retry, type MonoTypeOperatorFunction } from 'rxjs';

/** Whose request it is, and who is told what was left out of it. */
interface Requester {
  request: Omit<ChatRequest, 'messages' | 'tools'>;
  tools: readonly DefinedTool[];
  readonly onUnsupported: (what: string) => void;
}

/**
 * Ollama refuses `think` and `tools` where the model doesn't support them. The request is then made
 * again without, and so are all later ones.
 */
export function retryWithout<T>(requester: Requester): MonoTypeOperatorFunction<T> {
  return retry({
    delay: (error: unknown) => {
      const what = findUnsupported(error);
      const { think, ...rest } = requester.request;
      if (what === 'thinking' && think) requester.request = rest;
      else if (what === 'tools' && requester.tools.length) requester.tools = [];
      else throw error;
      requester.onUnsupported(what);
      return of(true);
    },
  });
}

function findUnsupported(error: unknown): string | undefined {
  return isOllamaError(error, 'http') && error.status === 400
    ? /does not support (thinking|tools)/.exec(error.message)?.[1]
    : undefined;
}
