/**
 * A response of `node:http`, of its HTTP/2 API, or of a framework that is built on one of them, such as
 * Express.
 */
export interface NodeResponseLike {
  /** Whether the status and the headers were sent. */
  readonly headersSent: boolean;
  /** Whether it was destroyed, as when the client has left. */
  readonly destroyed?: boolean;
  /** Whether it is closed, by its end or by the client. */
  readonly closed?: boolean;
  /** The stream below it. Only HTTP/2 has one. */
  readonly stream?: Http2StreamLike | undefined;
  /** Whether `end()` was called. */
  readonly writableEnded: boolean;
  /** Whether all of it was handed to the system. */
  readonly writableFinished: boolean;
  /** How many bytes wait in this process. */
  readonly writableLength: number;
  /** Sets the status and the headers. */
  writeHead(status: number, headers: Record<string, string | string[]>): unknown;
  /** Sends the headers before the first write. */
  flushHeaders?(): unknown;
  /** Adds bytes to the body. With `false`, a source that can wait does so until `drain`. */
  write(bytes: Uint8Array): unknown;
  /** Ends the body. */
  end(): unknown;
  /** Closes the connection, so that the client sees a response that broke off. */
  destroy(): unknown;
  /** Listens to its events. */
  on(event: 'close' | 'drain' | 'error', listener: () => void): unknown;
}

/** The stream below a response of HTTP/2. */
export interface Http2StreamLike {
  /** Whether it was destroyed. */
  readonly destroyed: boolean;
  /** Whether it is closed. */
  readonly closed: boolean;
  /** Listens to its reset by the client. */
  on(event: 'aborted', listener: () => void): unknown;
}

/** Whether the client has left, or the response has ended otherwise. */
export function isGone({ destroyed, closed, stream, writableEnded }: NodeResponseLike): boolean {
  return [destroyed, closed, stream?.destroyed, stream?.closed, writableEnded].includes(true);
}

/** Calls back when the response has ended, by its end or by the client. */
export function onClose(res: NodeResponseLike, listener: () => void): void {
  res.on('close', listener);
  // A stream that is reset without an error stays open while the body of its request has not been read.
  res.stream?.on('aborted', () => {
    res.destroy();
  });
}

/** Headers as `writeHead` takes them. */
export function toHeaderRecord(headers: Headers): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = Object.fromEntries(headers);
  const cookies = headers.getSetCookie();
  return cookies.length ? { ...record, 'set-cookie': cookies } : record;
}
