import { BehaviorSubject, type Observable } from 'rxjs';
import type { Host } from './host.js';

/** All that a pool knows of its hosts, in the order in which they were given. */
export interface HostStore {
  readonly hosts: readonly Host[];
  /** The hosts now, and after each change. */
  readonly hosts$: Observable<readonly Host[]>;
  update(url: string, change: (host: Host) => Host): void;
}

export function createHostStore(first: readonly Host[]): HostStore {
  const subject = new BehaviorSubject(first);
  return {
    hosts$: subject.asObservable(),
    get hosts() {
      return subject.value;
    },
    update(url, change) {
      subject.next(subject.value.map((host) => (host.url === url ? change(host) : host)));
    },
  };
}
