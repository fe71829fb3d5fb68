// How long is the event loop held up while an answer comes all at once?
import { compare, takeTurns } from '../harness/contest.mjs';
import { run } from '../harness/processes.mjs';
import { round, summarize } from '../harness/stats.mjs';

/**
 * `most` is how many chunks are taken; all of them if absent.
 * @typedef {{ host: string, model: string, work: number, most?: number }} Params
 */

const CONTESTANTS = ['ours', 'official', 'limit'];
/** Chunks of the burst, in thousands: about 9 MB. */
const BLOCKS = 60;
/** A consumer that works: so many chunks, so many ms for each. */
const SLOW = { most: 2000, work: 1 };

export const rounds = 5;

/**
 * @param {import('../harness/contest.mjs').Context} context
 * @returns {Promise<import('../harness/contest.mjs').Findings>}
 */
export async function ask({ host, rounds }) {
  /** @param {Omit<Params, 'host' | 'model'>} how */
  const contest = (how) =>
    takeTurns(rounds, CONTESTANTS, async (contestant) => {
      const params = { host, model: `answer:${String(BLOCKS)}:1`, ...how };
      /** @type {{ held: number }} */
      const { held } = await run({ question: 'burst', contestant, params });
      return held;
    });
  const fast = await contest({ work: 0 });
  const slow = await contest(SLOW);
  /** @param {Map<string, number[]>} found */
  const toRows = (found) =>
    [...found].map(([who, values]) => ({
      who,
      cost: summarize(values),
      ratio: compare(values, found.get('official') ?? []),
    }));
  return {
    measures: {
      fast: { unit: 'ms for which the event loop was held, at most', rows: toRows(fast) },
      slow: { unit: 'the same, with a consumer that works', rows: toRows(slow) },
    },
    figures: {
      'ours: longest hold': summarize(fast.get('ours') ?? []),
      'slow: ours/official': compare(slow.get('ours') ?? [], slow.get('official') ?? []),
    },
    facts: { chunks: BLOCKS * 1000, 'slow chunks': SLOW.most },
  };
}

/** Keeps the thread busy. @param {number} ms */
function workFor(ms) {
  for (const end = performance.now() + ms; performance.now() < end;);
}

/**
 * Reads a chat, and calls back at each chunk.
 * @param {string} contestant
 * @param {string} host
 * @param {string} model
 * @param {() => void} onChunk
 */
async function read(contestant, host, model, onChunk) {
  if (contestant === 'ours') {
    const { chat } = await import('../contestants/ours.mjs');
    await chat(host, model).forEach(onChunk);
  } else if (contestant === 'official') {
    const { chat } = await import('../contestants/official.mjs');
    const chunks = (await chat(host, model))[Symbol.asyncIterator]();
    while (!(await chunks.next()).done) onChunk();
  } else {
    const { read: readLines } = await import('../contestants/limit.mjs');
    await readLines(host, model, onChunk);
  }
}

/**
 * @param {string} contestant
 * @param {Params} params
 */
export async function measure(contestant, { host, model, work, most = Infinity }) {
  // Compiling and connecting hold the loop too, and are no part of the question.
  await read(contestant, host, 'answer:1:1', () => undefined);
  let longest = 0;
  let seen = 0;
  let latest = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - latest);
    latest = performance.now();
  }, 1);
  await new Promise((resolve, reject) => {
    read(contestant, host, model, () => {
      if (seen >= most) return;
      if (work) workFor(work);
      if (++seen >= most) setTimeout(resolve, 5);
    }).then(resolve, reject);
  });
  clearInterval(timer);
  longest = Math.max(longest, performance.now() - latest);
  return { held: round(longest) };
}
