import type { Observable } from 'rxjs';
import type { Line } from '../wire/plainLine.js';
import { fromEndpoint } from '../transport/fromEndpoint.js';
import { chatFormat } from '../transport/responseFormat.js';
import { toChatChunk } from '../wire/chatChunk.js';
import { copyRequest } from '../transport/officialClient.js';
import type {
  GenerateChunk,
  GenerateLine,
  GenerateRequest,
  OllamaOptions,
} from '../types/index.js';

/**
 * Streams the completion of one prompt, as chunks of a chat: `response`, `thinking` and `tool_calls` are
 * those of its `message`, so every operator works on it.
 *
 * _It's like `fromOllamaChat`, but with a prompt instead of messages._
 *
 * ```none
 *  server:  --a---b-(d|)    a: response 'Hel'  b: response 'lo'  d: response '', context [1, 2]
 *           fromOllamaGenerate(request)
 *  result:  --x---y-(z|)    x: 'Hel'  y: 'lo'  z: done, context [1, 2]
 * ```
 *
 * Cold, as {@link fromOllamaChat} is. The `context` of the final
 * chunk, if the server sends one, is what the next request goes on from.
 *
 * - **Completes:** when the response has ended, after the final chunk.
 * - **Errors:** those of {@link fromOllamaChat}, and a `TypeError` for a client that has no `generate`.
 * - **Unsubscribes:** cancels the request at the server, in the same turn, at any moment.
 * - **Memory:** the message so far, for `partial`, and the line that is being read.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { answerText, fromOllamaGenerate } from 'rxjs-ollama';
 *
 * fromOllamaGenerate({ model: 'qwen3', prompt: 'Why is the sky blue?' })
 *   .pipe(answerText())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 *
 * @param request goes to the server as it is and is not changed; `stream` is true unless said otherwise
 * @param options where to send it, or a client of your own that has a `generate`
 * @see {@link fromOllamaChat}
 */
export function fromOllamaGenerate(
  request: GenerateRequest,
  options: OllamaOptions = {},
): Observable<GenerateChunk> {
  return fromEndpoint<GenerateChunk, GenerateLine | GenerateChunk>(
    {
      method: 'generate',
      call: (client) => client.generate?.(copyRequest(request)),
      startFormat: () => chatFormat((line) => toChatChunk(toChatLine(line))),
      adapt: (line) => toChatLine({ ...line }) as GenerateChunk & Line,
    },
    options,
  );
}

/** What `/api/chat` would have said; a line that says it in this way already is left as it is. */
function toChatLine(line: Line): Line {
  const { response, thinking, tool_calls, ...chunk } = line;
  if ((response ?? thinking ?? tool_calls) === undefined) return line;
  const message: Line = { role: 'assistant', content: response ?? '' };
  if (thinking) message['thinking'] = thinking;
  if (tool_calls) message['tool_calls'] = tool_calls;
  return { ...chunk, message };
}
