import { Observable, noop } from 'rxjs';
import { parseLine } from '../core/line.js';
import { createLineDecoder } from '../core/ndjson.js';
import { OllamaProtocolError, OllamaTruncatedError } from '../errors.js';
import type { OllamaClient } from '../types.js';
import { getResponse, type OfficialClient } from './clients.js';
import { readHttpError } from './httpError.js';
import { toNetworkError } from './networkError.js';
import type { Reading } from './reading.js';
import { readRest, type Reader } from './readRest.js';

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
 * @param startReading how one response is read
 */
export function fromServer<T>(
  client: OfficialClient,
  call: (client: OllamaClient) => unknown,
  startReading: () => Reading<T>,
  maxLineBytes = MAX_LINE_BYTES,
): Observable<T> {
  return new Observable((subscriber) => {
    const stopper = new AbortController();
    const reading = startReading();
    let begun = false;
    let finished = false;
    let reader: Reader | undefined;

    const wanted = () => !finished && !subscriber.closed;
    const partial = () => (begun ? reading.snapshot?.() : undefined);

    const deliver = (text: string): boolean => {
      const value = parseLine(text, reading.toValue, partial);
      begun = true;
      finished = reading.add(value);
      subscriber.next(value);
      return wanted();
    };

    const read = async () => {
      try {
        return (await reader?.read())?.value;
      } catch (cause) {
        throw toNetworkError(
          cause,
          `The connection broke ${begun ? 'in mid-stream' : 'before the first chunk'}`,
          'Is the server still running?',
          partial(),
        );
      }
    };

    const truncated = (reason: string, cause?: unknown) =>
      new OllamaTruncatedError(`${reason} The server's log may say why.`, {
        cause,
        partial: partial(),
      });

    const end = (rest: string): void => {
      try {
        if (rest.trim()) deliver(rest);
      } catch (cause) {
        // What is no JSON but began as an object was cut; anything else was never a chunk.
        const cut = cause instanceof OllamaProtocolError && cause.cause && rest.startsWith('{');
        throw cut ? truncated('The response ended in the middle of a line.', cause) : cause;
      }
      if (!wanted()) return;
      if (begun) throw truncated(`The response ended without ${reading.end}: it is incomplete.`);
      throw truncated(
        reader
          ? 'The response ended before its first chunk.'
          : "The response has no body. If fetch can't stream here, pass one that can.",
      );
    };

    const leave = (): void => {
      stopper.abort();
      // For a fetch that heeds no signal.
      reader?.cancel().catch(noop);
    };

    const run = async (): Promise<void> => {
      const response = await getResponse(client, call, stopper.signal);
      reader = response.body?.getReader();
      if (!wanted()) leave();
      else if (!response.ok) throw await readHttpError(response, reader);
      const decoder = createLineDecoder(maxLineBytes, partial);
      while (wanted()) {
        const bytes = await read();
        if (bytes) decoder.push(bytes, deliver);
        else end(decoder.end());
      }
      await readRest(reader, DRAIN_MS);
      subscriber.complete();
    };

    run().catch((error: unknown) => {
      subscriber.error(error);
    });

    return () => {
      // After the final chunk there is nothing to stop, and the connection can serve again.
      if (!finished) leave();
    };
  });
}
