import type { Host } from './host.js';

/** What the order of hosts depends on. */
export type Rankable = Pick<Host, 'status' | 'models' | 'loaded' | 'running' | 'parallel' | 'turn'>;

/**
 * The hosts in the order in which a request for a model tries them. First come hosts that are up and have the
 * model, then those that may have it, then those that don't list it, then those that are down.
 *
 * Among those, a host with a free slot and the model in its memory comes first. Then come a free one
 * with an empty memory, a free one with another model, and those without a free slot. Hosts that are equal
 * in this are taken by how busy they are; then the one that has not been used for the longest time, since
 * its model is missed least.
 */
export function rankHosts<H extends Rankable>(hosts: readonly H[], model: string): H[] {
  return sortBy(hosts, (host) => [
    toAbility(host, model),
    toReadiness(host, model),
    host.running.length / host.parallel,
    Number(!host.loaded.includes(model)),
    host.turn,
  ]);
}

/** The same for a pull: first the hosts that don't have the model, of those the least busy. */
export function rankForPull<H extends Rankable>(hosts: readonly H[], model: string): H[] {
  return sortBy(hosts, (host) => [
    Number(host.status === 'down'),
    Number(!lacks(host, model)),
    host.running.length / host.parallel,
    host.turn,
  ]);
}

function toAbility(host: Rankable, model: string): number {
  if (host.status === 'down') return 3;
  if (lacks(host, model)) return 2;
  return host.status === 'up' && host.models ? 0 : 1;
}

function toReadiness({ loaded, running, parallel }: Rankable, model: string): number {
  if (running.length >= parallel) return 3;
  if (loaded.includes(model)) return 0;
  return loaded.length ? 2 : 1;
}

const lacks = ({ models }: Rankable, model: string): boolean =>
  models !== undefined && !models.includes(model);

/** By the first of the numbers that differ. */
function sortBy<H>(hosts: readonly H[], toNumbers: (host: H) => readonly number[]): H[] {
  return hosts
    .map((host) => ({ host, numbers: toNumbers(host) }))
    .sort((a, b) => {
      const at = a.numbers.findIndex((number, n) => number !== b.numbers[n]);
      return (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0);
    })
    .map(({ host }) => host);
}
