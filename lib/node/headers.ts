/**
 * Keeps proxies from holding a stream back: caches and compression by `no-transform`, nginx by a header of
 * its own.
 */
export const UNBUFFERED = {
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
} as const;

/** The headers of server-sent events, of any protocol. */
export const SSE_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  ...UNBUFFERED,
} as const;
