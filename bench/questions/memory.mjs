// Does memory grow over a stream of a million chunks?
import process from 'node:process';
import { lastValueFrom, tap } from 'rxjs';
import { takeTurns } from '../harness/contest.mjs';
import { run } from '../harness/processes.mjs';
import { fitSlope, round, summarize } from '../harness/stats.mjs';

const CONTESTANTS = ['ours', 'accumulated', 'official'];

export const rounds = 3;

/**
 * @param {import('../harness/contest.mjs').Context} context
 * @returns {Promise<import('../harness/contest.mjs').Findings>}
 */
export async function ask({ host, quick, rounds }) {
  const blocks = quick ? 200 : 1000;
  const samples = 10;
  /** @type {Map<string, number[][]>} */
  const heaps = new Map(CONTESTANTS.map((who) => [who, []]));
  const slopes = await takeTurns(rounds, CONTESTANTS, async (who) => {
    /** @type {number[]} */
    const heap = await run({
      question: 'memory',
      contestant: who,
      params: { host, model: `answer:${String(blocks)}:1`, every: (blocks * 1000) / samples },
      flags: ['--expose-gc'],
    });
    heaps.get(who)?.push(heap);
    // The first sample still sees what is compiled and cached for the first time.
    const points = heap.map(
      (bytes, n) => /** @type {const} */ ([((n + 1) * blocks * 1000) / samples, bytes]),
    );
    return round(fitSlope(points.slice(1)));
  });
  return {
    measures: {
      heap: {
        unit: 'MB of heap',
        x: 'chunks',
        rows: CONTESTANTS.flatMap((who) =>
          Array.from({ length: samples }, (_, n) => ({
            who,
            at: ((n + 1) * blocks * 1000) / samples,
            cost: summarize((heaps.get(who) ?? []).map((heap) => (heap[n] ?? Number.NaN) / 1e6)),
          })),
        ),
      },
    },
    figures: Object.fromEntries(
      [...slopes].map(([who, values]) => [`${who}: bytes a chunk`, summarize(values)]),
    ),
    facts: { chunks: blocks * 1000 },
  };
}

/**
 * @param {string} contestant
 * @param {{ host: string, model: string, every: number }} params
 */
export async function measure(contestant, { host, model, every }) {
  /** @type {number[]} */
  const heap = [];
  let count = 0;
  /** @param {unknown} chunk */
  const onChunk = (chunk) => {
    if (!chunk) throw new Error('A chunk is missing.');
    if (++count % every) return;
    globalThis.gc?.();
    heap.push(process.memoryUsage().heapUsed);
  };
  if (contestant === 'official') {
    const { chat } = await import('../contestants/official.mjs');
    for await (const { message } of await chat(host, model)) onChunk(message);
    return heap;
  }
  const { chat, library } = await import('../contestants/ours.mjs');
  const { accumulateMessage, bufferForUi, splitThinking, tapThroughput } = library;
  const chunk$ = chat(host, model).pipe(
    tap((chunk) => {
      onChunk(chunk);
    }),
    splitThinking(),
    bufferForUi(),
    tapThroughput(() => undefined),
  );
  await (contestant === 'accumulated'
    ? lastValueFrom(chunk$.pipe(accumulateMessage()))
    : lastValueFrom(chunk$));
  return heap;
}
