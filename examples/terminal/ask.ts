import {
  bufferForUi,
  fromOllamaChat,
  runTools,
  splitThinking,
  tapThroughput,
  type Approve,
  type BufferForUiOptions,
  type ChatRequest,
  type DefinedTool,
  type Message,
  type OllamaClient,
  type OllamaOptions,
  type Throughput,
  type ToolRunEvent,
} from 'rxjs-ollama';
import { defer, type Observable } from 'rxjs';
import { retryWithout } from './retryWithout.js';

/** What stays the same from question to question. */
export interface Chat {
  /** All of the request but the messages. What the model turns out not to support is taken out. */
  request: Omit<ChatRequest, 'messages' | 'tools'>;
  tools: readonly DefinedTool[];
  readonly options: OllamaOptions;
  readonly buffer: BufferForUiOptions;
  /** Whether a tool that needs approval may be called. */
  readonly approve: Approve;
  /** Is shown how fast the model is. */
  readonly onFigures: (figures: Throughput) => void;
  /** Is told what had to be left out of the request. */
  readonly onUnsupported: (what: string) => void;
}

/** How many requests one question may take. */
const MAX_STEPS = 5;

/**
 * Asks the model, and makes the calls that it wants made, until it answers. Unsubscribing stops
 * whatever is going on at that moment.
 */
export function ask(chat: Chat, messages: readonly Message[]): Observable<ToolRunEvent> {
  // Whatever answers with chunks is a client. This one answers at reading pace, so that no tool is
  // called, and nobody is asked about it, before the reason can be read. After `runTools` the chunks
  // could be paced just as well, but the other events would overtake them.
  const client: OllamaClient = {
    chat: (request) =>
      fromOllamaChat(request, chat.options).pipe(
        splitThinking(),
        tapThroughput(chat.onFigures), // before the buffer: the speed of the model, not of the screen
        bufferForUi(chat.buffer),
      ),
  };
  return defer(() => {
    const { request, tools, approve } = chat;
    return runTools({ ...request, messages }, { tools, approve, maxSteps: MAX_STEPS }, { client });
  }).pipe(retryWithout(chat));
}
