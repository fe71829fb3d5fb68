import {
  EMPTY,
  concatMap,
  defer,
  identity,
  of,
  tap,
  type MonoTypeOperatorFunction,
  type Observable,
} from 'rxjs';
import { createBoundaryReader } from '../core/message/boundary.js';
import { omit } from '../core/omit.js';
import { bufferForUi } from '../operators/bufferForUi.js';
import { splitThinking } from '../operators/splitThinking.js';
import { tapThroughput } from '../operators/tapThroughput.js';
import { fromOllamaChat } from '../sources/fromOllamaChat.js';
import { checkDuration, startClock } from '../time.js';
import { askApproval, type Approve, type Decision } from '../tools/approval.js';
import { checkRunOptions } from '../tools/checkRunOptions.js';
import type { DefinedTool } from '../tools/defineTool.js';
import type { ToolRunEvent } from '../tools/events.js';
import { OLLAMA_OPTIONS } from '../tools/ollamaOptions.js';
import { pick } from '../tools/pick.js';
import { runTools, type RunToolsOptions } from '../tools/runTools.js';
import { createStep } from '../tools/step.js';
import type {
  ChatChunk,
  ChatRequest,
  IdentifiedToolCall,
  Message,
  OllamaClient,
} from '../types/index.js';
import type { Mutable } from '../types/mutable.js';
import type { ConversationAction } from './actions.js';
import type { AskJob } from './session.js';
import type { ConversationMessage } from './state.js';
import { createThinkingTime } from './thinkingTime.js';

/** How a turn is made; every other field goes into the request. */
export interface TurnOptions
  extends
    Omit<ChatRequest, 'messages' | 'tools' | 'stream'>,
    Omit<RunToolsOptions, 'tools' | 'prepareStep' | 'decisions'> {
  /** What the model can call. Each has a name of its own. @defaultValue `[]` */
  readonly tools?: readonly DefinedTool[] | undefined;
  /** The system's message. Each request carries it first, and the history doesn't have it. */
  readonly system?: string | undefined;
  /**
   * Asked before each request, also between tools: which of the messages to send. The history stays
   * whole, and the system's message is always sent.
   */
  readonly trim?: ((messages: readonly Message[]) => readonly Message[]) | undefined;
  /**
   * The time between two states while text is streaming, as in `bufferForUi`; with 0 there is one state
   * per chunk.
   * @defaultValue `'frame'`
   */
  readonly every?: 'frame' | number | undefined;
}

/** The options that are used here. */
const OWN = ['system', 'trim', 'every', 'tools', 'approve'] as const;

/** The options that go to the run as they are. */
const RUN = [
  'maxSteps',
  'concurrency',
  'onToolError',
  'toolTimeout',
  'stopWhen',
  'scheduler',
] as const;

/** @throws RangeError or TypeError for an option that a turn can't work with */
export function checkTurnOptions({ tools = [], every, ...others }: TurnOptions): void {
  checkRunOptions({ ...others, tools });
  if (every !== 'frame') checkDuration('every', every);
}

/** Is called when a call has been decided on. */
export type OnDecision = (call: IdentifiedToolCall, decision: Decision) => void;

/**
 * Asks the model, with its tools, and emits what happens to the conversation.
 *
 * @param approve asked for each call that needs approval, if the options have no `approve`
 */
export function runTurn(
  { messages, decisions }: AskJob,
  options: TurnOptions,
  approve: Approve,
  onDecision: OnDecision,
): Observable<ConversationAction> {
  const { system, trim = identity, tools = [] } = options;
  const first = system ? [{ role: 'system', content: system }] : [];

  return defer(() => {
    const figures: Figures = {};
    const run$ = runTools(
      { ...omit(options, ...OWN, ...RUN, ...OLLAMA_OPTIONS), messages },
      {
        ...pick(options, ...RUN),
        tools,
        decisions,
        client: createDisplay(options, figures),
        approve: (call) =>
          askApproval(call, options.approve ?? approve).pipe(
            tap((decision) => {
              onDecision(call, decision);
            }),
          ),
        prepareStep: (_step, all) => ({ messages: [...first, ...trim(all)] }),
      },
    );
    return run$.pipe(concatMap(createEventReader(figures)));
  });
}

/** What is measured of the current answer. */
type Figures = Mutable<Pick<ConversationMessage, 'metrics' | 'thinkingMs'>>;

/**
 * A client for the run, of which the chunks are those that are shown. So the events of the run have the
 * order of the screen. What is measured is measured before `bufferForUi` delays the chunks.
 */
function createDisplay(options: TurnOptions, figures: Figures): OllamaClient {
  const { every = 'frame', scheduler } = options;
  const ollama = pick(options, ...OLLAMA_OPTIONS);
  const clock = pick({ scheduler }, 'scheduler');
  const buffer: MonoTypeOperatorFunction<ChatChunk> = every
    ? bufferForUi({ every, ...clock })
    : identity;
  return {
    chat: ({ tools, ...request }) =>
      defer(() => {
        const elapsed = startClock(scheduler);
        const thinkingTime = createThinkingTime();
        return fromOllamaChat(tools?.length ? { ...request, tools } : request, ollama).pipe(
          splitThinking(),
          tapThroughput((metrics) => {
            figures.metrics = metrics;
          }, clock),
          tap((chunk) => {
            figures.thinkingMs = thinkingTime(chunk, elapsed());
          }),
          buffer,
        );
      }),
  };
}

/** Reads the events of one run as actions. */
function createEventReader(
  figures: Figures,
): (event: ToolRunEvent) => Observable<ConversationAction> {
  let place = 0;
  let step = createStep(place);
  let boundaryOf = createBoundaryReader();
  const started = new Set<IdentifiedToolCall>();

  return (event) => {
    switch (event.type) {
      case 'chunk': {
        const { chunk } = event;
        step.add(chunk);
        const [boundary, message] = [boundaryOf(chunk), step.snapshot()];
        return of({ type: 'chunk', chunk, boundary, message, step, ...figures });
      }
      case 'step-finish': {
        const { message, results, pending, reason } = event;
        // The last answer stays as it is: `finish` follows.
        if (!results.length && !pending) return EMPTY;
        place += results.length;
        step = createStep(place);
        boundaryOf = createBoundaryReader();
        return of({ type: 'step', message, results, reason });
      }
      case 'finish':
        return of({ type: 'end', reason: event.reason });
      case 'tool-start':
        started.add(event.call);
        break;
      case 'tool-result':
      case 'tool-error':
        // What stays of a step that is cut off are the tools that ran. Step 0 is in the history already.
        if (event.step && started.delete(event.call)) step.answer(event.call.id, event.text);
    }
    return of({ type: 'call', event });
  };
}
