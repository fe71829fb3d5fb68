import type { Observable } from 'rxjs';
import { runTools, type ChatRequest, type RunToolsOptions, type ToolRunEvent } from 'rxjs-ollama';

const CLOSE = {
  role: 'user',
  content: 'Answer now, with what you have found. Say what is missing.',
};

/** A run whose last request has no tools, so that the model has to answer. */
export function runToAnswer(
  request: Omit<ChatRequest, 'tools'>,
  maxSteps: number,
  options: RunToolsOptions,
): Observable<ToolRunEvent> {
  return runTools(request, {
    ...options,
    maxSteps,
    prepareStep: (step, messages) =>
      step === maxSteps ? { tools: [], messages: [...messages, CLOSE] } : undefined,
  });
}
