import { concat, concatMap, defer, of, type Observable, type SchedulerLike } from 'rxjs';
import { sumStatistics } from '../core/message/statistics.js';
import { fromOllamaChat } from '../sources/fromOllamaChat.js';
import { endAfterTeardown } from '../transport/endAfterTeardown.js';
import { fromResult } from '../transport/fromReply.js';
import type {
  ChatRequest,
  ChatStatistics,
  IdentifiedToolCall,
  Message,
  OllamaOptions,
} from '../types/index.js';
import type { Approve } from './approval.js';
import { checkRunOptions, checkRunRequest, checkTools } from './checkRunOptions.js';
import { checkDecisions, findSuspended, type Decisions, type SuspendedTurn } from './decisions.js';
import type { DefinedTool } from './defineTool.js';
import type { FinishEvent, FinishReason, StepFinishEvent, ToolRunEvent } from './events.js';
import { expandLast } from './expandLast.js';
import { limit } from './limit.js';
import { OLLAMA_OPTIONS } from './ollamaOptions.js';
import { pick } from './pick.js';
import { runPending } from './runPending.js';
import { runStep } from './runStep.js';
import { isSendable } from './step.js';

/** What may be changed for one step: fields of the request, and the tools. */
export interface StepChange extends Partial<Omit<ChatRequest, 'tools'>> {
  /** What the model can call in this step. @defaultValue the tools of the run */
  readonly tools?: readonly DefinedTool[] | undefined;
}

