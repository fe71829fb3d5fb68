import {
  EMPTY,
  catchError,
  concat,
  concatMap,
  defaultIfEmpty,
  defer,
  from,
  map,
  of,
  take,
  takeUntil,
  tap,
  timer,
  type Observable,
  type ObservableInput,
  type SchedulerLike,
} from 'rxjs';
import { excerpt } from '../wire/parseLine.js';
import { readArguments } from '../core/message/toolCalls.js';
import { fromReply, isPromise } from '../transport/fromReply.js';
import { fromResult, isStream } from '../transport/fromReply.js';
import type { IdentifiedToolCall } from '../types/index.js';
import type { DefinedTool } from './defineTool.js';
import type { ToolErrorEvent, ToolRunEvent } from './events.js';

/** Whether a call may be made; the model is told the reason. */
export type Approval = boolean | { readonly approved: boolean; readonly reason?: string };

/** Asks whether a call may be made. */
export type Approve = (call: IdentifiedToolCall) => Approval | ObservableInput<Approval>;

/** What a call needs to be carried out. */
export interface CallContext {
  readonly step: number;
  readonly tools: readonly DefinedTool[];
  readonly approve?: Approve | undefined;
  readonly toolTimeout?: number | undefined;
  readonly scheduler?: SchedulerLike | undefined;
  /** Tells the model, or throws. */
  readonly fail: (call: IdentifiedToolCall, error: unknown) => ToolErrorEvent;
}

/** A call that can be made as soon as there is a place for it. */
export interface Task {
  readonly type: 'task';
  readonly run$: Observable<ToolRunEvent>;
}

/** Finds the tool, validates the arguments and asks for approval; gives the task, or says why not. */
export function prepareCall(
  call: IdentifiedToolCall,
  context: CallContext,
): Observable<ToolRunEvent | Task> {
  const { step, tools, approve, fail } = context;
  return defer(() => readCall(call, tools)).pipe(
    catchError((error: unknown) => of(fail(call, error))),
    // What its callbacks throw is no failure of the call, and stays what it is.
    concatMap((ready): Observable<ToolRunEvent | Task> => {
      if ('type' in ready) return of(ready);
      const { tool, args } = ready;
      const task: Task = { type: 'task', run$: execute(call, tool, args, context) };
      if (!tool.needsApproval(args, call)) return of(task);
      return ask(call, approve).pipe(
        map(({ approved, reason }) => {
          if (approved) return task;
          const text = `The call was not approved${reason ? `: ${reason}` : '.'}`;
          return { type: 'tool-denied', step, call, text };
        }),
      );
    }),
  );
}

/** The tool that is called, and the valid arguments. */
function readCall(
  { function: { name, arguments: given } }: IdentifiedToolCall,
  tools: readonly DefinedTool[],
): Observable<{ readonly tool: DefinedTool; readonly args: unknown }> {
  const tool = tools.find((candidate) => candidate.tool.function.name === name);
  if (!tool) {
    const names = tools.map((known) => known.tool.function.name).join(', ');
    throw new Error(`There is no tool "${name}". The tools are: ${names || 'none'}.`);
  }
  const args = readArguments(given);
  if (!args) {
    const text = excerpt(JSON.stringify(given), 200);
    throw new Error(`The arguments have to be a JSON object, and were: ${text}`);
  }
  return fromResult(tool.validate(args)).pipe(map((valid) => ({ tool, args: valid })));
}

function ask(call: IdentifiedToolCall, approve?: Approve): Observable<Exclude<Approval, boolean>> {
  const answer = approve ? approve(call) : { approved: false, reason: 'nobody can approve it' };
  return (
    typeof answer === 'boolean' || 'approved' in answer ? of(answer) : fromReply(answer)
  ).pipe(
    defaultIfEmpty(false),
    take(1),
    map((approval) => (typeof approval === 'boolean' ? { approved: approval } : approval)),
  );
}

function execute(
  call: IdentifiedToolCall,
  tool: DefinedTool,
  args: unknown,
  { step, fail, toolTimeout, scheduler }: CallContext,
): Observable<ToolRunEvent> {
  return defer(() => {
    const stopper = new AbortController();
    let result: unknown;

    const read = (given: unknown): Observable<ToolRunEvent> => {
      if (isPromise(given)) return from(given).pipe(concatMap(read));
      if (isStream(given)) {
        return fromReply(given).pipe(
          map((value) => {
            result = value;
            return { type: 'tool-progress', step, call, value };
          }),
        );
      }
      result = given;
      return EMPTY;
    };

    const run$ = defer(() => read(tool.execute(args, { signal: stopper.signal, call }))).pipe(
      tap({
        unsubscribe: () => {
          stopper.abort();
        },
      }),
    );
    return concat(
      of<ToolRunEvent>({ type: 'tool-start', step, call }),
      toolTimeout === undefined ? run$ : run$.pipe(takeUntil(failAfter(toolTimeout, scheduler))),
      defer(() =>
        of<ToolRunEvent>({ type: 'tool-result', step, call, result, text: toText(result) }),
      ),
    ).pipe(catchError((error: unknown) => of(fail(call, error))));
  });
}

function failAfter(ms: number, scheduler?: SchedulerLike): Observable<never> {
  return timer(ms, scheduler).pipe(
    map(() => {
      throw new Error(`It took longer than ${String(ms)} ms.`);
    }),
  );
}

/** A result as the model reads it. */
function toText(result: unknown): string {
  // What JSON can't say, such as `undefined`, gives no text at all.
  return typeof result === 'string' ? result : JSON.stringify(result) || 'null';
}
