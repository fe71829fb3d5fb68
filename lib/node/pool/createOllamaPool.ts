import {
  ReplaySubject,
  defer,
  distinctUntilChanged,
  ignoreElements,
  map,
  mergeWith,
  takeUntil,
  type Observable,
} from 'rxjs';
import { startClock } from '../../time.js';
import { checkRequest } from '../../transport/officialClient.js';
import type {
  ChatChunk,
  ChatRequest,
  CreateRequest,
  EmbedRequest,
  EmbedResponse,
  GenerateChunk,
  GenerateRequest,
  OllamaClient,
  OllamaOptions,
  ProgressLine,
  PullRequest,
  PushRequest,
} from '../../types/index.js';
import { askHost } from './askHost.js';
import { createHost, toHostState, type HostState } from './host.js';
import { createHostStore } from './hostStore.js';
import { toChatJob, toCreateJob, toEmbedJob, toGenerateJob, toPullJob, toPushJob } from './jobs.js';
import { createPace } from './pace.js';
import { readPoolOptions, type OllamaPoolOptions } from './readPoolOptions.js';
import type { Dispatch, Job } from './sendToHost.js';
import { sendToHosts } from './sendToHosts.js';
import { chunksUntilDestroyed, untilDestroyed } from './untilDestroyed.js';
import { watchHosts } from './watchHosts.js';

/** Several Ollama servers as one client: the `client` of every source. */
export interface OllamaPool extends OllamaClient {
  /** Sends a chat to one of the hosts: for `fromOllamaChat`, and all that is built on it. */
  chat(request: ChatRequest): Observable<ChatChunk>;
  /** Sends a prompt to one of the hosts: for `fromOllamaGenerate`. */
  generate(request: GenerateRequest): Observable<GenerateChunk>;
  /** Embeds at one of the hosts: for `fromOllamaEmbed`, whose batches may go to different hosts. */
  embed(request: EmbedRequest): Observable<EmbedResponse>;
  /** Pulls to the least busy host that doesn't have the model: for `fromOllamaPull`. */
  pull(request: PullRequest): Observable<ProgressLine>;
  /** Pushes from a host that has the model: for `fromOllamaPush`. */
  push(request: PushRequest): Observable<ProgressLine>;
  /** Creates a model at a host that has the model to start from: for `fromOllamaCreate`. */
  create(request: CreateRequest): Observable<ProgressLine>;
  /** The hosts now, and after each change. Hosts are asked while it is subscribed to. */
  readonly hosts$: Observable<readonly HostState[]>;
  /**
   * Stops all answers, which fail with an `OllamaConnectionError` that has the message so far, and completes
   * `hosts$`. Later requests fail too.
   */
  destroy(): void;
}

