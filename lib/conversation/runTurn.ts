import { EMPTY, concat, concatMap, defer, identity, of, type Observable } from 'rxjs';
import type { ConversationAction } from './reducer.js';
import { createMessage } from '../core/message/message.js';
import type { Throughput } from '../core/throughput.js';
import { bufferForUi } from '../operators/bufferForUi.js';
import { splitThinking } from '../operators/splitThinking.js';
import { tapThroughput } from '../operators/tapThroughput.js';
import { fromOllamaChat } from '../sources/fromOllamaChat.js';
import { runTools, type RunToolsOptions } from '../tools/runTools.js';
import type { ChatRequest, Message, OllamaClient, OllamaOptions } from '../types/index.js';

/** How a turn is made; every other field goes into the request. */
export interface TurnOptions
  extends
    Omit<ChatRequest, 'messages' | 'tools' | 'stream'>,
    OllamaOptions,
    Partial<Omit<RunToolsOptions, 'prepareStep'>> {
  /** What the model is told before all messages. It is in each request, and not in the history. */
  readonly system?: string;
  /**
   * Asked before each request, also between tools: which of the messages to send. The history stays
   * as it is, and the system's message is always sent.
   */
  readonly trim?: (messages: readonly Message[]) => readonly Message[];
  /**
   * The time between two states while text is streaming, as in `bufferForUi`; with 0 there is one for
   * each chunk.
   * @defaultValue `'frame'`
   */
  readonly every?: 'frame' | number;
}

/** Asks the model, with its tools, and tells what happens. */
export function runTurn(
  messages: readonly Message[],
  options: TurnOptions,
): Observable<ConversationAction> {
  const { system, trim = identity, every = 'frame', ...others } = options;
  const { client, host, headers, fetch, maxLineBytes, ...withTools } = others;
  const { tools = [], maxSteps, concurrency, approve, onToolError, ...more } = withTools;
  const { toolTimeout, stopWhen, scheduler, ...request } = more;
  const ollama = defined({ client, host, headers, fetch, maxLineBytes });
  const clock = defined({ scheduler });
  const first = system ? [{ role: 'system', content: system }] : [];

  return defer(() => {
    const message = createMessage();
    let metrics: Throughput | undefined;

    // What the run sees are chunks as they are shown: what it tells keeps their order.
    const shown: OllamaClient = {
      chat: ({ tools: offered, ...asked }) =>
        fromOllamaChat(offered?.length ? { ...asked, tools: offered } : asked, ollama).pipe(
          splitThinking(),
          tapThroughput((figures) => {
            metrics = figures;
          }, clock),
          every ? bufferForUi({ every, ...clock }) : identity,
        ),
    };
    const run$ = runTools(
      { ...request, messages },
      {
        ...defined({ maxSteps, concurrency, approve, onToolError, toolTimeout, stopWhen }),
        ...clock,
        tools,
        prepareStep: (_, all) => ({ messages: [...first, ...trim(all)] }),
      },
      { client: shown },
    );
    const action$ = run$.pipe(
      concatMap((event): Observable<ConversationAction> => {
        switch (event.type) {
          case 'chunk': {
            const { chunk } = event;
            message.add(chunk);
            return of({ type: 'chunk', chunk, message: message.snapshot(), metrics });
          }
          case 'tool-call':
            return of({ type: 'call', call: event.call });
          case 'tool-result':
          case 'tool-error':
          case 'tool-denied':
            return of({ type: 'called', call: event.call });
          case 'step-finish': {
            const { results } = event;
            return results.length ? of({ type: 'step', message: event.message, results }) : EMPTY;
          }
          default:
            return EMPTY;
        }
      }),
    );
    return concat(action$, of<ConversationAction>({ type: 'end' }));
  });
}

/** The fields that have a value. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
