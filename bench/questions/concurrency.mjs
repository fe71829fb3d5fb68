// What do many streams in one process cost, when tokens come one by one as from a real model?
import process from 'node:process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { compare, takeTurns } from '../harness/contest.mjs';
import { cpu } from '../harness/cpu.mjs';
import { run } from '../harness/processes.mjs';
import { round, summarize } from '../harness/stats.mjs';

/**
 * @typedef {{ host: string, streams: number, lines: number, ms: number }} Params
 * @typedef {{ cpu: number, memory: number, delay: number, errors: number, chunks: number }} Seen
 */

const CONTESTANTS = ['ours', 'httpFetch', 'official', 'limit'];
/** How many streams, and how many lines each gets, one in so many ms: 20,000 lines a second at most. */
const LOADS = [
  { streams: 1, lines: 1000, ms: 1 },
  { streams: 10, lines: 1000, ms: 1 },
  { streams: 100, lines: 200, ms: 5 },
  { streams: 500, lines: 40, ms: 25 },
  { streams: 1000, lines: 20, ms: 50 },
  { streams: 2000, lines: 10, ms: 100 },
];
const QUICK = [100, 2000];

export const rounds = 3;

/**
 * @param {import('../harness/contest.mjs').Context} context
 * @returns {Promise<import('../harness/contest.mjs').Findings>}
 */
export async function ask({ host, quick, rounds }) {
  const entries = LOADS.filter(({ streams }) => !quick || QUICK.includes(streams)).flatMap((load) =>
    CONTESTANTS.map((who) => ({ who, at: load.streams, load })),
  );
  /** @type {Map<object, Seen[]>} */
  const all = new Map(entries.map((entry) => [entry, []]));
  await takeTurns(rounds, entries, async (entry) => {
    const { who, load } = entry;
    /** @type {Seen} */
    const seen = await run({
      question: 'concurrency',
      contestant: who,
      params: { host, ...load },
      flags: ['--expose-gc'],
    });
    if (seen.errors || seen.chunks !== load.streams * (load.lines + 2)) {
      throw new Error(`${who} with ${String(load.streams)} streams: ${JSON.stringify(seen)}`);
    }
    all.get(entry)?.push(seen);
    return seen.cpu;
  });

  /** @param {(typeof entries)[number]} entry @param {'cpu' | 'memory' | 'delay'} what */
  const of = (entry, what) => (all.get(entry) ?? []).map((seen) => seen[what]);
  /** @param {string} who @param {number} at */
  const find = (who, at) =>
    entries.find((entry) => entry.who === who && entry.at === at) ?? entries[0];
  /** @param {string} unit @param {'cpu' | 'memory' | 'delay'} what */
  const toMeasure = (unit, what) => ({
    unit,
    x: 'streams',
    rows: entries
      // The memory of one stream is lost in what else happens in a process.
      .filter(({ at }) => what !== 'memory' || at >= 100)
      .map((entry) => ({
        who: entry.who,
        at: entry.at,
        cost: summarize(of(entry, what)),
        ratio: compare(of(entry, what), of(find('official', entry.at) ?? entry, what)),
      })),
  });
  /** @param {string} other @param {number} at @param {'cpu' | 'memory' | 'delay'} what */
  const versus = (other, at, what, who = 'ours') => {
    const [ours, theirs] = [find(who, at), find(other, at)];
    return ours && theirs ? compare(of(ours, what), of(theirs, what)) : summarize([]);
  };
  return {
    measures: {
      cpu: toMeasure('µs of CPU a chunk', 'cpu'),
      memory: toMeasure('kB an idle stream', 'memory'),
      delay: toMeasure('ms of event loop delay, 99th percentile', 'delay'),
    },
    figures: {
      'cpu: ours/official at 100': versus('official', 100, 'cpu'),
      'cpu: ours/limit at 100': versus('limit', 100, 'cpu'),
      'cpu: httpFetch/official at 100': versus('official', 100, 'cpu', 'httpFetch'),
      'cpu: ours/official at 2000': versus('official', 2000, 'cpu'),
      'memory: ours/official at 2000': versus('official', 2000, 'memory'),
      'memory: ours/limit at 2000': versus('limit', 2000, 'memory'),
      'errors at 2000': summarize([...all].flatMap(([, seen]) => seen.map(({ errors }) => errors))),
    },
    facts: {},
  };
}

/**
 * Reads a chat to its end, and calls back at each chunk.
 * @param {string} contestant
 * @returns {Promise<(host: string, model: string, onChunk: (chunk: unknown) => void) => Promise<unknown>>}
 */
async function loadReader(contestant) {
  if (contestant === 'ours') {
    const { chat } = await import('../contestants/ours.mjs');
    return (host, model, onChunk) => chat(host, model).forEach(onChunk);
  }
  if (contestant === 'httpFetch') {
    const { chat } = await import('../contestants/ours.mjs');
    const { httpFetch } = await import('../contestants/httpFetch.mjs');
    return (host, model, onChunk) => chat(host, model, httpFetch).forEach(onChunk);
  }
  if (contestant === 'official') {
    const { chat } = await import('../contestants/official.mjs');
    return async (host, model, onChunk) => {
      for await (const { message } of await chat(host, model)) onChunk(message);
    };
  }
  const { read } = await import('../contestants/limit.mjs');
  return read;
}

/**
 * @param {string} contestant
 * @param {Params} params
 * @returns {Promise<Seen>}
 */
export async function measure(contestant, { host, streams, lines, ms }) {
  const read = await loadReader(contestant);
  await (await fetch(`${host}/reset`)).text();
  const before = countMemory();
  let chunks = 0;
  let errors = 0;
  /** @type {Promise<unknown>[]} */
  let ends = [];
  /** @type {Promise<void>} */
  const begun = new Promise((resolve) => {
    const onChunk = () => {
      if (++chunks === streams) resolve();
    };
    ends = Array.from({ length: streams }, () =>
      read(host, 'held:1', onChunk).catch(() => {
        errors++;
      }),
    );
  });
  await begun;
  const memory = (countMemory() - before) / streams / 1000;

  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  const spent = cpu();
  await (await fetch(`${host}/go/${String(lines)}/${String(ms)}`)).text();
  await Promise.all(ends);
  histogram.disable();
  return {
    cpu: round(((cpu() - spent) * 1000) / (chunks - streams)),
    memory: round(memory),
    delay: round(histogram.percentile(99) / 1e6),
    errors,
    chunks,
  };
}

/** What is really in use, in bytes. */
function countMemory() {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
