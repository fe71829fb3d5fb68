import { endWith, pipe, startWith } from 'rxjs';
import { HEARTBEAT, OPENING } from '../wire/chatEvents.js';
import type { Format } from './format.js';
import { SSE_HEADERS } from './headers.js';
import { writeData } from './writeData.js';
import { toUiMessageParts, type UiMessagesOptions } from './uiMessageParts.js';

/**
 * The UI message stream of the AI SDK, which `useChat` and the `Chat` classes of the package `ai` read:
 * versions 6 and 7.
 *
 * _It's like `sse`, but in the protocol of the AI SDK._
 *
 * ```none
 *  data: {"type":"start"}
 *  data: {"type":"start-step"}
 *  data: {"type":"text-start","id":"1"}
 *  data: {"type":"text-delta","id":"1","delta":"Hello"}
 *  data: {"type":"text-end","id":"1"}
 *  data: {"type":"finish-step"}
 *  data: {"type":"finish","finishReason":"stop"}
 *  data: [DONE]
 * ```
 *
 * - **Parts:** one `reasoning` or `text` part per stretch of thinking or answer, with an id of its own.
 * - **Tools** are dynamic: the client needs no list of them. Progress is a preliminary output.
 * - **Approval:** `tool-approval-request`, and `finish` with `'tool-calls'` when the run is suspended.
 *   {@link fromUiMessages} reads the answer.
 * - **Errors:** the open part is closed, then `error` and `finish` with `'error'`. The client takes an end
 *   without `finish` for complete, so none is missing.
 * - **Stops:** `abort`, when the source completes without a final chunk.
 *
 * ```ts
 * import { createServer } from 'node:http';
 * import { runTools, type DefinedTool } from 'rxjs-ollama';
 * import { pipeToResponse, uiMessages } from 'rxjs-ollama/node';
 *
 * declare const tools: DefinedTool[];
 * createServer((_, res) => {
 *   const messages = [{ role: 'user', content: 'Hi' }];
 *   const run$ = runTools({ model: 'qwen3', messages }, { tools, approve: () => 'suspend' });
 *   void pipeToResponse(run$, res, { format: uiMessages() });
 * });
 * ```
 *
 * @param options the id of the message, and what the client gets
 * @see {@link toUiMessageStream}, {@link fromUiMessages}, {@link agUi}
 */
export function uiMessages(options: UiMessagesOptions = {}): Format {
  return {
    headers: { ...SSE_HEADERS, 'X-Vercel-Ai-Ui-Message-Stream': 'v1' },
    commit: 'now',
    heartbeat: HEARTBEAT,
    encode: (encodeOptions) =>
      pipe(
        toUiMessageParts(options, encodeOptions, writeData),
        startWith(OPENING),
        endWith('data: [DONE]\n\n'),
      ),
  };
}