/**
 * Makes one client of several Ollama servers: the `client` of `fromOllamaChat` and of every other source. Each
 * request goes to the host that can answer it soonest.
 *
 * _It's like a load balancer, but knows which host has which model in its memory._
 *
 * ```none
 *  a has qwen3 in its memory   --x---y---|      x, y: requests for qwen3
 *  b has an empty memory       ------y---|      y: comes while a is busy
 *  c has another model         ------------     it keeps its model
 * ```
 *
 * **The choice.** Of the hosts that are up and have the model, in this order:
 *
 * - one with a free slot and the model in its memory;
 * - one with a free slot and an empty memory;
 * - a busy one with the model in its memory, if its next slot is free sooner than another host loads the model;
 * - one with a free slot and another model in its memory;
 * - the least busy one, where the request waits: Ollama has a queue.
 *
 * What a host has comes from its `/api/tags` and `/api/ps`, and from this pool's own requests. `qwen3` means
 * `qwen3:latest`. A host that doesn't list the model is tried after those that may have it, and one that is down
 * is tried last.
 *
 * **Failover.** A request goes to the next host after a connection that failed before the headers, after 502 and 503,
 * and after 404 of the model. Once a host has begun an answer, no other host gets the request. Each host
 * gets it once at most.
 *
 * **Polls.** Hosts are asked with the first request, and then every `poll` ms, while a request runs or `hosts$` has a
 * subscriber. Otherwise no timer runs, so a pool keeps no process alive. A host that is down is asked again after
 * `cooldown` ms, or after the `Retry-After` that it sent.
 *
 * - **Completes:** as the answer of the host does. `hosts$` completes with `destroy()`.
 * - **Errors:** those of the source. If no host answers: an `OllamaHttpError` with 404 that names `ollama pull` if none has
 *   the model, with 503 or 502 if one is busy, else an `OllamaConnectionError`. It names each host, and its `cause` is an
 *   `AggregateError`. `destroy()` is an `OllamaConnectionError` with the message so far.
 * - **Unsubscribes:** from the host, synchronously, at any moment; its slot is free then.
 * - **Memory:** the names of the models of each host, and the message so far of each answer.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`, for polls.
 *
 * User information in an address is sent as a Basic header. It is in no error, and not in `hosts$`. `headers` go to
 * each host. For a header of one host only, pass a `fetch` that adds it by the URL.
 *
 * ```ts
 * import { fromOllamaChat } from 'rxjs-ollama';
 * import { createOllamaPool } from 'rxjs-ollama/node';
 *
 * const client = createOllamaPool({
 *   hosts: ['http://gpu1:11434', { url: 'http://gpu2:11434', parallel: 4 }],
 * });
 * const messages = [{ role: 'user', content: 'Hi' }];
 * fromOllamaChat({ model: 'qwen3', messages }, { client }).subscribe();
 * ```
 *
 * @param options the hosts, and how they are asked
 * @throws TypeError or RangeError for an option that can't be used
 * @throws OllamaConnectionError for an address that is none
 * @see {@link httpFetch}
 */
export function createOllamaPool(options: OllamaPoolOptions): OllamaPool {
  const { hosts, where, ...timing } = readPoolOptions(options);
  const store = createHostStore(hosts.map(({ url, parallel }) => createHost(url, parallel)));
  const clock = startClock(timing.scheduler);
  const destroyed$ = new ReplaySubject<void>(1);
  const find = (url: string) => hosts.find((host) => host.url === url);
  const toOptions = (url: string): OllamaOptions => ({ ...where, host: find(url)?.address });
  const watch$ = watchHosts(
    store,
    (url) => askHost(toOptions(url), find(url)?.models, timing.scheduler),
    { ...timing, clock },
  );
  let turn = 0;
  const dispatch: Dispatch = {
    ...timing,
    store,
    watch$,
    toOptions,
    clock,
    pace: createPace(),
    nextTurn: () => ++turn,
  };

  /** Refuses what the sources refuse, before a host is chosen. */
  const send = <R extends { readonly model: string }, T>(
    request: R,
    toJob: (request: R) => Job<T>,
  ): Observable<T> =>
    defer(() => {
      checkRequest(request);
      return sendToHosts(toJob(request), dispatch);
    });

  return {
    chat: (request) => send(request, toChatJob).pipe(chunksUntilDestroyed(destroyed$)),
    generate: (request) => send(request, toGenerateJob).pipe(chunksUntilDestroyed(destroyed$)),
    embed: (request) => send(request, toEmbedJob).pipe(untilDestroyed(destroyed$)),
    pull: (request) => send(request, toPullJob).pipe(untilDestroyed(destroyed$)),
    push: (request) => send(request, toPushJob).pipe(untilDestroyed(destroyed$)),
    create: (request) => send(request, toCreateJob).pipe(untilDestroyed(destroyed$)),
    hosts$: store.hosts$.pipe(
      mergeWith(watch$.pipe(ignoreElements())),
      map((states) => states.map(toHostState)),
      distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)),
      takeUntil(destroyed$),
    ),
    destroy() {
      destroyed$.next();
    },
  };
}
