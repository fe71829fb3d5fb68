import {
  defer,
  filter,
  race,
  startWith,
  switchMap,
  take,
  throwError,
  using,
  type Observable,
} from 'rxjs';
import { toModelKey } from '../../core/modelKey.js';
import { wait } from '../../time.js';
import { ASK_MS } from './askHost.js';
import type { Host } from './host.js';
import { sendToHost, type Dispatch, type Job } from './sendToHost.js';
import { toPoolError, type Failure } from './toPoolError.js';

/** How long a request waits for what hosts say, before it is sent by what is known of them. */
const PATIENCE_MS = 1000;

/**
 * Sends a request to the first host of the order, and to the next one while no answer has begun: after a
 * connection that could not be made, 502, 503, or 404 of the model.
 */
export function sendToHosts<T>(job: Job<T>, dispatch: Dispatch): Observable<T> {
  const { store, watch$, pace, scheduler, clock } = dispatch;
  const { usesModel } = job;
  const model = toModelKey(job.model);
  return defer(() => {
    const failures: Failure[] = [];
    const tryNext = (): Observable<T> => {
      const host = job
        .rank(store.hosts, model, pace.loadCost)
        .find(({ url }) => failures.every((failure) => failure.url !== url));
      if (!host) return throwError(() => toPoolError(job.model, failures));
      return sendToHost(job, host.url, dispatch, (error) => {
        failures.push({ url: host.url, error });
        return tryNext();
      });
    };
    const isReady = (): boolean => {
      const now = clock();
      const current = store.hosts.filter(
        ({ status, plan }) => status !== 'unknown' && now < plan.at + ASK_MS,
      );
      const isComplete = current.length === store.hosts.length;
      return isComplete || (usesModel && current.some((host) => isIdeal(host, model)));
    };
    const ready$ = race(
      watch$.pipe(startWith(undefined), filter(isReady)),
      wait(PATIENCE_MS, scheduler),
    ).pipe(take(1));
    return using(
      // As long as it runs, hosts are asked.
      () => watch$.subscribe(),
      () => ready$.pipe(switchMap(tryNext)),
    );
  });
}

/** No other host can come before it. */
const isIdeal = ({ status, models, loaded, active, parallel }: Host, model: string): boolean =>
  status === 'up' &&
  models?.includes(model) === true &&
  loaded.includes(model) &&
  active < parallel;
