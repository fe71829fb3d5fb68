import { asyncScheduler, defer, map, type Observable } from 'rxjs';
import type {
  ModelProgress,
  OllamaClient,
  OllamaOptions,
  ProgressLine,
  ProgressOptions,
} from '../types/index.js';
import { createProgress, toProgressLine } from '../wire/progressLine.js';
import { getClient, isOfficialClient, type Method } from './officialClient.js';
import { fromClient } from './fromClient.js';
import { fromServer } from './fromServer.js';
import type { ResponseFormat } from './responseFormat.js';

/** Something that Ollama can be asked for, besides a chat. */
interface Endpoint<T, L> {
  /** What clients call it. */
  readonly method: Exclude<Method, 'chat'>;
  /** Makes the request with the client that it is given. */
  readonly call: (client: OllamaClient) => unknown;
  /** How one response of a server is read. */
  readonly startFormat: () => ResponseFormat<T>;
  /** Makes what a client of the user's own answers a value, if it isn't one as it is. */
  readonly adapt?: (line: L) => T;
}

/**
 * An endpoint's answer as a cold Observable, from a server or from a client of the user's own. A client
 * of the user's own need not have it.
 */
export function fromEndpoint<T, L = T>(
  { method, call, startFormat, adapt }: Endpoint<T, L>,
  options: OllamaOptions,
): Observable<T> {
  return defer(() => {
    const client = getClient(options, method);
    if (isOfficialClient(client, method)) {
      return fromServer(client, call, startFormat, options.maxLineBytes);
    }
    const reply = call(client);
    return adapt ? fromClient<L>(reply, method).pipe(map(adapt)) : fromClient<T>(reply, method);
  });
}

const progressFormat: ResponseFormat<ProgressLine> = {
  toValue: toProgressLine,
  isLast: ({ status }) => status === 'success',
  end: '"success"',
};

/** The progress that one of the endpoints that have it tells of. */
export function fromProgress(
  method: 'pull' | 'push' | 'create',
  call: (client: OllamaClient) => unknown,
  { scheduler = asyncScheduler, ...options }: ProgressOptions,
): Observable<ModelProgress> {
  return defer(() => {
    const progress = createProgress();
    return fromEndpoint({ method, call, startFormat: () => progressFormat }, options).pipe(
      map((line) => progress.add(line, scheduler.now())),
    );
  });
}
