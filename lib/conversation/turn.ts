import { EMPTY, concatMap, defer, identity, of, pipe, type Observable } from 'rxjs';
import { createBoundaryReader } from '../core/message/boundary.js';
import type { Throughput } from '../core/throughput.js';
import { bufferForUi } from '../operators/bufferForUi.js';
import { splitThinking } from '../operators/splitThinking.js';
import { tapThroughput } from '../operators/tapThroughput.js';
import { fromOllamaChat } from '../sources/fromOllamaChat.js';
import type { DefinedTool } from '../tools/defineTool.js';
import { checkRunOptions } from '../tools/checkRunOptions.js';
import { omit } from '../core/omit.js';
import { OLLAMA, pick } from '../tools/pick.js';
import { runTools, type RunToolsOptions } from '../tools/runTools.js';
import { createStep } from '../tools/step.js';
import { checkDuration } from '../time.js';
import type { ChatRequest, IdentifiedToolCall, Message, OllamaClient } from '../types/index.js';
import type { ConversationAction } from './reducer.js';

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

/** The options that go to the run as they are. */
const RUN = [
  'maxSteps',
  'concurrency',
  'approve',
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

/** Asks the model, with its tools, and emits what happens to the conversation. */
export function runTurn(
  messages: readonly Message[],
  options: TurnOptions,
): Observable<ConversationAction> {
  const { system, trim = identity, every = 'frame', tools = [], scheduler } = options;
  const request = omit(options, 'system', 'trim', 'every', 'tools', ...RUN, ...OLLAMA);
  const ollama = pick(options, ...OLLAMA);
  const clock = pick({ scheduler }, 'scheduler');
  const first = system ? [{ role: 'system', content: system }] : [];

  return defer(() => {
    let metrics: Throughput | undefined;
    // Made once for all steps.
    const display = pipe(
      splitThinking(),
      tapThroughput((figures) => {
        metrics = figures;
      }, clock),
      every ? bufferForUi({ every, ...clock }) : identity,
    );
    // The run gets the chunks as they are shown, so that its events keep their order on the screen.
    const shown: OllamaClient = {
      chat: ({ tools: offered, ...asked }) =>
        fromOllamaChat(offered?.length ? { ...asked, tools: offered } : asked, ollama).pipe(
          display,
        ),
    };

    let place = 0;
    let step = createStep(place);
    let boundaryOf = createBoundaryReader();
    const started = new Set<IdentifiedToolCall>();

    return runTools(
      { ...request, messages },
      {
        ...pick(options, ...RUN),
        tools,
        client: shown,
        prepareStep: (_step, all) => ({ messages: [...first, ...trim(all)] }),
      },
    ).pipe(
      concatMap((event): Observable<ConversationAction> => {
        switch (event.type) {
          case 'chunk': {
            const { chunk } = event;
            step.add(chunk);
            const [boundary, message] = [boundaryOf(chunk), step.snapshot()];
            return of({ type: 'chunk', chunk, boundary, message, metrics, step });
          }
          case 'tool-call':
            return of({ type: 'call', call: event.call });
          case 'tool-start':
            started.add(event.call);
            return EMPTY;
          case 'tool-result':
          case 'tool-error':
          case 'tool-denied':
            // What stays of a step that is cut off are the tools that ran.
            if (started.delete(event.call)) step.answer(event.call.id, event.text);
            return of({ type: 'called', call: event.call });
          case 'step-finish': {
            const { message, results, pending } = event;
            if (!results.length || pending) return EMPTY;
            place += results.length;
            step = createStep(place);
            boundaryOf = createBoundaryReader();
            return of({ type: 'step', message, results });
          }
          case 'finish':
            return of({ type: 'end', reason: event.reason });
          default:
            return EMPTY;
        }
      }),
    );
  });
}
