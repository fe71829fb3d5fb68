import {
  EMPTY,
  concat,
  concatMap,
  defer,
  expand,
  of,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { sumStatistics } from '../core/message/statistics.js';
import { fromOllamaChat } from '../sources/fromOllamaChat.js';
import { endAfterTeardown } from '../transport/endAfterTeardown.js';
import { fromResult } from '../transport/fromReply.js';
import type { ChatRequest, ChatStatistics, Message, OllamaOptions } from '../types/index.js';
import type { Approve } from './approval.js';
import { checkRunOptions, checkRunRequest, checkTools } from './checkRunOptions.js';
import { checkDecisions, findSuspended, type Decisions, type SuspendedTurn } from './decisions.js';
import type { DefinedTool } from './defineTool.js';
import type { FinishEvent, FinishReason, StepFinishEvent, ToolRunEvent } from './events.js';
import { limit } from './limit.js';
import { OLLAMA } from './ollamaOptions.js';
import { pick } from './pick.js';
import { runPending } from './runPending.js';
import { runStep } from './runStep.js';
import { isSendable } from './step.js';

/** What may be changed for one step: fields of the request, and the tools. */
export interface StepChange extends Partial<Omit<ChatRequest, 'tools'>> {
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
 * Asks the model, carries out the calls that it makes, and asks again with the results, until an answer
 * has no calls. Emits everything that happens.
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
 * A tool starts when its call arrives, also while the model continues; `concurrency` tools run at a time.
 * When the model and all tools have completed, the next request is made. It has the assistant's message
 * with thinking, content and all calls, then one `tool` message per call, in the order of the calls.
 *
 * A tool may return a value, a promise, an async iterable or an Observable. Of the latter two each value
 * is a `tool-progress` event, and the last one is the result, marked with `fromProgress`. A string is
 * sent to the model as it is, anything else as JSON.
 *
 * An unknown tool, invalid arguments, an error of the tool and `toolTimeout` are sent to the model as
 * text, or fail the run with an {@link OllamaToolError} (`onToolError: 'throw'`).
 *
 * A call to a tool with `needsApproval` is announced by `tool-approval` and waits for `approve`. With the
 * answer `'suspend'` the run ends after the step, and a later run takes the `decisions`.
 *
 * The last event is `finish`, also at `maxSteps` and `stopWhen`. Its `reason` says how the run ended, and
 * its `messages` are ready to be stored. A chunk with `reset` starts its step over, and aborts the tools
 * that the first attempt had started.
 *
 * - **Completes:** right after `finish`.
 * - **Errors:** those of a request; an {@link OllamaToolError} with `onToolError: 'throw'`. An
 *   {@link OllamaError} has the messages so far as `history`, with the results that had come. What
 *   `approve`, `needsApproval`, `stopWhen` or `prepareStep` throws, unchanged.
 * - **Unsubscribes:** from the request and the tools, in the same frame: the request is cancelled, and the
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
 * @param request goes to the server as it is and is not changed, but for its messages and tools
 * @param options the tools, how they run, and where requests are sent
 * @param ollama where requests are sent; has priority over the same fields of `options`
 * @throws RangeError or TypeError for an option that a run can't work with
 * @see {@link defineTool}, {@link runChunks}
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
  const server = pick({ ...options, ...ollama }, ...OLLAMA);

  return defer(() => {
    // A step starts when the one before it has completed: in a loop, however many are synchronous.
    const inTurn = limit(1);
    const context = { ...options, limited: limit(concurrency) };
    const steps: StepFinishEvent[] = [];
    let history: readonly Message[] = request.messages ?? [];
    let statistics: ChatStatistics = {};
    let place = 0;

    const ask = (step: number): Observable<ToolRunEvent> =>
      defer(() => {
        const messages = history;
        return fromResult(prepareStep?.(step, messages)).pipe(
          concatMap((prepared) => {
            const { tools = options.tools, ...change } = prepared ?? {};
            checkTools(tools);
            const offered = tools.map(({ tool }) => tool);
            const asked = { ...request, messages, ...change };
            const sent = offered.length ? { ...asked, tools: offered } : asked;
            const chunk$ = endAfterTeardown(fromOllamaChat(sent, server));
            return runStep(chunk$, { ...context, tools, step, messages, place });
          }),
        );
      });

    const finish = (
      fields: Omit<FinishEvent, 'type' | 'messages' | 'statistics'>,
    ): FinishEvent => ({
      type: 'finish',
      ...fields,
      messages: history,
      statistics,
    });

    const goOn = (event: StepFinishEvent): Observable<ToolRunEvent> => {
      const { step, message, results, pending } = event;
      history = [...history, ...(isSendable(message) ? [message] : []), ...results];
      statistics = sumStatistics(statistics, event.statistics);
      place += results.length;
      if (stopWhen) steps.push(event);
      if (pending) return of(finish({ step, reason: 'approval', pending }));
      if (!results.length) return of(finish({ step, reason: readReason(event) }));
      if (stopWhen?.(steps.slice())) return of(finish({ step, reason: 'stop-when' }));
      if (step >= maxSteps) return of(finish({ step, reason: 'max-steps' }));
      return inTurn(ask(step + 1));
    };

    const resume = (turn: SuspendedTurn, decided: Decisions): Observable<ToolRunEvent> => {
      const calls = runPending(turn, { ...context, decisions: decided });
      const next$ = defer(() => {
        history = calls.messages();
        const pending = calls.pending();
        if (!pending.length) return inTurn(ask(1));
        return of(finish({ step: 0, reason: 'approval', pending }));
      });
      return concat(calls.event$, next$);
    };

    const suspended = decisions && findSuspended(history);
    return (suspended ? resume(suspended, decisions) : inTurn(ask(1))).pipe(
      expand((event) => (event.type === 'step-finish' ? goOn(event) : EMPTY)),
    );
  });
}

/** Why the model's last answer ended the run. */
function readReason({ reason, message }: StepFinishEvent): FinishReason {
  if (reason !== 'stop' || isSendable(message)) return reason;
  return message.thinking ? 'thinking-only' : 'empty';
}
