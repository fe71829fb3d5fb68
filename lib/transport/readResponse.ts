import { finalize, from, noop, type Subscriber } from 'rxjs';
import { LineDecoder } from '../wire/ndjson.js';
import { OllamaConnectionError, OllamaProtocolError, OllamaTruncatedError } from '../errors.js';
import type { AssistantMessage } from '../types/index.js';
import { isOk, isResponse, openBody, toBytes, type AnyResponse } from './body.js';
import { startEnding } from './connection.js';
import { describeValue } from '../wire/excerpt.js';
import { readHttpError, toNetworkError } from './httpErrors.js';
import { nextTurn } from './nextTurn.js';
import type { Read, Reader } from './reader.js';
import type { Decoder, ResponseFormat } from './responseFormat.js';
import { readRest } from './readRest.js';
import { hideInCause, hideSecrets } from './sendRequest.js';

/** How long a response may stay open after its final chunk before its connection is closed. */
const DRAIN_MS = 100;
const MAX_LINE_BYTES = 64 * 1024 * 1024;
/** After so many reads or bytes the next read waits for a turn of the event loop. */
const TURN_READS = 100;
const TURN_BYTES = 256 * 1024;

/** The delivery of one response. */
export interface Delivery {
  /** Reads the response to its end, and completes the subscriber. Never throws. */
  readonly read: (response: AnyResponse | undefined) => void;
  /** Ends the request, unless its final chunk has come. */
  readonly leave: () => void;
}

/**
 * Delivers the values of a response to a subscriber: all lines of one network read synchronously. The
 * next read is made when the consumer has returned.
 *
 * It has no reference to the request: an open stream keeps nothing in memory that it doesn't need.
 */
export function createDelivery<T>(
  subscriber: Subscriber<T>,
  format: ResponseFormat<T>,
  stopper?: AbortController,
  maxLineBytes = MAX_LINE_BYTES,
): Delivery {
  let begun = false;
  let reader: Reader | undefined;
  let reads = 0;
  let bytes = 0;
  /** Set by the final chunk, and called when the body has been read. */
  let ended: (() => void) | undefined;

  const wanted = () => !ended && !subscriber.closed;
  const partial = format.partial ?? (() => (begun ? format.message?.snapshot() : undefined));

  const deliver = (text: string): boolean => {
    const value = format.read(text, partial);
    begun = true;
    if (value !== undefined) format.message?.add(value);
    // Before the consumer, which may make its next request.
    if (format.isLast(value)) ended = startEnding();
    if (value !== undefined) subscriber.next(value);
    return wanted();
  };

  const end = (rest: string, hasBody: boolean): void => {
    try {
      if (rest.trim()) deliver(rest);
    } catch (cause) {
      // Text that is not JSON but began as an object was cut; any other text was never a chunk.
      const cut = cause instanceof OllamaProtocolError && cause.cause && rest.startsWith('{');
      throw cut ? truncated(partial, 'The response ended in the middle of a line.', cause) : cause;
    }
    if (wanted()) {
      const why = begun
        ? `The response ended without ${format.end}: it is incomplete.`
        : hasBody
          ? 'The response ended before its first chunk.'
          : "The response has no body. If fetch can't stream here, pass one that can.";
      throw truncated(partial, why);
    }
  };

  const leave = (): void => {
    // After the final chunk there is nothing to stop, and the connection can serve again.
    if (ended) return;
    stopper?.abort();
    // For a fetch that ignores the signal.
    reader?.cancel().catch(noop);
  };

  const fail = (error: unknown): void => {
    if (subscriber.closed) return;
    subscriber.error(stopper ? hideSecrets(error, stopper.signal) : error);
  };

  /**
   * Reads, and again when the consumer has returned. It calls back, because a promise per read costs more than
   * the rest of this file. It has no reference to the response: it stays in memory while the server is silent.
   */
  const readTexts = (body: Reader, decoder: Decoder): void => {
    const take = (): void => {
      if (!wanted()) return;
      try {
        if (body.take) body.take(onRead, onBreak);
        // A reader of another library may not give a promise.
        else Promise.resolve(body.read()).then(onRead, onBreak);
      } catch (cause) {
        onBreak(cause);
      }
    };

    const onBreak = (cause: unknown): void => {
      // An aborted read is the most frequent ending: it needs no error.
      if (!wanted()) return;
      fail(
        toNetworkError(
          stopper ? hideInCause(cause, stopper.signal) : cause,
          `The connection broke ${begun ? 'in mid-stream' : 'before the first chunk'}`,
          'Is the server still running?',
          partial(),
        ),
      );
    };

    const onRead = (read: Read): void => {
      if (!wanted()) return;
      try {
        // In here: a body of another library may give anything.
        const { done, value } = read;
        if (done) {
          // A consumer may retry on an error.
          startEnding()();
          end(decoder.end(), !body.isWhole);
        } else {
          const piece = toBytes(value);
          reads++;
          bytes += piece.length;
          decoder.push(piece, deliver);
        }
      } catch (error) {
        fail(error);
        ended?.();
        return;
      }
      if (ended) {
        finish(body, ended);
      } else if (reads >= TURN_READS || bytes >= TURN_BYTES) {
        reads = bytes = 0;
        nextTurn(take);
      } else take();
    };
    take();
  };

  const finish = (body: Reader, onEnd: () => void): void => {
    // RxJS reports what a teardown of the consumer throws.
    from(readRest(body, DRAIN_MS))
      .pipe(finalize(onEnd))
      .subscribe({
        next() {
          if (!subscriber.closed) subscriber.complete();
        },
        error: fail,
      });
  };

  return {
    read(response) {
      try {
        if (!isResponse(response)) {
          throw new OllamaConnectionError(
            `fetch resolved to ${describeValue(response)}, which is not a Response. Pass a fetch that resolves to one.`,
          );
        }
        reader = openBody(response);
        if (subscriber.closed) leave();
        else if (!isOk(response)) {
          void readHttpError(response as Response, reader, format.service, partial())
            .then(fail, fail)
            .finally(startEnding());
        } else if (reader) {
          const decoder =
            format.createDecoder?.(response, maxLineBytes) ??
            new LineDecoder(maxLineBytes, partial);
          readTexts(reader, decoder);
        } else
          throw new OllamaConnectionError(
            'The response has no body, text() or arrayBuffer() to read. Pass a fetch that gives one of them.',
          );
      } catch (error) {
        fail(error);
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
