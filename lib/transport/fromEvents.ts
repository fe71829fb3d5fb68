import { Observable, defer, retry, throwError, type SchedulerLike } from 'rxjs';
import { isTransient, readRetryAfter } from '../core/transient.js';
import { OllamaTimeoutError, isOllamaError } from '../errors.js';
import { createTimer, wait } from '../time.js';
import { isResponse } from './body.js';
import type { EventFormat, EventStream } from './eventStream.js';
import type { EventTarget } from './eventTarget.js';
import { createDelivery } from './readResponse.js';
import type { Decoder, ResponseFormat } from './responseFormat.js';
import { hideSecrets } from './sendRequest.js';

const NO_CONTENT = 204;
/** A server that asks for a longer wait before the next request is asked earlier: after 10 minutes. */
const MAX_WAIT_MS = 600_000;

/** How long a stream is waited for. */
interface FromEventsOptions {
  readonly maxEventBytes?: number | undefined;
  readonly idle: number;
  /** How many requests in a row may fail after the first. */
  readonly count: number;
  readonly delay: (error: unknown, attempt: number) => number;
  readonly scheduler: SchedulerLike;
}

/** The events of one answer, from as many responses as it takes. */
export function fromEvents<T>(
  first: EventTarget,
  startStream: () => EventStream<T>,
  options: FromEventsOptions,
): Observable<T> {
  const { count, delay, scheduler } = options;
  return defer(() => {
    const stream = startStream();
    let target = first;
    /** Where the rest is. A request that is not safe is sent once. */
    let next = first.isSafe ? first : undefined;

    const reconnectOrFail = (error: unknown, attempt: number): Observable<unknown> => {
      const canContinue = !stream.begun || stream.lastId !== undefined;
      if (!next || !canContinue || stream.ended || attempt > count || !canPass(error)) {
        return throwError(() => error);
      }
      target = next;
      const least = Math.min(MAX_WAIT_MS, Math.max(readRetryAfter(error), stream.retryAfter));
      return wait(Math.max(delay(error, attempt), least), scheduler);
    };

    const onResponse = (response: Response): void => {
      next = target.readRun(response) ?? next;
    };
    return defer(() => fromTarget(target, stream, onResponse, options)).pipe(
      retry({ delay: reconnectOrFail, resetOnSuccess: true }),
    );
  });
}

function canPass(error: unknown): boolean {
  // An error line is the answer's own.
  return (
    isOllamaError(error, 'timeout') || (!isOllamaError(error, 'stream') && isTransient(error, true))
  );
}

/** The events of one response. */
function fromTarget<T>(
  target: EventTarget,
  stream: EventStream<T>,
  onResponse: (response: Response) => void,
  { maxEventBytes, idle, scheduler }: FromEventsOptions,
): Observable<T> {
  return new Observable((subscriber) => {
    const stopper = new AbortController();
    const { signal } = stopper;
    const timer = createTimer(idle, scheduler, () => {
      if (stream.ended) return;
      subscriber.error(
        new OllamaTimeoutError(`Nothing came within ${String(idle)} ms (idle).`, 'idle', {
          partial: stream.partial(),
        }),
      );
    });
    const format = watch(stream.format, () => {
      timer.restart();
    });
    const { read, leave } = createDelivery(subscriber, format, stopper, maxEventBytes);

    const receive = (response: Response): void => {
      if (subscriber.closed || !isResponse(response)) {
        read(response);
      } else if (response.status === NO_CONTENT) {
        if (!stream.begun || stream.complete) subscriber.complete();
        else
          subscriber.error(
            stream.miss('The server has no more events, and the answer has no end.'),
          );
      } else {
        onResponse(response);
        timer.restart();
        read(response);
      }
    };
    const { signal: userSignal } = target;
    const abort = (): void => {
      subscriber.error(userSignal?.reason);
    };
    if (userSignal?.aborted) {
      abort();
      return undefined;
    }
    userSignal?.addEventListener('abort', abort);
    target
      .send(stream.lastId, signal, stream.partial)
      .then(receive)
      .catch((error: unknown) => {
        if (!subscriber.closed) subscriber.error(hideSecrets(error, signal));
      });
    return () => {
      userSignal?.removeEventListener('abort', abort);
      timer.stop();
      leave();
    };
  });
}

/** The format, with a call for all bytes that come: comments keep a stream alive. */
function watch<T>(format: EventFormat<T>, onBytes: () => void): ResponseFormat<T> {
  return {
    ...format,
    createDecoder(...args): Decoder {
      const decoder = format.createDecoder(...args);
      return {
        push(bytes, onText) {
          onBytes();
          decoder.push(bytes, onText);
        },
        end: () => decoder.end(),
      };
    },
  };
}
