/**
 * A response of `node:http`, of its HTTP/2 API, or of a framework that is built on one of them, such as
 * Express.
 */
export interface NodeResponseLike {
  readonly headersSent: boolean;
  readonly destroyed?: boolean;
  readonly closed?: boolean;
  /** Of HTTP/2. */
  readonly stream?: Http2StreamLike | undefined;
  readonly writableEnded: boolean;
  readonly writableFinished: boolean;
  /** How many bytes wait in this process. */
  readonly writableLength: number;
  writeHead(status: number, headers: Record<string, string | string[]>): unknown;
  flushHeaders?(): unknown;
  write(bytes: Uint8Array): unknown;
  end(): unknown;
  destroy(): unknown;
  on(event: 'close' | 'error', listener: () => void): unknown;
}

/** The stream below a response of HTTP/2. */
export interface Http2StreamLike {
  readonly destroyed: boolean;
  readonly closed: boolean;
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
