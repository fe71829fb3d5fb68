import {
  EMPTY,
  catchError,
  concat,
  concatAll,
  concatMap,
  defaultIfEmpty,
  defer,
  from,
  map,
  of,
  take,
  type Observable,
} from 'rxjs';
import { fromResult, isPromise } from '../transport/fromReply.js';
import type { IdentifiedToolCall } from '../types/index.js';
import { describeValue } from '../wire/excerpt.js';
import { readArguments } from '../wire/toolArguments.js';
import { askApproval, type Approve, type Decision } from './approval.js';
import type { DefinedTool } from './defineTool.js';
import type { ToolRunEvent } from './events.js';
import { executeTool, type ExecuteContext, type PreparedCall } from './executeTool.js';
import type { Limit } from './limit.js';

/** What a call needs to be carried out. */
export interface CallContext extends ExecuteContext {
  readonly tools: readonly DefinedTool[];
  readonly approve?: Approve | undefined;
  /** Decides on all calls, instead of `needsApproval` and `approve`. */
  readonly decide?: ((call: IdentifiedToolCall) => Decision) | undefined;
  /** Delays the start of a tool until others have completed. */
  readonly limited: Limit;
}

/**
 * Carries out one call, and emits its events: `tool-call`, `tool-approval` if a decision is asked for, and
 * those of the tool or of the denial. A call that is suspended has no further event.
 */
export function runCall(call: IdentifiedToolCall, context: CallContext): Observable<ToolRunEvent> {
  return concat(
    of<ToolRunEvent>({ type: 'tool-call', step: context.step, call }),
    defer(() => prepare(call, context.tools)).pipe(
      map((prepared) => decideAndExecute(prepared, context)),
      catchError((error: unknown) => of(of(context.fail(call, error)))),
      // After `catchError`: what `approve` throws is not an error of the call, and reaches the consumer.
      concatAll(),
    ),
  );
}

/** Finds the tool of a call, and validates the arguments. */
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

function decideAndExecute(prepared: PreparedCall, context: CallContext): Observable<ToolRunEvent> {
  const { call, tool, args } = prepared;
  const { step, approve, decide, limited } = context;

  const follow = (decision: Decision): Observable<ToolRunEvent> => {
    if (decision === 'suspend') return EMPTY;
    if (decision.approved) return limited(executeTool(prepared, context));
    const { reason } = decision;
    const text = `The call was not approved${reason ? `: ${reason}` : '.'}`;
    return of({ type: 'tool-denied', step, call, text });
  };
  const announce = (reason: object = {}): ToolRunEvent => ({
    type: 'tool-approval',
    step,
    call,
    ...reason,
  });

  if (decide) {
    const decision = decide(call);
    return decision === 'suspend' ? of(announce()) : follow(decision);
  }
  return defer(() => fromResult(tool.needsApproval(args, call))).pipe(
    take(1),
    defaultIfEmpty(true),
    concatMap((needed) => {
      if (!needed) return follow({ approved: true });
      if (!approve) return follow({ approved: false, reason: 'this program cannot approve calls' });
      const reason = typeof needed === 'object' ? { reason: needed.reason } : {};
      return concat(of(announce(reason)), askApproval(call, approve).pipe(concatMap(follow)));
    }),
  );
}
