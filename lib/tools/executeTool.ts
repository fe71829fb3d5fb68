import {
  catchError,
  concat,
  concatMap,
  defer,
  filter,
  finalize,
  from,
  map,
  of,
  takeUntil,
  tap,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { OllamaTimeoutError } from '../errors.js';
import { wait } from '../time.js';
import { endAfterTeardown } from '../transport/endAfterTeardown.js';
import { fromReply, isPromise, isStream } from '../transport/fromReply.js';
import type { IdentifiedToolCall } from '../types/index.js';
import type { DefinedTool } from './defineTool.js';
import type { ToolErrorEvent, ToolRunEvent } from './events.js';

/** A call that can be made: its tool, and the arguments as the schema makes them. */
export interface PreparedCall {
  readonly call: IdentifiedToolCall;
  readonly tool: DefinedTool;
  readonly args: unknown;
}

/** What the execution of a tool needs to know of its run. */
export interface ExecuteContext {
  readonly step: number;
  readonly toolTimeout?: number | undefined;
  readonly scheduler?: SchedulerLike | undefined;
  /** Makes the event that answers a call with an error, or throws. */
  readonly fail: (call: IdentifiedToolCall, error: unknown) => ToolErrorEvent;
}

/** A value of a tool: the only one, or one of a stream. */
interface ToolValue {
  readonly value: unknown;
  readonly isProgress: boolean;
}

/** Starts the tool of a call, and emits its events: start, progress, and the result or an error. */
export function executeTool(
  { call, tool, args }: PreparedCall,
  { step, fail, toolTimeout, scheduler }: ExecuteContext,
): Observable<ToolRunEvent> {
  return defer(() => {
    let last: ToolValue = { value: undefined, isProgress: false };
    const value$ = withSignal((signal) => readReturned(tool.execute(args, { signal, call })));
    const limited$ =
      toolTimeout === undefined
        ? value$
        : value$.pipe(takeUntil(failAfter(toolTimeout, scheduler)));
    return concat(
      of<ToolRunEvent>({ type: 'tool-start', step, call }),
      endAfterTeardown(limited$).pipe(
        tap((value) => {
          last = value;
        }),
        filter(({ isProgress }) => isProgress),
        map(({ value }): ToolRunEvent => ({ type: 'tool-progress', step, call, value })),
      ),
      defer(() => {
        const { value: result, isProgress } = last;
        const mark = isProgress && ({ fromProgress: true } as const);
        const text = toText(result);
        return of<ToolRunEvent>({ type: 'tool-result', step, call, result, text, ...mark });
      }),
    ).pipe(catchError((error: unknown) => of(fail(call, error))));
  });
}

/** Subscribes to what `start` makes. Its signal is aborted if the subscription ends before that does. */
function withSignal<T>(start: (signal: AbortSignal) => Observable<T>): Observable<T> {
  return defer(() => {
    const stopper = new AbortController();
    let hasEnded = false;
    const end = (): void => {
      hasEnded = true;
    };
    return defer(() => start(stopper.signal)).pipe(
      tap({ complete: end, error: end }),
      finalize(() => {
        if (!hasEnded) stopper.abort();
      }),
    );
  });
}

/** What a tool returned, value by value. A promise of a stream is a stream. */
function readReturned(returned: unknown): Observable<ToolValue> {
  if (isPromise(returned)) return from(returned).pipe(concatMap(readReturned));
  if (!isStream(returned)) return of({ value: returned, isProgress: false });
  return fromReply(returned).pipe(map((value) => ({ value, isProgress: true })));
}

function failAfter(ms: number, scheduler?: SchedulerLike): Observable<never> {
  return wait(ms, scheduler).pipe(
    map(() => {
      throw new OllamaTimeoutError(`It took longer than ${String(ms)} ms.`, 'tool');
    }),
  );
}

/** A result as the model reads it. */
function toText(result: unknown): string {
  // `undefined` and functions have no JSON.
  return typeof result === 'string' ? result : JSON.stringify(result) || 'null';
}
