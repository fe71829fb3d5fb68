import { Observable, noop } from 'rxjs';
import { isBytes, isResponse } from './body.js';
import { readValues } from './fromReply.js';
import { createDelivery } from './readResponse.js';
import { fromOpened, isReadable, type Readable, type Reader } from './reader.js';
import type { ResponseFormat } from './responseFormat.js';

/** Values that something else requested, or the lines of them: of a `Response`, or of a stream. */
export function fromStream<T>(
  stream: unknown,
  startFormat: () => ResponseFormat<T>,
): Observable<T> | undefined {
  if (isReadable<T>(stream)) return fromReadable(stream, startFormat);
  if (!isResponse(stream)) return undefined;
  return new Observable((subscriber) => {
    const { read, leave } = createDelivery(subscriber, startFormat());
    read(stream);
    return leave;
  });
}

/** Its first value tells: a stream of bytes or text has lines, any other has values. */
function fromReadable<T>(stream: Readable<T>, startFormat: () => ResponseFormat<T>): Observable<T> {
  return fromOpened<T, T>(stream, (reader, subscriber) => {
    let leave = (): void => {
      reader.cancel().catch(noop);
    };
    const start = async (): Promise<void> => {
      const first = await reader.read();
      if (subscriber.closed) return;
      const whole = startWith(first, reader);
      if (isBytes(first.value)) {
        const delivery = createDelivery(subscriber, startFormat());
        leave = delivery.leave;
        delivery.read({ ok: true, body: { getReader: () => whole } });
      } else leave = readValues(whole, subscriber);
    };
    if (!subscriber.closed) {
      start().catch((error: unknown) => {
        if (!subscriber.closed) subscriber.error(error);
      });
    }
    return () => {
      leave();
    };
  });
}

/** The reader, as it was before its first read. */
function startWith<T>(first: Awaited<ReturnType<Reader<T>['read']>>, reader: Reader<T>): Reader<T> {
  let begun = false;
  return {
    read() {
      if (begun) return reader.read();
      begun = true;
      return Promise.resolve(first);
    },
    cancel: () => reader.cancel(),
  };
}