/** How {@link runTools} runs, and where it sends its requests. */
export interface RunToolsOptions extends OllamaOptions {
  /** What the model can call. Each has a name of its own. */
  readonly tools: readonly DefinedTool[];
  /** How many requests are made at most: a whole number from 1, or `Infinity`. @defaultValue `10` */
  readonly maxSteps?: number | undefined;
  /** How many tools run at a time: a whole number from 1, or `Infinity`. @defaultValue `4` */
  readonly concurrency?: number | undefined;
  /**
   * Asked for each call that needs approval; without it such calls are denied. Only `true` and
   * `{ approved: true }` approve. `'suspend'` ends the run after the step, with `finish` and `pending`.
   */
  readonly approve?: Approve | undefined;
  /**
   * Decisions on calls that an earlier run suspended, by the `id` of the call. The messages of the
   * request have to end with those calls, as `finish.messages` of that run does.
   */
  readonly decisions?: Decisions | undefined;
  /** Whether the model is sent the error of a call, or the run fails with it. @defaultValue `'tell'` */
  readonly onToolError?: 'tell' | 'throw' | undefined;
  /** How long a tool may take from its start, in ms. @defaultValue no limit */
  readonly toolTimeout?: number | undefined;
  /** Asked after each step with calls, with all steps so far: whether to end the run there. */
  readonly stopWhen?: ((steps: readonly StepFinishEvent[]) => boolean) | undefined;
  /** Asked before each request: what to change for it, and only for it. */
  readonly prepareStep?:
    | ((
        step: number,
        messages: readonly Message[],
      ) => StepChange | undefined | PromiseLike<StepChange | undefined>)
    | undefined;
  /** Where the time of `toolTimeout` comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Asks the model, makes the calls of its answer, and asks again with the results, until an answer has no
 * calls. Emits everything that happens.
 *
 * _It's like `expand` over `fromOllamaChat`, but the calls of an answer run before the next request._
 *
 * ```none
 *  model:   --x---------(d|)            x: x()  d: done
 *  tool:      ------(p|)                p: 'p'
 *  again:               ----a-(d|)      a: 'Hello'
 *           runTools(request, { tools })
 *  result:  --(xcb)-(pr)(ds)a-(dsf|)    c: tool-call x()  b: tool-start x()  p: tool-progress x()
 *                                       r: tool-result x()  s: step-finish  f: finish
 * ```
 *
 * **Steps.** A step is one request with its calls. A tool starts when its call arrives, also while the
 * model continues; at most `concurrency` tools run at a time. The next request follows when the answer and
 * all tools have completed. It has the assistant's message with thinking, content and calls, then one
 * `tool` message per call, in the order of the calls.
 *
 * **Results.** A tool returns a value, a promise, an async iterable or an Observable. Each value of the
 * latter two is a `tool-progress` event. The last one is the result, and is marked with `fromProgress`. A
 * string is sent to the model as it is, anything else as JSON.
 *
 * **Failures.** An unknown tool, invalid arguments, an error of the tool and `toolTimeout` are sent to the
 * model as text. With `onToolError: 'throw'` they fail the run.
 *
 * **Approval.** A call to a tool with `needsApproval` emits `tool-approval`, and waits for `approve`. The
 * answer `'suspend'` ends the run after the step. A later run makes the call by its `decisions`.
 *
 * **The end.** The last event is `finish`, also at `maxSteps` and `stopWhen`. Its `reason` says why the run
 * ended, and its `messages` are ready to be stored.
 *
 * **Retries.** A chunk with `reset` starts its step over, and aborts the tools of the first attempt.
 *
 * - **Completes:** right after `finish`.
 * - **Errors:** those of a request; an {@link OllamaToolError} with `onToolError: 'throw'`. An
 *   {@link OllamaError} has the messages so far as `history`, with the results that had arrived. What
 *   `approve`, `needsApproval`, `stopWhen` or `prepareStep` throws, unchanged.
 * - **Unsubscribes:** from the request and the tools, synchronously: the request is cancelled, and the
 *   `signal` of each running tool is aborted.
 * - **Memory:** the messages of the run, and with `stopWhen` its steps.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`: one timer per running tool, and only with
 *   `toolTimeout`.
 *
 * ```ts
 * import { defineTool, runTools } from 'rxjs-ollama';
 * import { z } from 'zod';
 *
 * const multiply = defineTool({
 *   name: 'multiply',
 *   description: 'Multiplies two numbers',
 *   parameters: z.object({ x: z.number(), y: z.number() }),
 *   execute: ({ x, y }) => x * y,
 * });
 * runTools(
 *   { model: 'qwen3', messages: [{ role: 'user', content: 'What is 17 × 23?' }] },
 *   { tools: [multiply] },
 * ).subscribe((event) => {
 *   if (event.type === 'finish') console.log(event.messages.at(-1)?.content);
 * });
 * ```
 *
 * @param request is sent as it is, with the messages and tools of each step, and is not changed
 * @param options the tools, how they run, and where requests are sent
 * @param ollama where requests are sent; has priority over the same fields of `options`
 * @throws RangeError or TypeError for an option that a run can't work with
 * @see {@link defineTool}, {@link runChunks}, {@link runMessage}, {@link repeatsCall}
 */
export function runTools(
  request: Omit<ChatRequest, 'tools'>,
  options: RunToolsOptions,
  ollama?: OllamaOptions,
): Observable<ToolRunEvent> {
  checkRunRequest(request);
  checkRunOptions(options);
  checkDecisions(options.decisions, request.messages);
  const { maxSteps = 10, concurrency = 4, stopWhen, prepareStep, decisions } = options;
  const server = pick({ ...options, ...ollama }, ...OLLAMA_OPTIONS);

  return defer(() => {
    const context = { ...options, limited: limit(concurrency) };
    const steps: StepFinishEvent[] = [];
    let messages: readonly Message[] = request.messages ?? [];
    let statistics: ChatStatistics = {};
    let place = 0;

    /** One request with its calls. What `prepareStep` changes is not kept. */
    const runNext = (step: number): Observable<ToolRunEvent> =>
      defer(() => fromResult(prepareStep?.(step, messages))).pipe(
        concatMap((change) => {
          const { tools = options.tools, ...fields } = change ?? {};
          checkTools(tools);
          const sent = withTools({ ...request, messages, ...fields }, tools);
          const chunk$ = endAfterTeardown(fromOllamaChat(sent, server));
          return runStep(chunk$, { ...context, tools, step, messages, place });
        }),
      );

    const finish = (
      step: number,
      reason: FinishReason,
      pending?: readonly IdentifiedToolCall[],
    ): Observable<FinishEvent> =>
      of({ type: 'finish', step, reason, messages, statistics, ...(pending && { pending }) });

    /** Keeps what a step has added, and ends the run or starts the next step. */
    const continueAfter = (event: StepFinishEvent): Observable<ToolRunEvent> => {
      const { step, message, results, pending } = event;
      messages = [...messages, ...(isSendable(message) ? [message] : []), ...results];
      statistics = sumStatistics(statistics, event.statistics);
      place += results.length;
      if (stopWhen) steps.push(event);

      if (pending) return finish(step, 'approval', pending);
      if (!results.length) return finish(step, readReason(event));
      if (stopWhen?.(steps.slice())) return finish(step, 'stop-when');
      if (step >= maxSteps) return finish(step, 'max-steps');
      return runNext(step + 1);
    };

    /** Makes the calls of an earlier run that were decided. Then asks the model, if none is pending. */
    const resume = (turn: SuspendedTurn, decided: Decisions): Observable<ToolRunEvent> => {
      const calls = runPending(turn, { ...context, decisions: decided });
      const next$ = defer((): Observable<ToolRunEvent> => {
        messages = calls.messages();
        const pending = calls.pending();
        return pending.length ? finish(0, 'approval', pending) : runNext(1);
      });
      return concat(calls.event$, next$);
    };

    const suspended = decisions && findSuspended(messages);
    const start$ = suspended ? resume(suspended, decisions) : runNext(1);
    return start$.pipe(
      expandLast((event) => (event.type === 'step-finish' ? continueAfter(event) : undefined)),
    );
  });
}

/** The request with what a model reads of the tools. A list without tools is not sent. */
function withTools(request: ChatRequest, tools: readonly DefinedTool[]): ChatRequest {
  return tools.length ? { ...request, tools: tools.map(({ tool }) => tool) } : request;
}

/** Why the model's last answer ended the run. */
function readReason({ reason, message }: StepFinishEvent): FinishReason {
  if (reason !== 'stop' || isSendable(message)) return reason;
  return message.thinking ? 'thinking-only' : 'empty';
}
