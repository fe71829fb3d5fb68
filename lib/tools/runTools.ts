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
import { checkRunOptions, checkTools } from './checkRunOptions.js';
import { checkDecisions, findSuspended, type Decisions, type SuspendedTurn } from './decisions.js';
import type { DefinedTool } from './defineTool.js';
import type { FinishEvent, FinishReason, StepFinishEvent, ToolRunEvent } from './events.js';
import { limit } from './limit.js';
import { OLLAMA, pick } from './pick.js';
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
 * Asks the model, makes the calls that it wants made, tells it the results and asks again, until it
 * has no more calls: emits whatever happens in between.
 *
 * _It's like `expand` over `fromOllamaChat`, but what comes in between are your functions._
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
 * A tool starts as soon as its call arrives, while the model may go on, and `concurrency` of them run
 * at a time. When the model and all tools are through, the next request is made: with the assistant's
 * message (thinking, content and all calls as they came), and one `tool` message for each call, in the
 * order of the calls, with `tool_name` and, if the call had an `id`, `tool_call_id`.
 *
 * A tool may return a value, a promise, an async iterable or an Observable. Of the latter two each
 * value is a `tool-progress` event, and the last one is the result. A string is told to the model as it
 * is, anything else as JSON.
 *
 * An unknown tool, invalid arguments, an error thrown by the tool and `toolTimeout` are told to the
 * model, in words that it can act on, or fail the run with an {@link OllamaToolError}
 * (`onToolError: 'throw'`). A call to a tool with `needsApproval` waits for `approve` while others run.
 *
 * The last event is `finish`, also at `maxSteps` and `stopWhen`; it has all messages, ready to be
 * stored. A chunk with `reset` starts its step over, and aborts what its first attempt had started.
 *
 * - **Completes:** right after `finish`.
 * - **Errors:** those of a request, an {@link OllamaError} with the messages so far as `history`; an
 *   {@link OllamaToolError} with `onToolError: 'throw'`; and what `approve`, `stopWhen` or `prepareStep`
 *   throws, unchanged.
 * - **Unsubscribes:** from the request and the tools, in the same frame: it is cancelled, and their
 *   `signal` is aborted.
 * - **Memory:** the messages of the run, and the events that its steps ended with.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; one timer for each tool that runs, and only
 *   with `toolTimeout`.
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
 * @param options the tools, and how they are run
 * @param ollama where to send it, or a client of your own
 * @see {@link defineTool}, {@link runChunks}
 */
export function runTools(
  request: Omit<ChatRequest, 'tools'>,
  options: RunToolsOptions,
  ollama?: OllamaOptions,
): Observable<ToolRunEvent> {
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
