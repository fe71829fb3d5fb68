import { Observable } from 'rxjs';
import type { OllamaClient } from '../types.js';
import { getResponse, type OfficialClient } from './clients.js';
import { createDelivery } from './delivery.js';
import type { Reading } from './reading.js';

const MAX_LINE_BYTES = 64 * 1024 * 1024;

/**
 * A request to a real server as a cold Observable: one request a subscription, and unsubscribing
 * ends it at the server, also before its headers have come.
 *
 * It reads on only when the consumer has
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
    const { read, leave } = createDelivery(subscriber, startReading(), stopper, maxLineBytes);
    getResponse(client, call, stopper.signal).then(
      (response) => {
        void read(response.body, response.ok ? undefined : response);
      },
      (error: unknown) => {
        subscriber.error(error);
      },
    );
    return leave;
  });
}
