import {
  EMPTY,
  catchError,
  concat,
  concatAll,
  concatMap,
  defaultIfEmpty,
  defer,
  finalize,
  from,
  map,
  of,
  take,
  takeUntil,
  tap,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { OllamaTimeoutError } from '../errors.js';
import { wait } from '../time.js';
import { endAfterTeardown } from '../transport/endAfterTeardown.js';
import { fromReply, fromResult, isPromise, isStream } from '../transport/fromReply.js';
import type { IdentifiedToolCall } from '../types/index.js';
import { describeValue } from '../wire/excerpt.js';
import { readArguments } from '../wire/toolArguments.js';
import { askApproval, type Approve, type Decision } from './approval.js';
import type { DefinedTool } from './defineTool.js';
import type { ToolErrorEvent, ToolRunEvent } from './events.js';
import type { Limit } from './limit.js';

/** What a call needs to be carried out. */
export interface CallContext {
  readonly step: number;
  readonly tools: readonly DefinedTool[];
  readonly approve?: Approve | undefined;
  /** Decides on all calls, instead of `needsApproval` and `approve`. */
  readonly decide?: ((call: IdentifiedToolCall) => Decision) | undefined;
  readonly toolTimeout?: number | undefined;
  readonly scheduler?: SchedulerLike | undefined;
  /** Delays the start of a tool until others have completed. */
  readonly limited: Limit;
  /** Makes the event that answers a call with an error, or throws. */
  readonly fail: (call: IdentifiedToolCall, error: unknown) => ToolErrorEvent;
}

/** A call that can be made: its tool, and the arguments as the schema makes them. */
interface PreparedCall {
  readonly call: IdentifiedToolCall;
  readonly tool: DefinedTool;
  readonly args: unknown;
}

/**
 * Carries out one call: finds the tool, validates the arguments, asks for approval, waits for a place
 * and executes. Emits the events of the call. A call that is suspended has no event of an end.
 */
export function runCall(call: IdentifiedToolCall, context: CallContext): Observable<ToolRunEvent> {
  return concat(
    of<ToolRunEvent>({ type: 'tool-call', step: context.step, call }),
    defer(() => prepare(call, context.tools)).pipe(
      map((prepared) => approveCall(prepared, context)),
      catchError((error: unknown) => of(of(context.fail(call, error)))),
      // After `catchError`: what `approve` throws is not an error of the call, and reaches the consumer.
      concatAll(),
    ),
  );
}

function prepare(
  call: IdentifiedToolCall,
  tools: readonly DefinedTool[],
): Observable<PreparedCall> {
  const { name, arguments: sent } = call.function;
  const tool = tools.find((candidate) => candidate.tool.function.name === name);
  if (!tool) {
    const names = tools.map((known) => known.tool.function.name).join(', ');
    throw new Error(`There is no tool "${name}". The tools are: ${names || 'none'}.`);
  }
  const read = readArguments(sent);
  if (!read) {
    throw new Error(`The arguments have to be a JSON object, and were: ${describeValue(sent)}`);
  }
  const valid = tool.validate(read);
  // The valid arguments may be an Observable or an iterable themselves: only a promise is waited for.
  return (isPromise(valid) ? from(valid) : of(valid)).pipe(map((args) => ({ call, tool, args })));
}

function approveCall(prepared: PreparedCall, context: CallContext): Observable<ToolRunEvent> {
  const { call, tool, args } = prepared;
  const { step, approve, decide, limited } = context;
  const asked: ToolRunEvent = { type: 'tool-approval', step, call };
  const executed$ = limited(execute(prepared, context));
  const toEvents = (decision: Decision): Observable<ToolRunEvent> => {
    if (decision === 'suspend') return EMPTY;
    if (decision.approved) return executed$;
    const { reason } = decision;
    const text = `The call was not approved${reason ? `: ${reason}` : '.'}`;
    return of({ type: 'tool-denied', step, call, text });
  };
  if (decide) {
    const decision = decide(call);
    return decision === 'suspend' ? of(asked) : toEvents(decision);
  }
  return defer(() => fromResult(tool.needsApproval(args, call))).pipe(
    take(1),
    defaultIfEmpty(true),
    concatMap((needed): Observable<ToolRunEvent> => {
      if (!needed) return executed$;
      if (!approve) return toEvents({ approved: false, reason: 'nobody can approve it' });
      const reason = typeof needed === 'object' && { reason: needed.reason };
      return concat(
        of<ToolRunEvent>({ ...asked, ...reason }),
        askApproval(call, approve).pipe(concatMap(toEvents)),
      );
    }),
  );
}

function execute(
  { call, tool, args }: PreparedCall,
  { step, fail, toolTimeout, scheduler }: CallContext,
): Observable<ToolRunEvent> {
  return defer(() => {
    const stopper = new AbortController();
    let ended = false;
    let result: unknown;
    let isProgress = false;

    const read = (returned: unknown): Observable<ToolRunEvent> => {
      if (isPromise(returned)) return from(returned).pipe(concatMap(read));
      isProgress = isStream(returned);
      if (isStream(returned)) {
        return fromReply(returned).pipe(
          map((value) => {
            result = value;
            return { type: 'tool-progress', step, call, value };
          }),
        );
      }
      result = returned;
      return EMPTY;
    };

    const end = (): void => {
      ended = true;
    };
    const progress$ = defer(() => read(tool.execute(args, { signal: stopper.signal, call }))).pipe(
      tap({ complete: end, error: end }),
      finalize(() => {
        if (!ended) stopper.abort();
      }),
    );
    return concat(
      of<ToolRunEvent>({ type: 'tool-start', step, call }),
      endAfterTeardown(
        toolTimeout === undefined
          ? progress$
          : progress$.pipe(takeUntil(failAfter(toolTimeout, scheduler))),
      ),
      defer(() => {
        const text = toText(result);
        const mark = isProgress && ({ fromProgress: true } as const);
        return of<ToolRunEvent>({ type: 'tool-result', step, call, result, text, ...mark });
      }),
    ).pipe(catchError((error: unknown) => of(fail(call, error))));
  });
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
