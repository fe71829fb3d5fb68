import { Observable } from 'rxjs';
import type { OllamaClient } from '../types/index.js';
import { getResponse, type OfficialClient } from './officialClient.js';
import { createDelivery } from './readResponse.js';
import type { ResponseFormat } from './responseFormat.js';

/**
 * A request to a real server as a cold Observable: one request per subscription. Unsubscribing ends it
 * at the server, also before its headers have come.
 *
 * The next read is made when the consumer has returned, so a slow synchronous consumer holds the server
 * back.
 *
 * @param call makes the request with the client that it is passed
 * @param startFormat how one response is read
 */
export function fromServer<T>(
  client: OfficialClient,
  call: (client: OllamaClient) => unknown,
  startFormat: () => ResponseFormat<T>,
  maxLineBytes?: number,
): Observable<T> {
  return new Observable((subscriber) => {
    const stopper = new AbortController();
    const { read, leave } = createDelivery(subscriber, startFormat(), stopper, maxLineBytes);
    getResponse(client, call, stopper.signal).then(read, (error: unknown) => {
      if (!subscriber.closed) subscriber.error(error);
    });
    return leave;
  });
}
