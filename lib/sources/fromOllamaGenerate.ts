import type { Observable } from 'rxjs';
import { fromEndpoint } from '../transport/fromEndpoint.js';
import { chatFormat } from '../transport/responseFormat.js';
import { toChatChunk } from '../wire/chatChunk.js';
import { isMissing, type Line } from '../wire/line.js';
import { copyRequest } from '../transport/officialClient.js';
import type {
  GenerateChunk,
  GenerateLine,
  GenerateRequest,
  OllamaOptions,
} from '../types/index.js';

/**
 * Streams the completion of one prompt as chunks of a chat, so that every operator works on it:
 * `response`, `thinking` and `tool_calls` of a line are those of the `message` of its chunk.
 *
 * _It's like `fromOllamaChat`, but with a prompt instead of messages._
 *
 * ```none
 *  server:  --a---b-(d|)    a: response 'Hel'  b: response 'lo'  d: response '', context [1, 2]
 *           fromOllamaGenerate(request)
 *  result:  --x---y-(z|)    x: 'Hel'  y: 'lo'  z: done, context [1, 2]
 * ```
 *
 * Cold, as {@link fromOllamaChat} is. Pass the `context` of the final chunk, if the server sends one, in
 * the next request, to continue from there.
 *
 * - **Completes:** when the response has ended, after the final chunk.
 * - **Errors:** those of {@link fromOllamaChat}, and a `TypeError` for a client without `generate`.
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

/**
 * A line of `/api/generate` as one of `/api/chat`. It is not checked yet. A line that has the form of a
 * chat already is left as it is.
 */
function toChatLine(line: Line): Line {
  const { response, thinking, tool_calls, ...chunk } = line;
  if ((response ?? thinking ?? tool_calls) === undefined) return line;
  const message: Line = { role: 'assistant', content: response ?? '' };
  if (!isMissing(thinking)) message['thinking'] = thinking;
  if (!isMissing(tool_calls)) message['tool_calls'] = tool_calls;
  return { ...chunk, message };
}
