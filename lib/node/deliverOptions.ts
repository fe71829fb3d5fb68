import { checkCount } from '../time.js';
import type { Streamed } from '../tools/events.js';
import type { Format } from './format.js';
import { sse } from './sse.js';
import { checkTextOptions, type TextOptions } from './toText.js';

/** How a response is made of a source. */
export interface DeliverOptions<T = Streamed> extends TextOptions {
  /** The wire format. @defaultValue `sse()` */
  readonly format?: Format<T> | undefined;
  /**
   * How many bytes may wait for a client that reads slowly, besides the largest text among them. With more it
   * is dropped, and the model stops: a model can't be held back. A followed run can, so its clients are not
   * dropped. @defaultValue `1048576` (1 MiB)
   */
  readonly maxBuffered?: number | undefined;
  /** Added to the headers of the format, or instead of them. */
  readonly headers?: HeadersInit | undefined;
  /** The status of a response that streams. @defaultValue `200` */
  readonly status?: number | undefined;
}

/** The options, checked and complete. */
export interface CompleteOptions<T> {
  readonly format: Format<T>;
  readonly maxBuffered: number;
  readonly headers: Headers;
  readonly status: number;
}

/** @throws RangeError or TypeError for an option that can't be used */
export function completeOptions<T>(options: DeliverOptions<T>): CompleteOptions<T> {
  const { maxBuffered = 1024 * 1024, status = 200 } = options;
  // The default format refuses values that are not those of this library.
  const format = options.format ?? (sse() as Format<T>);
  checkTextOptions(options);
  checkCount('maxBuffered', maxBuffered, 0);
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new RangeError(`status is ${String(status)}. Set it to a number from 200 to 599.`);
  }
  const headers = new Headers(format.headers);
  const own = new Headers(options.headers);
  for (const name of own.keys()) headers.delete(name);
  for (const [name, value] of own) headers.append(name, value);
  return { format, maxBuffered, headers, status };
}
