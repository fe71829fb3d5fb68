import { Observable } from 'rxjs';
import type { OllamaClient } from '../types/index.js';
import { getResponse, type OfficialClient } from './officialClient.js';
import { createDelivery } from './readResponse.js';
import type { ResponseFormat } from './responseFormat.js';

const MAX_LINE_BYTES = 64 * 1024 * 1024;

/**
 * A request to a real server as a cold Observable: one request a subscription, and unsubscribing
 * ends it at the server, also before its headers have come.
 *
 * It reads on only when the consumer has
 * returned, so a slow synchronous consumer holds the server back.
 *
 * @param call makes the request with the client that it is given
 * @param startFormat how one response is read
 */
export function fromServer<T>(
  client: OfficialClient,
  call: (client: OllamaClient) => unknown,
  startFormat: () => ResponseFormat<T>,
  maxLineBytes = MAX_LINE_BYTES,
): Observable<T> {
  return new Observable((subscriber) => {
    const stopper = new AbortController();
    const { read, leave } = createDelivery(subscriber, startFormat(), stopper, maxLineBytes);
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
