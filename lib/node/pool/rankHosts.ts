import type { Host } from './host.js';

/** What the order of hosts depends on. */
export type Rankable = Pick<Host, 'status' | 'models' | 'loaded' | 'active' | 'parallel' | 'turn'>;

/**
 * The hosts in the order in which a request for a model tries them. First come hosts that are up and have the
 * model, then those that may have it. Those that don't list it follow, and those that are down are the last.
 *
 * Among those it is the order of {@link toReadiness}. Hosts that are equal in this are taken by how busy they are; then
 * the one that has not been used for the longest time, since its model is missed least.
 *
 * @param loadCost how long loading a model takes, in mean durations of an answer; 0 if that is not known
 */
export function rankHosts<H extends Rankable>(
  hosts: readonly H[],
  model: string,
  loadCost = 0,
): H[] {
  return sortBy(hosts, (host) => [
    toAbility(host, model),
    toReadiness(host, model, loadCost),
    host.active / host.parallel,
    Number(!host.loaded.includes(model)),
    host.turn,
  ]);
}

/** The same for a pull: first the hosts that don't have the model, of those the least busy. */
export function rankForPull<H extends Rankable>(hosts: readonly H[], model: string): H[] {
  return sortBy(hosts, (host) => [
    Number(host.status === 'down'),
    Number(!lacks(host, model)),
    host.active / host.parallel,
    host.turn,
  ]);
}

function toAbility(host: Rankable, model: string): number {
  if (host.status === 'down') return 3;
  if (lacks(host, model)) return 2;
  return host.status === 'up' && host.models ? 0 : 1;
}

/**
 * 0. a free slot, and the model in its memory
 * 1. a free slot, and nothing in its memory
 * 2. the model in its memory, and a slot that is free sooner than another host would have loaded the model
 * 3. a free slot, and another model in its memory, which may be dropped
 * 4. no free slot
 *
 * No more than one request per slot waits in 2, so that a model that is in demand gets further hosts.
 */
function toReadiness(host: Rankable, model: string, loadCost: number): number {
  const { loaded, active, parallel } = host;
  const isLoaded = loaded.includes(model);
  const waiting = active - parallel;
  if (waiting < 0) {
    if (isLoaded) return 0;
    return loaded.length ? 3 : 1;
  }
  // An answer that is being generated is half complete, on average.
  const waitCost = (waiting + 1 / 2) / parallel;
  return isLoaded && waiting < parallel && waitCost < loadCost ? 2 : 4;
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
