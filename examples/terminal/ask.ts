import {
  accumulateMessage,
  bufferForUi,
  collectToolCalls,
  fromOllamaChat,
  splitThinking,
  tapThroughput,
  type AssistantMessage,
  type BufferForUiOptions,
  type ChatRequest,
  type IdentifiedToolCall,
  type Message,
  type OllamaOptions,
  type PhasedChunk,
  type Throughput,
} from 'rxjs-ollama';
import {
  catchError,
  concat,
  concatMap,
  connect,
  defer,
  forkJoin,
  from,
  map,
  merge,
  of,
  throwError,
  toArray,
  type Observable,
} from 'rxjs';
import { retryWithout } from './retryWithout.js';
import type { TerminalTool } from './tools.js';

/** What is seen of an answer: a piece to show, or a message to add to the conversation. */
export type AskEvent = { readonly chunk: PhasedChunk } | { readonly message: Message };

/** What stays the same from question to question. */
export interface Chat {
  /** All of the request but the messages. What the model turns out not to support is taken out. */
  request: Omit<ChatRequest, 'messages'>;
  readonly options: OllamaOptions;
  readonly tools: readonly TerminalTool[];
  readonly buffer: BufferForUiOptions;
  /** Is shown how fast the model is. */
  readonly onFigures: (figures: Throughput) => void;
  /** Is told what had to be left out of the request. */
  readonly onUnsupported: (what: string) => void;
}

/** How often the model may call tools before it has to answer. */
const MAX_TURNS = 5;

/**
 * Asks the model, runs the tools that it calls, and asks again with their results, until it answers.
 * Unsubscribing stops whatever is going on at that moment.
 */
export function ask(
  chat: Chat,
  messages: readonly Message[],
  turns = MAX_TURNS,
): Observable<AskEvent> {
  if (turns === 0) return throwError(() => new Error('The model goes on calling tools.'));
  return defer(() => fromOllamaChat({ ...chat.request, messages }, chat.options)).pipe(
    retryWithout(chat),
    splitThinking(),
    tapThroughput(chat.onFigures), // before the buffer: the speed of the model, not of the screen
    bufferForUi(chat.buffer),
    connect((chunk$) => {
      const message$ = chunk$.pipe(accumulateMessage());
      const calls$ = chunk$.pipe(collectToolCalls());
      return merge(
        chunk$.pipe(map((chunk) => ({ chunk }))),
        // Emits once, when the answer is complete: the whole message and all its calls.
        forkJoin([message$, calls$]).pipe(
          concatMap(([message, calls]) =>
            calls.length ? useTools(chat, messages, message, calls, turns) : of({ message }),
          ),
        ),
      );
    }),
  );
}

/** One tool after the other; their results in the order of the calls, then the next turn. */
function useTools(
  chat: Chat,
  messages: readonly Message[],
  message: AssistantMessage,
  calls: readonly IdentifiedToolCall[],
  turns: number,
): Observable<AskEvent> {
  // The model has to see its own calls and thoughts again, and the same ids as in the results.
  const called: Message = { ...message, tool_calls: calls };
  const results$ = from(calls).pipe(concatMap((call) => runTool(chat.tools, call)));
  return concat(
    of({ message: called }),
    results$.pipe(
      connect((result$) =>
        merge(
          result$.pipe(map((result) => ({ message: result }))),
          result$.pipe(
            toArray(),
            concatMap((results) => ask(chat, [...messages, called, ...results], turns - 1)),
          ),
        ),
      ),
    ),
  );
}

/** The result as the message that tells the model; an error is a result too. */
function runTool(
  tools: readonly TerminalTool[],
  { id, function: { name, arguments: args } }: IdentifiedToolCall,
): Observable<Message> {
  return defer(() => {
    const tool = tools.find(({ definition }) => definition.function.name === name);
    if (!tool) throw new Error(`there is no tool named "${name}"`);
    return of(tool.run(args));
  }).pipe(
    catchError((error: unknown) =>
      of(`Error: ${error instanceof Error ? error.message : String(error)}`),
    ),
    map((content) => ({ role: 'tool', content, tool_name: name, tool_call_id: id })),
  );
}
