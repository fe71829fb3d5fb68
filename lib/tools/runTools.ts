import { EMPTY, concatMap, defer, expand, of, type Observable, type SchedulerLike } from 'rxjs';
import { sumStatistics } from '../core/message/statistics.js';
import { fromResult } from '../transport/fromReply.js';
import { fromOllamaChat } from '../sources/fromOllamaChat.js';
import type { ChatRequest, ChatStatistics, Message, OllamaOptions } from '../types/index.js';
import type { DefinedTool } from './defineTool.js';
import type { StepFinishEvent, ToolRunEvent } from './events.js';
import type { Approve } from './runCall.js';
import { runStep } from './runStep.js';

/** What may be changed for one step: fields of the request, and the tools. */
export interface StepChange extends Partial<Omit<ChatRequest, 'tools'>> {
  readonly tools?: readonly DefinedTool[];
}

/** How {@link runTools} goes about it. */
export interface RunToolsOptions {
  /** What the model can call. */
  readonly tools: readonly DefinedTool[];
  /** How many requests are made at most. @defaultValue `10` */
  readonly maxSteps?: number;
  /** How many tools run at a time. @defaultValue `4` */
  readonly concurrency?: number;
  /** Asked for each call to a tool that needs approval; without it such calls are refused. */
  readonly approve?: Approve;
  /** Whether the model is told of a call that fails, or the run fails. @defaultValue `'tell'` */
  readonly onToolError?: 'tell' | 'throw';
  /** How long a tool may take, in ms. @defaultValue no limit */
  readonly toolTimeout?: number;
  /** Asked after each step that called tools, with all steps so far: whether to end the run there. */
  readonly stopWhen?: (steps: readonly StepFinishEvent[]) => boolean;
  /** Asked before each request: what to change for it, and only for it. */
  readonly prepareStep?: (
    step: number,
    messages: readonly Message[],
  ) => StepChange | undefined | PromiseLike<StepChange | undefined>;
  /** Where the time of `toolTimeout` comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike;
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
  const { maxSteps = 10, stopWhen, prepareStep } = options;
  return defer(() => {
    let steps: readonly StepFinishEvent[] = [];
    let messages: readonly Message[] = request.messages ?? [];
    let statistics: ChatStatistics = {};
    let calls = 0;

    const ask = (step: number): Observable<ToolRunEvent> =>
      fromResult(prepareStep?.(step, messages)).pipe(
        concatMap((given) => {
          const { tools = options.tools, ...change } = given ?? {};
          const offered = tools.map(({ tool }) => tool);
          const told = { ...request, messages, ...change };
          const sent = offered.length ? { ...told, tools: offered } : told;
          const context = { ...options, tools, step, messages, calls };
          return runStep(fromOllamaChat(sent, ollama), context);
        }),
      );

    const goOn = (event: StepFinishEvent): Observable<ToolRunEvent> => {
      const { step, results } = event;
      let { reason } = event;
      steps = [...steps, event];
      messages = [...messages, event.message, ...results];
      statistics = sumStatistics(statistics, event.statistics);
      calls += results.length;
      if (results.length) {
        if (stopWhen?.(steps)) reason = 'stop-when';
        else if (step < maxSteps) return ask(step + 1);
        else reason = 'max-steps';
      }
      return of({ type: 'finish', step, reason, messages, statistics });
    };

    return ask(1).pipe(expand((event) => (event.type === 'step-finish' ? goOn(event) : EMPTY)));
  });
}
