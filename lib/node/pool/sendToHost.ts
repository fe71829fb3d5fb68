import {
  catchError,
  defer,
  identity,
  tap,
  throwError,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { toModelKey } from '../../core/modelKey.js';
import { readRetryAfter } from '../../core/transient.js';
import type { OllamaError } from '../../errors.js';
import { isOk, isResponse } from '../../transport/body.js';
import type { ChatStatistics, OllamaOptions } from '../../types/index.js';
import { ended, failed, lost, planned, sent, type Host } from './host.js';
import type { HostStore } from './hostStore.js';
import { isAway } from './isAway.js';
import type { Pace } from './pace.js';
import { isMissingModel } from './toPoolError.js';

/** A request that a host is to answer. */
export interface Job<T> {
  readonly model: string;
  /** The hosts in the order in which they are tried. */
  readonly rank: (hosts: readonly Host[], model: string, loadCost: number) => readonly Host[];
  readonly send: (where: OllamaOptions) => Observable<T>;
  /** The figures of a final value, after which the host is free. Without it, the host is free at the end. */
  readonly toFinal?: (value: T) => ChatStatistics | undefined;
  /** Whether the host needs the model in its memory, and a slot: progress keeps no GPU busy. */
  readonly usesModel: boolean;
  /** What has changed at a host that has answered to the end. */
  readonly onDone?: (host: Host) => Host;
}

/** What all requests of a pool share. */
export interface Dispatch {
  readonly store: HostStore;
  /** Asks the hosts while it is subscribed to, and emits after each answer. */
  readonly watch$: Observable<unknown>;
  readonly toOptions: (url: string) => OllamaOptions;
  readonly pace: Pace;
  /** The number of the next request. */
  readonly nextTurn: () => number;
  readonly cooldown: number;
  readonly scheduler: SchedulerLike;
  /** The ms since the pool was made. */
  readonly clock: () => number;
}

/**
 * Sends a request to one host, and keeps account of it.
 *
 * @param orElse what comes instead of an error that says that the host has not begun to answer
 */
export function sendToHost<T>(
  job: Job<T>,
  url: string,
  { store, toOptions, pace, nextTurn, cooldown, clock }: Dispatch,
  orElse: (error: OllamaError) => Observable<T>,
): Observable<T> {
  const { usesModel, onDone, toFinal } = job;
  const model = toModelKey(job.model);
  return defer(() => {
    const change = (by: (host: Host) => Host): void => {
      store.update(url, by);
    };
    let hasBegun = false;
    const { fetch = globalThis.fetch, ...where } = toOptions(url);
    const noticing: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      // With another status nothing has been generated. A value that is not a response is refused where it is read.
      hasBegun = !isResponse(response) || isOk(response);
      return response;
    };

    let isRunning = usesModel;
    const hasLoaded = usesModel && isCold(store.hosts, url, model);
    let isLoading = hasLoaded;
    /** A host that loaded a model may have dropped others, and one that was left may not have loaded it. */
    const askAgain = (host: Host): Host => {
      if (!isLoading || host.status === 'down') return host;
      isLoading = false;
      return planned(host, clock());
    };
    /** Before the end is passed on: there, the consumer may make its next request. */
    const end = (by: (host: Host) => Host = identity): void => {
      const release = (host: Host): Host => (isRunning ? ended(host, model) : host);
      change((host) => by(askAgain(release(host))));
      isRunning = false;
    };
    if (usesModel) change((host) => sent(host, model, nextTurn()));

    return job.send({ ...where, fetch: noticing }).pipe(
      tap({
        next(value) {
          const final = toFinal?.(value);
          if (final) {
            pace.add(final, hasLoaded);
            end();
          } else if (isLoading) change(askAgain);
        },
        error(error: unknown) {
          if (isAway(error)) {
            const rest = Math.max(cooldown, readRetryAfter(error));
            end((host) => failed(host, error, clock() + rest));
          } else end(isMissingModel(error) ? (host) => lost(host, model) : identity);
        },
        complete() {
          end(onDone);
        },
        unsubscribe() {
          end();
        },
      }),
      catchError((error: unknown) =>
        !hasBegun && (isAway(error) || isMissingModel(error))
          ? orElse(error)
          : throwError(() => error),
      ),
    );
  });
}

const isCold = (hosts: readonly Host[], url: string, model: string): boolean =>
  hosts.some((host) => host.url === url && !host.loaded.includes(model));
