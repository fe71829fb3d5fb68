import { Observable, asyncScheduler, noop } from 'rxjs';
import { parseLine, type Line } from '../core/line.js';
import { createMessage } from '../core/message.js';
import { createLineDecoder } from '../core/ndjson.js';
import {
  OllamaConnectionError,
  OllamaError,
  OllamaProtocolError,
  OllamaTruncatedError,
} from '../errors.js';
import type { ChatChunk, OllamaClient } from '../types.js';
import { getResponse, type OfficialClient } from './clients.js';
import { readHttpError } from './httpError.js';

type Reader = ReadableStreamDefaultReader<Uint8Array>;

const MAX_LINE_BYTES = 64 * 1024 * 1024;
/** How long a response may stay open after its final chunk before its connection is given up. */
const DRAIN_MS = 100;

/**
 * A request to a real server as a cold Observable: one request a subscription, and unsubscribing
 * ends it at the server, also before its headers have come.
 *
 * All lines of one network read are delivered in one go. It reads on only when the consumer has
 * returned, so a slow synchronous consumer holds the server back.
 *
 * @param call makes the request with the client that it is given
 * @param toChunk makes a line's object a chunk; `undefined` if it is none
 */
export function fromServer<C extends ChatChunk>(
  client: OfficialClient,
  call: (client: OllamaClient) => unknown,
  toChunk: (line: Line) => C | undefined,
  maxLineBytes = MAX_LINE_BYTES,
): Observable<C> {
  return new Observable((subscriber) => {
    const stopper = new AbortController();
    const message = createMessage();
    let begun = false;
    let finished = false;
    let reader: Reader | undefined;

    const partial = () => (begun ? message.snapshot() : undefined);

    const deliver = (text: string): boolean => {
      const chunk = parseLine(text, toChunk, partial);
      begun = true;
      finished = chunk.done;
      message.add(chunk);
      subscriber.next(chunk);
      return !finished && !subscriber.closed;
    };

    const end = (rest: string): void => {
      if (rest.trim()) {
        try {
          deliver(rest);
        } catch (cause) {
          // What is no JSON but began as an object was cut; anything else was never a chunk.
          const cut = cause instanceof OllamaProtocolError && cause.cause && rest.startsWith('{');
          if (!cut) throw cause;
          throw new OllamaTruncatedError('The response ended in the middle of a line.', {
            cause,
            partial: partial(),
          });
        }
      }
      if (!finished && !subscriber.closed) {
        throw new OllamaTruncatedError(
          begun
            ? 'The response ended without a final chunk: the answer is incomplete.'
            : 'The response ended before it began.',
          { partial: partial() },
        );
      }
    };

    const run = async (): Promise<void> => {
      const response = await getResponse(client, call, stopper.signal);
      if (!response.ok) throw await readHttpError(response);
      const decoder = createLineDecoder(maxLineBytes, partial);
      reader = response.body?.getReader();
      while (!finished && !subscriber.closed) {
        const read = await reader?.read();
        if (subscriber.closed) break;
        if (read?.value) decoder.push(read.value, deliver);
        else end(decoder.end());
      }
      if (!finished) leave();
      else await drain(reader, stopper);
      subscriber.complete();
    };

    const leave = (): void => {
      stopper.abort();
      // For a fetch that heeds no signal.
      reader?.cancel().catch(noop);
    };

    run().catch((cause: unknown) => {
      subscriber.error(
        cause instanceof OllamaError
          ? cause
          : new OllamaConnectionError(
              begun
                ? 'The connection to Ollama broke in mid-stream.'
                : `Ollama can't be reached at ${client.config.host || 'this origin'}. Is it running?`,
              { cause, partial: partial() },
            ),
      );
    });

    return () => {
      // After the final chunk there is nothing to stop, and the connection can serve again.
      if (!finished) leave();
    };
  });
}

/**
 * Reads what follows the final chunk, which is the end of the body, so that the connection returns
 * to the pool; gives it up if the end doesn't come.
 */
async function drain(reader: Reader | undefined, stopper: AbortController): Promise<void> {
  const limit = asyncScheduler.schedule(() => {
    stopper.abort();
  }, DRAIN_MS);
  try {
    while (!(await reader?.read())?.done);
  } catch {
    // The answer is complete: whatever happens to the connection now is no error.
  } finally {
    limit.unsubscribe();
  }
}
