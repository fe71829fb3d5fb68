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

/** Several Ollama hosts as one client. */
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
