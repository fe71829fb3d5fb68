import {
  Subject,
  catchError,
  concat,
  defer,
  from,
  mergeMap,
  of,
  takeUntil,
  tap,
  throwError,
  type Observable,
} from 'rxjs';
import { createBoundaryReader } from '../core/message/boundary.js';
import { isOllamaError, withHistory } from '../errors.js';
import type { ChatChunk, IdentifiedToolCall, Message } from '../types/index.js';
import type { ToolErrorEvent, ToolRunEvent } from './events.js';
import { runCall, type CallContext } from './runCall.js';
import { createStep } from './step.js';
import { toErrorEvent, toToolError } from './toolError.js';

/** What a step needs to know of its run. */
export interface StepContext extends Omit<CallContext, 'fail'> {
  /** All messages before this step. */
  readonly messages: readonly Message[];
  /** How many calls the steps before this one had. */
  readonly place: number;
  readonly onToolError?: 'tell' | 'throw' | undefined;
}

/** One request with its calls: emits what happens, then `step-finish`. For one subscription. */
export function runStep(
  chunk$: Observable<ChatChunk>,
  { messages, place, onToolError, ...context }: StepContext,
): Observable<ToolRunEvent> {
  const { step } = context;
  const state = createStep(place);
  const boundaryOf = createBoundaryReader();
  /** Emits when another message begins, which voids the calls of the one before it. */
  const voided$ = new Subject<void>();

  const addHistory = (error: unknown): unknown =>
    isOllamaError(error) ? withHistory(error, [...messages, ...state.kept()]) : error;

  const fail = (call: IdentifiedToolCall, error: unknown): ToolErrorEvent => {
    if (onToolError !== 'throw') return toErrorEvent(step, call, error);
    throw addHistory(toToolError(call, error, state.message()));
  };

  const runCalls = (calls: readonly IdentifiedToolCall[]): Observable<ToolRunEvent> =>
    from(calls).pipe(
      mergeMap((call) => runCall(call, { ...context, fail })),
      tap((event) => {
        if ('text' in event) state.answer(event.call.id, event.text);
      }),
    );

  /** The chunk, then the events of the calls in it. */
  const readChunk = (chunk: ChatChunk): Observable<ToolRunEvent> => {
    if (boundaryOf(chunk) !== 'same') voided$.next();
    const event$ = of<ToolRunEvent>({ type: 'chunk', step, chunk });
    const calls = state.add(chunk);
    if (!calls.length) return event$;
    // Also while the chunk is being delivered: then its calls don't start.
    return concat(event$, runCalls(calls)).pipe(takeUntil(voided$));
  };

  const event$ = chunk$.pipe(
    catchError((error: unknown) => throwError(() => addHistory(error))),
    mergeMap(readChunk),
  );
  return concat(
    event$,
    defer(() => of<ToolRunEvent>({ type: 'step-finish', step, ...state.end() })),
  );
}
