// How long does a request wait for its first chunk, by how one of several hosts is chosen?
import { compare } from '../harness/contest.mjs';
import { runFleet } from '../harness/fleet.mjs';
import { loadModule } from '../harness/library.mjs';
import { round, summarize } from '../harness/stats.mjs';

/**
 * @typedef {import('../harness/fleet.mjs').Policy} Policy
 * @typedef {import('../../lib/node/pool/host.js').Host} Host
 * @typedef {Record<string, number>} Mix models, each with its share of the requests
 * @typedef {{ wait: number, share: number }} Seen the mean time to the first chunk, and the largest share of the first model that one host had
 */

const HOSTS = 3;
const REQUESTS = { full: 20_000, quick: 2000 };
/** In ms of simulated time. */
const DURATIONS = { prompt: 300, poll: 5000 };
/** The means of what is drawn: between two requests, and how long an answer takes from its first chunk. */
const MEANS = { gap: 6000, length: 4000 };
/** How long a model loads: longer than an answer takes, or a quarter of it. */
const LOADS = { load: 6000, shortLoad: 1000 };

/** @type {Record<string, { unit: string, mix: Mix, load: keyof typeof LOADS }>} */
const SCENARIOS = {
  two: { unit: 'two models, ms', mix: { a: 1 / 2, b: 1 / 2 }, load: 'load' },
  three: { unit: 'three models, ms', mix: { a: 1 / 3, b: 1 / 3, c: 1 / 3 }, load: 'load' },
  hot: { unit: 'one hot model, ms', mix: { a: 0.8, b: 0.2 }, load: 'load' },
  short: { unit: 'two models that load fast, ms', mix: { a: 1 / 2, b: 1 / 2 }, load: 'shortLoad' },
};

/** One round for each seed. */
export const rounds = 7;

/**
 * @param {import('../harness/contest.mjs').Context} context
 * @returns {Promise<import('../harness/contest.mjs').Findings>}
 */
export async function ask({ quick, rounds }) {
  const policies = await loadPolicies();
  const count = REQUESTS[quick ? 'quick' : 'full'];
  const seeds = Array.from({ length: rounds }, (_, n) => n + 1);
  const seen = Object.fromEntries(
    Object.entries(SCENARIOS).map(([name, scenario]) => [
      name,
      Object.fromEntries(
        Object.entries(policies).map(([who, createPolicy]) => [
          who,
          seeds.map((seed) => play(count, scenario, seed, createPolicy())),
        ]),
      ),
    ]),
  );
  const of = (
    /** @type {string} */ scenario,
    /** @type {string} */ who,
    /** @type {keyof Seen} */ what,
  ) => seen[scenario]?.[who]?.map((each) => each[what]) ?? [];
  const measures = Object.fromEntries(
    Object.entries(SCENARIOS).map(([scenario, { unit }]) => [
      scenario,
      {
        unit,
        rows: Object.keys(policies).map((who) => ({
          who,
          cost: summarize(of(scenario, who, 'wait')),
          ratio: compare(of(scenario, who, 'wait'), of(scenario, 'leastConnections', 'wait')),
        })),
      },
    ]),
  );
  return {
    measures,
    figures: Object.fromEntries([
      ...Object.keys(SCENARIOS).map((scenario) => [
        `${scenario}: pool/leastConnections`,
        compare(of(scenario, 'pool', 'wait'), of(scenario, 'leastConnections', 'wait')),
      ]),
      ...Object.keys(policies).map((who) => [
        `hot: largest share, ${who}`,
        summarize(of('hot', who, 'share')),
      ]),
    ]),
    facts: { hosts: HOSTS, requests: count, ...LOADS, ...DURATIONS, ...MEANS },
  };
}

/**
 * One round of a scenario. It is the same in each run.
 * @param {number} count of requests
 * @param {typeof SCENARIOS[string]} scenario
 * @param {number} seed
 * @param {Policy} policy
 * @returns {Seen}
 */
function play(count, { mix, load }, seed, policy) {
  const draw = createDraw(seed);
  const drawTime = (/** @type {number} */ mean) => -Math.log(1 - draw()) * mean;
  const drawModel = () => {
    let rest = draw();
    return Object.entries(mix).find(([, share]) => (rest -= share) < 0)?.[0] ?? 'a';
  };
  let at = 0;
  const arrivals = Array.from({ length: count }, () => {
    at += drawTime(MEANS.gap);
    return { at, model: drawModel(), length: MEANS.length * (0.5 + draw()) };
  });
  const answered = runFleet(HOSTS, arrivals, { ...DURATIONS, load: LOADS[load] }, policy);
  const first = answered.filter(({ model }) => model === 'a');
  const shares = Array.from(
    { length: HOSTS },
    (_, host) => first.filter((each) => each.host === host).length / first.length,
  );
  return {
    wait: round(answered.reduce((sum, { wait }) => sum + wait, 0) / answered.length),
    share: round(Math.max(...shares)),
  };
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). @param {number} seed */
function createDraw(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The ways to choose, each with what it remembers. @returns {Promise<Record<string, () => Policy>>} */
async function loadPolicies() {
  const { rankHosts } = await loadModule('node/pool/rankHosts');
  const { createPace } = await loadModule('node/pool/pace');
  const host = await loadModule('node/pool/host');

  /**
   * Keeps account as the pool does, and chooses by what it knows.
   * @param {(hosts: readonly Host[], model: string, loadCost: number) => number} choose
   * @returns {Policy}
   */
  const createPolicy = (choose) => {
    const hosts = Array.from({ length: HOSTS }, (_, n) => host.createHost(String(n)));
    const models = ['a', 'b', 'c'];
    const pace = createPace();
    let turn = 0;
    const change = (/** @type {number} */ at, /** @type {(each: Host) => Host} */ by) => {
      const each = hosts[at];
      if (each) hosts[at] = by(each);
    };
    /** Whether the host had to load the model of its latest request. */
    const isLoading = hosts.map(() => false);
    const hear = (/** @type {number} */ at, /** @type {readonly string[]} */ loaded) => {
      const answer = { models, loaded, error: undefined, isDown: false };
      change(at, (each) => host.heard(each, answer, 0));
    };
    return {
      choose: (model) => choose(hosts, model, pace.loadCost),
      onSent(at, model) {
        isLoading[at] = hosts[at]?.loaded.includes(model) === false;
        change(at, (each) => host.sent(each, model, ++turn));
      },
      onFirst(at, _, loaded) {
        if (isLoading[at]) hear(at, loaded);
        isLoading[at] = false;
      },
      onEnd(at, model, { total, load }) {
        pace.add({ total_duration: total, load_duration: load }, load > 0);
        change(at, (each) => host.ended(each, model));
      },
      onPoll: hear,
    };
  };

  const leastBusy = (
    /** @type {readonly Host[]} */ hosts,
    isEligible = (/** @type {Host} */ each) => each.parallel > 0,
  ) =>
    hosts.reduce(
      (best, each, at) =>
        isEligible(each) && each.active < (hosts[best]?.active ?? Infinity) ? at : best,
      -1,
    );
  return {
    pool: () =>
      createPolicy((hosts, model, loadCost) => Number(rankHosts(hosts, model, loadCost)[0]?.url)),
    warmFirst: () =>
      createPolicy((hosts, model) => {
        const warm = leastBusy(hosts, ({ loaded }) => loaded.includes(model));
        return warm < 0 ? leastBusy(hosts) : warm;
      }),
    leastConnections: () => createPolicy((hosts) => leastBusy(hosts)),
    roundRobin: () => {
      let next = 0;
      return createPolicy(() => next++ % HOSTS);
    },
  };
}
