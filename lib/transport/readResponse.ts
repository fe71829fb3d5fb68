import { noop, type Subscriber } from 'rxjs';
import { parseLine } from '../wire/parseLine.js';
import { LineDecoder } from '../wire/ndjson.js';
import { OllamaProtocolError, OllamaTruncatedError } from '../errors.js';
import type { AssistantMessage } from '../types/index.js';
import { readHttpError } from './httpErrors.js';
import { toNetworkError } from './httpErrors.js';
import type { ResponseFormat } from './responseFormat.js';
import { readRest, type Reader } from './readRest.js';

/** How long a response may stay open after its final chunk before its connection is given up. */
const DRAIN_MS = 100;

/** What becomes of one response. */
export interface Delivery {
  /**
   * Reads a body to its end, and completes the subscriber; never rejects.
   *
   * @param refusal the response, if its status is bad
   */
  readonly read: (body: Response['body'], refusal?: Response) => Promise<void>;
  /** Ends the request, or what is left of it. */
  readonly leave: () => void;
}

/**
 * Delivers the values of a response to a subscriber: all lines of one network read in one go. It reads
 * on only when the consumer has returned.
 *
 * It is told nothing of the request: a stream that is open keeps no more alive than it needs.
 */
export function createDelivery<T>(
  subscriber: Subscriber<T>,
  reading: ResponseFormat<T>,
  stopper: AbortController,
  maxLineBytes: number,
): Delivery {
  let begun = false;
  let finished = false;
  let reader: Reader | undefined;

  const wanted = () => !finished && !subscriber.closed;
  const partial = () => (begun ? reading.message?.snapshot() : undefined);

  const deliver = (text: string): boolean => {
    const value = parseLine(text, reading.toValue, partial);
    begun = true;
    reading.message?.add(value);
    finished = reading.isLast(value);
    subscriber.next(value);
    return wanted();
  };

  const end = (rest: string): void => {
    try {
      if (rest.trim()) deliver(rest);
    } catch (cause) {
      // What is no JSON but began as an object was cut; anything else was never a chunk.
      const cut = cause instanceof OllamaProtocolError && cause.cause && rest.startsWith('{');
      throw cut ? truncated(partial, 'The response ended in the middle of a line.', cause) : cause;
    }
    if (wanted()) {
      const why = begun
        ? `The response ended without ${reading.end}: it is incomplete.`
        : reader
          ? 'The response ended before its first chunk.'
          : "The response has no body. If fetch can't stream here, pass one that can.";
      throw truncated(partial, why);
    }
  };

  const leave = (): void => {
    // After the final chunk there is nothing to stop, and the connection can serve again.
    if (finished) return;
    stopper.abort();
    // For a fetch that heeds no signal.
    reader?.cancel().catch(noop);
  };

  return {
    async read(body, refusal) {
      try {
        reader = body?.getReader();
        if (!wanted()) leave();
        else if (refusal) throw await readHttpError(refusal, reader);
        const decoder = new LineDecoder(maxLineBytes, partial);
        while (wanted()) {
          let bytes: Uint8Array | undefined;
          // A function of its own would keep a second promise for as long as the server is silent.
          try {
            bytes = (await reader?.read())?.value;
          } catch (cause) {
            throw toNetworkError(
              cause,
              `The connection broke ${begun ? 'in mid-stream' : 'before the first chunk'}`,
              'Is the server still running?',
              partial(),
            );
          }
          if (bytes) decoder.push(bytes, deliver);
          else end(decoder.end());
        }
        await readRest(reader, DRAIN_MS);
        subscriber.complete();
      } catch (error) {
        subscriber.error(error);
      }
    },
    leave,
  };
}

function truncated(
  partial: () => AssistantMessage | undefined,
  reason: string,
  cause?: unknown,
): OllamaTruncatedError {
  return new OllamaTruncatedError(`${reason} The server's log may say why.`, {
    cause,
    partial: partial(),
  });
}
