import { NgZone, untracked, type Injector } from '@angular/core';
import { Observable } from 'rxjs';

/** Runs work outside Angular's zone, and outside the reactive context that it may be called in. */
export type Outside = <T>(work: () => T) => T;

/**
 * Work that subscribes is done outside. In the zone, each chunk would run the change detection of the whole
 * app. An effect would depend on all signals that a callback of the user reads.
 */
export function createOutside(injector: Injector): Outside {
  const zone = injector.get(NgZone);
  return (work) => zone.runOutsideAngular(() => untracked(work));
}

/** The same Observable, subscribed to outside. No operator of RxJS can choose where it subscribes. */
export function subscribeOutside<T>(source: Observable<T>, outside: Outside): Observable<T> {
  return new Observable((subscriber) => outside(() => source.subscribe(subscriber)));
}
