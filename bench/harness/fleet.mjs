// Hosts in simulated time: each generates one answer at a time, and has room for one model in its memory.

/**
 * @typedef {{ at: number, model: string, length: number }} Arrival when a request comes, and how long its answer takes
 * @typedef {{ load: number, prompt: number, poll: number }} Durations to load a model, from there to the first chunk, and between two polls
 * @typedef {{
 *   choose: (model: string) => number,
 *   onSent: (host: number, model: string) => void,
 *   onFirst: (host: number, model: string, loaded: readonly string[]) => void,
 *   onEnd: (host: number, model: string, times: { total: number, load: number }) => void,
 *   onPoll: (host: number, loaded: readonly string[]) => void,
 * }} Policy chooses a host for each request, and sees what a client of the hosts sees
 * @typedef {{ model: string, host: number, wait: number }} Answered one request, and the time to its first chunk
 */

/**
 * @param {number} count of hosts
 * @param {readonly Arrival[]} arrivals in the order of their times
 * @param {Durations} durations
 * @param {Policy} policy
 * @returns {Answered[]}
 */
export function runFleet(count, arrivals, { load, prompt, poll }, policy) {
  /** @type {{ at: number, happen: () => void }[]} */
  const events = [];
  let now = 0;
  /** Of the same time, what was planned first happens first. @param {number} at @param {() => void} happen */
  const plan = (at, happen) => {
    events.splice(events.findLastIndex((event) => event.at <= at) + 1, 0, { at, happen });
  };

  /** @type {Answered[]} */
  const answered = [];
  const hosts = Array.from({ length: count }, () => {
    return { loaded: '', isBusy: false, queue: /** @type {Arrival[]} */ ([]) };
  });
  const read = (/** @type {number} */ host) => {
    const found = hosts[host];
    if (!found) throw new Error(`There is no host ${String(host)}.`);
    return found;
  };

  const answer = (/** @type {number} */ host, /** @type {Arrival} */ { at, model, length }) => {
    const state = read(host);
    const isCold = state.loaded !== model;
    const first = now + (isCold ? load : 0) + prompt;
    state.isBusy = true;
    state.loaded = model;
    plan(first, () => {
      answered.push({ model, host, wait: first - at });
      policy.onFirst(host, model, [model]);
    });
    plan(first + length, () => {
      state.isBusy = false;
      // As Ollama states them: the wait for a slot is in the total.
      policy.onEnd(host, model, { total: now - at, load: isCold ? load : 0 });
      const next = state.queue.shift();
      if (next) answer(host, next);
    });
  };

  /** Each plans the next, so that few events wait. @param {number} place */
  const arrive = (place) => {
    const arrival = arrivals[place];
    if (!arrival) return;
    plan(arrival.at, () => {
      const host = policy.choose(arrival.model);
      policy.onSent(host, arrival.model);
      const { isBusy, queue } = read(host);
      if (isBusy) queue.push(arrival);
      else answer(host, arrival);
      arrive(place + 1);
    });
  };
  const pollAll = () => {
    hosts.forEach(({ loaded }, host) => {
      policy.onPoll(host, loaded ? [loaded] : []);
    });
    if (events.length) plan(now + poll, pollAll);
  };
  plan(0, pollAll);
  arrive(0);

  for (let event = events.shift(); event; event = events.shift()) {
    now = event.at;
    event.happen();
  }
  return answered;
}
