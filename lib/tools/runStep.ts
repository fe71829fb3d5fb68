import {
  catchError,
  concat,
  defer,
  from,
  groupBy,
  mergeMap,
  of,
  switchMap,
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

  const addHistory = (error: unknown): unknown =>
    isOllamaError(error) ? withHistory(error, [...messages, ...state.kept()]) : error;

  const fail = (call: IdentifiedToolCall, error: unknown): ToolErrorEvent => {
    if (onToolError !== 'throw') return toErrorEvent(step, call, error);
    throw addHistory(toToolError(call, error, state.message()));
  };

  /** The chunk, then the events of the calls in it. */
  const readChunk = (chunk: ChatChunk): Observable<ToolRunEvent> => {
    const event$ = of<ToolRunEvent>({ type: 'chunk', step, chunk });
    const calls = state.add(chunk);
    if (!calls.length) return event$;
    return concat(
      event$,
      from(calls).pipe(mergeMap((call) => runCall(call, { ...context, fail }))),
    );
  };

  const event$ = chunk$.pipe(
    catchError((error: unknown) => throwError(() => addHistory(error))),
    // A message that is requested again voids the calls of the attempt before it.
    groupBy(createAttemptReader()),
    switchMap((attempt$) => attempt$.pipe(mergeMap(readChunk))),
    tap((event) => {
      if ('text' in event) state.answer(event.call.id, event.text);
    }),
  );
  return concat(
    event$,
    defer(() => of<ToolRunEvent>({ type: 'step-finish', step, ...state.end() })),
  );
}

/** Numbers the messages of a request: a message is another attempt than the one before it. */
function createAttemptReader(): (chunk: ChatChunk) => number {
  const boundaryOf = createBoundaryReader();
  let attempt = 0;
  return (chunk) => {
    if (boundaryOf(chunk) !== 'same') attempt++;
    return attempt;
  };
}
