import { defer, filter } from 'rxjs';
import { HEARTBEAT, type PublicError } from '../wire/chatEvents.js';
import { createCompletion } from './completion.js';
import type { Format } from './format.js';
import { SSE_HEADERS } from './headers.js';
import { toOneMessage } from './oneMessage.js';
import { toJson } from './toJson.js';
import { writeData } from './writeData.js';

/** What a stream of chat completions has. */
export interface OpenAiOptions {
  /** The `id` of the completion. @defaultValue a random one */
  readonly id?: string | undefined;
  /**
   * Whether the last chunk has the number of tokens, which a client asks for by
   * `stream_options.include_usage`. @defaultValue `false`
   */
  readonly includeUsage?: boolean | undefined;
  /** Whether thinking is sent as `delta.reasoning`, or left out. @defaultValue `'reasoning'` */
  readonly thinking?: 'reasoning' | 'omit' | undefined;
}

/**
 * The chunks of OpenAI's chat completions, which the package `openai` and many other clients read.
 *
 * _It's like `ollama`, but in the protocol of OpenAI._
 *
 * ```none
 *  data: {"id":"chatcmpl-1","object":"chat.completion.chunk",…,"choices":[{"index":0,
 *         "delta":{"role":"assistant","content":"Hello"},"finish_reason":null}]}
 *
 *  data: {…,"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}
 *
 *  data: [DONE]
 * ```
 *
 * - **A run** is one message, as by `runMessage`. Calls that wait for a decision are `tool_calls`.
 * - **Calls** are whole: one `delta.tool_calls` has the name and all arguments.
 * - **`finish_reason`** is `'tool_calls'`, `'length'` or else `'stop'`, also for a source that was stopped.
 * - **Errors** in mid-stream are an event with `error`, which the client throws, and no `[DONE]`.
 *   {@link pipeToResponse} answers an earlier one with a status, such as 404.
 * - **An answer that is requested again** can't replace its first attempt: clients show both.
 *
 * ```ts
 * import { createServer } from 'node:http';
 * import { json } from 'node:stream/consumers';
 * import { fromOllamaChat, type ChatRequest } from 'rxjs-ollama';
 * import { openAi, pipeToResponse } from 'rxjs-ollama/node';
 *
 * createServer(async (req, res) => {
 *   const { messages } = (await json(req)) as ChatRequest;
 *   const chat$ = fromOllamaChat({ model: 'qwen3', messages: messages ?? [] });
 *   void pipeToResponse(chat$, res, { format: openAi({ includeUsage: true }) });
 * });
 * ```
 *
 * @param options the id, and what is sent
 * @see {@link ollama}
 */
export function openAi(options: OpenAiOptions = {}): Format {
  return {
    headers: SSE_HEADERS,
    commit: 'first',
    heartbeat: HEARTBEAT,
    failure: (error) => toJson(toErrorBody(error)),
    encode:
      ({ toPublicError }) =>
      (source) =>
        defer(() => {
          const write = createCompletion(options);
          const fail = (error: unknown): string => writeData(toErrorBody(toPublicError(error)));
          return source.pipe(toOneMessage(write, fail), filter(Boolean));
        }),
  };
}

function toErrorBody({ code, message }: PublicError): object {
  return { error: { message, type: code, code, param: null } };
}
