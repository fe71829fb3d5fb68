import { NDJSON_TYPE } from '../wire/chatEvents.js';
import type { Format } from './format.js';
import { UNBUFFERED } from './headers.js';
import { toOneMessage } from './oneMessage.js';
import { toJson } from './toJson.js';

/**
 * The lines of Ollama's own `/api/chat`: every client of Ollama reads them, this library's `fromOllamaChat`
 * too. A server with this format stands between clients and Ollama.
 *
 * _It's like `ndjson`, but a client can't tell it from Ollama._
 *
 * ```none
 *  {"model":"qwen3","created_at":"…","message":{"role":"assistant","content":"Hello"},"done":false}
 *  {"model":"qwen3","created_at":"…","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}
 * ```
 *
 * - **A run** is one message, as by `runMessage`: clients stop at the first final chunk.
 * - **Errors** in mid-stream are a line with `error`. {@link pipeToResponse} answers an earlier one with a
 *   status: 404 for a model that is not there, 503 for a server that is busy.
 * - **Stops:** a final chunk with the reason `'cancelled'`, when the source completes without one.
 *
 * The official client logs an empty line as a mistake, so there is neither an opening nor a heartbeat.
 *
 * ```ts
 * import { createServer } from 'node:http';
 * import { json } from 'node:stream/consumers';
 * import { fromOllamaChat, type ChatRequest } from 'rxjs-ollama';
 * import { ollama, pipeToResponse } from 'rxjs-ollama/node';
 *
 * createServer(async (req, res) => {
 *   const { messages } = (await json(req)) as ChatRequest;
 *   const chat$ = fromOllamaChat({ model: 'qwen3', messages: messages ?? [] });
 *   void pipeToResponse(chat$, res, { format: ollama() });
 * }).listen(11435);
 * ```
 *
 * @see {@link openAi}, {@link ndjson}
 */
export function ollama(): Format {
  return {
    headers: { 'Content-Type': NDJSON_TYPE, ...UNBUFFERED },
    commit: 'first',
    encode: ({ toPublicError }) =>
      toOneMessage(writeLine, (error) => writeLine({ error: toPublicError(error).message })),
  };
}

const writeLine = (value: unknown): string => `${toJson(value)}\n`;
