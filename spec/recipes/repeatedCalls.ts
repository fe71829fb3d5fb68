import { concatMap, of, type Observable } from 'rxjs';
import {
  repeatsCall,
  runTools,
  type ChatRequest,
  type RunToolsOptions,
  type ToolRunEvent,
} from 'rxjs-ollama';

const HINT = {
  role: 'user',
  content: 'The same call gives the same result. Answer with what you have.',
};

/** A run that ends when the model makes the same call in three steps in a row, with an answer. */
export function runWithoutLoops(
  request: Omit<ChatRequest, 'tools'>,
  options: RunToolsOptions,
): Observable<ToolRunEvent> {
  return runTools(request, { ...options, stopWhen: repeatsCall(3) }).pipe(
    concatMap((event) =>
      event.type === 'finish' && event.reason === 'stop-when'
        ? runTools({ ...request, messages: [...event.messages, HINT] }, { ...options, tools: [] })
        : of(event),
    ),
  );
}
