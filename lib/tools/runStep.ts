import { concat, defer, from, groupBy, mergeMap, of, switchMap, tap, type Observable } from 'rxjs';
import { createStep } from './step.js';
import { sumStatistics } from '../core/message/statistics.js';
import { OllamaToolError, isOllamaError } from '../errors.js';
import type {
  ChatChunk,
  ChatFinalChunk,
  ChunkMarks,
  IdentifiedToolCall,
  Message,
} from '../types/index.js';
import type { ToolErrorEvent, ToolRunEvent } from './events.js';
import { prepareCall, type CallContext, type Task } from './runCall.js';

/** What a step needs to know of its run. */
export interface StepContext extends Omit<CallContext, 'fail'> {
  /** All messages before this step. */
  readonly messages: readonly Message[];
  /** How many calls there were before this step. */
  readonly calls: number;
  readonly concurrency?: number | undefined;
  readonly onToolError?: 'tell' | 'throw' | undefined;
}

/** One request with its calls: emits what happens, then `step-finish`. */
export function runStep(
  chunk$: Observable<ChatChunk>,
  { messages, calls, concurrency = 4, onToolError, ...context }: StepContext,
): Observable<ToolRunEvent> {
  const { step } = context;
  const state = createStep(calls);
  let final: ChatFinalChunk | undefined;
  let attempt = 0;

  const addHistory = <E>(error: E): E => {
    if (!isOllamaError(error)) return error;
    const said = state.begun ? [state.message(), ...state.results()] : [];
    return Object.assign(error, { history: [...messages, ...said] });
  };

  const fail = (call: IdentifiedToolCall, error: unknown): ToolErrorEvent => {
    const why = error instanceof Error ? error.message : String(error);
    if (onToolError !== 'throw') {
      return { type: 'tool-error', step, call, error, text: `Error: ${why}` };
    }
    throw addHistory(
      new OllamaToolError(`The call to "${call.function.name}" failed. ${why}`, call, {
        cause: error,
        partial: state.message(),
      }),
    );
  };

  const readChunk = (chunk: ChatChunk): Observable<ToolRunEvent | Task> => {
    const event: ToolRunEvent = { type: 'chunk', step, chunk };
    if (chunk.done) final = chunk;
    return concat(
      of(event),
      from(state.add(chunk)).pipe(
        mergeMap((call) =>
          concat(
            of<ToolRunEvent>({ type: 'tool-call', step, call }),
            prepareCall(call, { ...context, fail }),
          ),
        ),
      ),
    );
  };

  return concat(
    chunk$.pipe(
      tap({ error: addHistory }),
      // Where the request was made again, the calls of the attempt before it are given up.
      groupBy(({ reset }: ChatChunk & ChunkMarks) => (reset ? ++attempt : attempt)),
      switchMap((attempt$) =>
        attempt$.pipe(
          mergeMap(readChunk),
          // Only tasks wait for a place: what else there is to say is said at once.
          groupBy(isTask),
          mergeMap((item$) =>
            item$.key ? item$.pipe(mergeMap(({ run$ }) => run$, concurrency)) : item$,
          ),
        ),
      ),
      tap((event) => {
        if ('text' in event) state.tell(event.call, event.text);
      }),
    ),
    defer(() =>
      of<ToolRunEvent>({
        type: 'step-finish',
        step,
        reason: final?.done_reason || 'stop',
        message: state.message(),
        results: state.results(),
        statistics: sumStatistics(final ?? {}),
      }),
    ),
  );
}

function isTask(item: ToolRunEvent | Task): item is Task {
  return item.type === 'task';
}
