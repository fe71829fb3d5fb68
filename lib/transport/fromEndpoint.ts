import { asyncScheduler, defer, map, type Observable } from 'rxjs';
import type {
  ModelProgress,
  OllamaClient,
  OllamaOptions,
  ProgressLine,
  ProgressOptions,
} from '../types/index.js';
import { createProgress, toProgressLine } from '../wire/progressLine.js';
import { checkCount, checkScheduler } from '../time.js';
import { getClient, isOfficialClient, type Method } from './officialClient.js';
import { fromClient } from './fromClient.js';
import { fromServer } from './fromServer.js';
import { lineFormat, type ResponseFormat } from './responseFormat.js';

/** An endpoint of Ollama other than the chat. */
interface Endpoint<T, L> {
  /** The name of the method that clients have for it. */
  readonly method: Exclude<Method, 'chat'>;
  /** Makes the request with the client that it is passed. */
  readonly call: (client: OllamaClient) => unknown;
  /** How one response of a server is read. */
  readonly startFormat: () => ResponseFormat<T>;
  /** Makes a value of what a client of the user's own answers. */
  readonly adapt?: (line: L) => T;
}

/** The answer of an endpoint as a cold Observable, from a server or from a client of the user's own. */
export function fromEndpoint<T, L = T>(
  { method, call, startFormat, adapt }: Endpoint<T, L>,
  options: OllamaOptions,
): Observable<T> {
  checkCount('maxLineBytes', options.maxLineBytes);
  return defer(() => {
    const client = getClient(options, method);
    if (isOfficialClient(client, method)) {
      return fromServer(client, call, startFormat, options.maxLineBytes);
    }
    const reply = call(client);
    const subject = `${method}() of the client gave`;
    return adapt ? fromClient<L>(reply, subject).pipe(map(adapt)) : fromClient<T>(reply, subject);
  });
}

const progressFormat = lineFormat<ProgressLine>(toProgressLine, {
  isLast: (line) => line?.status === 'success',
  end: '"success"',
});

/** The lines of an endpoint whose lines are progress. */
export function fromProgressLines(
  method: 'pull' | 'push' | 'create',
  call: (client: OllamaClient) => unknown,
  options: OllamaOptions,
): Observable<ProgressLine> {
  return fromEndpoint({ method, call, startFormat: () => progressFormat }, options);
}

/** The progress of such an endpoint, over all of its lines. */
export function fromProgress(
  method: 'pull' | 'push' | 'create',
  call: (client: OllamaClient) => unknown,
  { scheduler = asyncScheduler, ...options }: ProgressOptions,
): Observable<ModelProgress> {
  checkScheduler(scheduler);
  const lines$ = fromProgressLines(method, call, options);
  return defer(() => {
    const progress = createProgress();
    return lines$.pipe(map((line) => progress.add(line, scheduler.now())));
  });
}
