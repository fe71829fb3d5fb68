import { materialize, type Observable, type ObservableNotification } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { SSE, event } from './gateway.js';

const FRAME_MS = 10;

/** A notification, and when it came, in ms. */
export interface Heard<T> {
  readonly at: number;
  readonly notification: ObservableNotification<T>;
}

/**
 * Plays events in virtual time to what reads them by a `fetch`, and gives what that emits and when. The
 * promises of the stream are waited for at each time.
 */
export async function playEvents<T>(
  marbles: string,
  values: Readonly<Record<string, object>>,
  read: (fetch: typeof globalThis.fetch) => Observable<T>,
): Promise<Heard<T>[]> {
  const heard: Heard<T>[] = [];
  let at = 0;
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      stream = controller;
    },
  });
  read(() => Promise.resolve(new Response(body, { headers: SSE })))
    .pipe(materialize())
    .subscribe((notification) => heard.push({ at, notification }));
  let seq = 0;
  for (const { frame, notification } of TestScheduler.parseMarbles(marbles, values)) {
    await settle();
    // The characters of a marble string are 10 frames apart outside of a test in run mode.
    at = (frame / 10) * FRAME_MS;
    if (notification.kind === 'N') {
      const value = notification.value as { readonly type?: string };
      const text = event(value.type ?? 'chunk', value, `1-${String(++seq)}`);
      stream?.enqueue(new TextEncoder().encode(text));
    } else stream?.close();
  }
  await settle();
  return heard;
}

/** Until all that can happen now has happened. */
async function settle(): Promise<void> {
  for (let n = 0; n < 3; n++) await new Promise(setImmediate);
}
