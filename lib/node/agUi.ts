import { pipe, startWith } from 'rxjs';
import { HEARTBEAT, OPENING } from '../wire/chatEvents.js';
import { toAgUiParts, type AgUiOptions } from './agUiParts.js';
import { checkAgUiOptions } from './checkAgUiOptions.js';
import type { Format } from './format.js';
import { SSE_HEADERS } from './headers.js';
import { writeData } from './writeData.js';

/**
 * The events of AG-UI 1.0, which `HttpAgent` of `@ag-ui/client` and CopilotKit read.
 *
 * _It's like `sse`, but in the protocol of AG-UI._
 *
 * ```none
 *  data: {"type":"RUN_STARTED","threadId":"t","runId":"r"}
 *  data: {"type":"STEP_STARTED","stepName":"step 1"}
 *  data: {"type":"TEXT_MESSAGE_START","messageId":"r-m1","role":"assistant"}
 *  data: {"type":"TEXT_MESSAGE_CONTENT","messageId":"r-m1","delta":"Hello"}
 *  data: {"type":"TEXT_MESSAGE_END","messageId":"r-m1"}
 *  data: {"type":"STEP_FINISHED","stepName":"step 1"}
 *  data: {"type":"RUN_FINISHED","threadId":"t","runId":"r","outcome":{"type":"success"}}
 * ```
 *
 * - **Thinking** is a reasoning message, an answer a text message. The calls of a step belong to its message.
 * - **Progress** of tools is a `CUSTOM` event named `tool-progress`. A denied or failed call has a
 *   `TOOL_CALL_RESULT` that says so.
 * - **Approval:** a suspended run ends with the outcome `interrupt`. The id of an interrupt is that of its call;
 *   {@link fromAgUiInput} reads the answer.
 * - **Calls without an answer**, of a source of chunks, are `pendingToolCallIds`: the client has to make them.
 * - **Errors:** what is open is closed, then `RUN_ERROR`, and nothing after it.
 * - **Stops:** the outcome `cancelled`, when the source completes without a final chunk.
 * - **An answer that is requested again:** a `CUSTOM` event named `reset` has the id of the message that is
 *   void, and a new message begins. Clients that don't know the event show both.
 *
 * ```ts
 * import { createServer } from 'node:http';
 * import { json } from 'node:stream/consumers';
 * import { runTools, type DefinedTool } from 'rxjs-ollama';
 * import { agUi, fromAgUiInput, pipeToResponse } from 'rxjs-ollama/node';
 *
 * declare const tools: DefinedTool[];
 * createServer(async (req, res) => {
 *   const input = (await json(req)) as { threadId: string; runId: string };
 *   const { messages } = fromAgUiInput(input);
 *   const run$ = runTools({ model: 'qwen3', messages }, { tools });
 *   void pipeToResponse(run$, res, { format: agUi(input) });
 * });
 * ```
 *
 * @param options the ids that the client sent
 * @throws TypeError for an id that is not a string
 * @see {@link toAgUiEvents}, {@link fromAgUiInput}, {@link uiMessages}
 */
export function agUi(options: AgUiOptions): Format {
  checkAgUiOptions(options);
  return {
    headers: SSE_HEADERS,
    commit: 'now',
    heartbeat: HEARTBEAT,
    encode: (encodeOptions) =>
      pipe(toAgUiParts(options, encodeOptions, writeData), startWith(OPENING)),
  };
}
