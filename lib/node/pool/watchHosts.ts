import {
  distinctUntilChanged,
  map,
  merge,
  of,
  share,
  switchMap,
  tap,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { wait } from '../../time.js';
import { failed, heard, type HostAnswer } from './host.js';
import type { HostStore } from './hostStore.js';

/** When hosts are asked, and by which clock. */
export interface WatchOptions {
  readonly poll: number;
  readonly cooldown: number;
  readonly scheduler: SchedulerLike;
  /** The ms since the pool was made. */
  readonly clock: () => number;
}

/**
 * Asks each host when its plan says so, and keeps what it said, which makes the next plan. Emits after each
 * answer. All subscribers share it: without one, no host is asked and no timer runs.
 */
export function watchHosts(
  store: HostStore,
  ask: (url: string) => Observable<HostAnswer>,
  { poll, cooldown, scheduler, clock }: WatchOptions,
): Observable<unknown> {
  const watch = (url: string): Observable<unknown> =>
    store.hosts$.pipe(
      map((hosts) => hosts.find((host) => host.url === url)?.plan),
      // A plan is an object: two of them may be for the same time.
      distinctUntilChanged(),
      switchMap((plan) => {
        const rest = (plan?.at ?? 0) - clock();
        return (rest > 0 ? wait(rest, scheduler) : of(0)).pipe(switchMap(() => ask(url)));
      }),
      tap((answer) => {
        store.update(url, (host) => {
          const { isDown, error } = answer;
          return isDown && error
            ? failed(host, error, clock() + cooldown)
            : heard(host, answer, clock() + poll);
        });
      }),
    );
  return merge(...store.hosts.map(({ url }) => watch(url))).pipe(share());
}
