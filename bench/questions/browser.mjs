// How does a page fare that shows 1,000 chunks a second, in a real Chromium?
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startChromium } from '../../scripts/chromium.js';
import { createText } from '../browser/text.mjs';
import { compare, takeTurns } from '../harness/contest.mjs';
import { run } from '../harness/processes.mjs';
import { round, summarize } from '../harness/stats.mjs';

/**
 * @typedef {object} Seen
 * @property {number} cpu of the main thread, in µs a chunk that was shown
 * @property {number} frames a second
 * @property {number} renders a second
 * @property {number} mostRenders in a frame
 * @property {number} longest task, in ms, if over 50
 * @property {number} handled 95th percentile, in ms
 * @property {number} painted 95th percentile, in ms
 * @property {number} seconds
 */

const CONTESTANTS = [
  'idle',
  'fetch + JSON.parse, not shown',
  'bufferForUi, not shown',
  'bufferForUi',
  'bufferForUi, appended',
  'accumulated, then auditTime',
  'every chunk',
  'official, every part',
  'Markdown, bufferForUi, last block',
  'Markdown, bufferForUi',
  'Markdown, every chunk',
];
const PER_SECOND = 1000;
const KEY_MS = 100;

const MEASURES = /** @type {const} */ ({
  cpu: 'µs of CPU a chunk, main thread',
  seconds: 's until all is shown',
  frames: 'frames a second',
  renders: 'renders a second',
  longest: 'ms, the longest task over 50 ms',
  handled: 'ms until a key press is handled, 95th percentile',
  painted: 'ms until the frame after it, 95th percentile',
});

export const rounds = 2;

/**
 * @param {import('../harness/contest.mjs').Context} context
 * @returns {Promise<import('../harness/contest.mjs').Findings>}
 */
export async function ask({ quick, rounds }) {
  const seconds = quick ? 5 : 30;
  /** @type {Map<string, Seen[]>} */
  const all = new Map(CONTESTANTS.map((who) => [who, []]));
  await takeTurns(rounds, CONTESTANTS, async (who) => {
    /** @type {Seen} */
    const seen = await run({ question: 'browser', contestant: who, params: { seconds } });
    all.get(who)?.push(seen);
    return seen.cpu;
  });
  /** @param {string} who @param {keyof Seen} what */
  const of = (who, what) => (all.get(who) ?? []).map((seen) => seen[what]);
  const measures = Object.entries(MEASURES).map(([name, unit]) => {
    const what = /** @type {keyof typeof MEASURES} */ (name);
    const rows = CONTESTANTS.map((who) => ({ who, cost: summarize(of(who, what)) }));
    return [name, { unit, rows }];
  });
  return {
    measures: Object.fromEntries(measures),
    figures: {
      'bufferForUi: renders in a frame, at most': summarize(of('bufferForUi', 'mostRenders')),
      'library alone: longest task over 50 ms': summarize(of('bufferForUi, not shown', 'longest')),
      'cpu: every chunk/bufferForUi': compare(of('every chunk', 'cpu'), of('bufferForUi', 'cpu')),
      'cpu: accumulated first/bufferForUi': compare(
        of('accumulated, then auditTime', 'cpu'),
        of('bufferForUi', 'cpu'),
      ),
      'cpu: Markdown, whole/last block': compare(
        of('Markdown, bufferForUi', 'cpu'),
        of('Markdown, bufferForUi, last block', 'cpu'),
      ),
    },
    facts: { seconds, chunks: seconds * PER_SECOND, chromium: await readVersion() },
  };
}

async function readVersion() {
  const { context, close } = await startChromium();
  const version = context.browser()?.version() ?? 'unknown';
  await close();
  return version;
}

/** @param {number[]} values @param {number} share */
const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

async function bundlePage() {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { marked } from 'marked';
        import { watch } from './page.mjs';
        globalThis.watch = (params) => watch(marked, params);`,
      resolveDir: fileURLToPath(new URL('../browser', import.meta.url)),
    },
    alias: { 'rxjs-ollama': fileURLToPath(new URL('../../dist/esm/index.js', import.meta.url)) },
    bundle: true,
    platform: 'browser',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

/** @param {number} chunks */
async function startServers(chunks) {
  const child = fork(fileURLToPath(new URL('../browser/server.mjs', import.meta.url)), [
    String(chunks),
    String(PER_SECOND),
  ]);
  /** @type {Promise<[{ page: string, host: string }, unknown]>} */
  const message = /** @type {any} */ (once(child, 'message'));
  const [urls] = await message;
  return {
    ...urls,
    stop() {
      child.disconnect();
    },
  };
}

/**
 * @param {string} way
 * @param {{ seconds: number }} params
 * @returns {Promise<Seen>}
 */
export async function measure(way, { seconds }) {
  const chunks = seconds * PER_SECOND;
  const [script, servers, { context, close }] = await Promise.all([
    bundlePage(),
    startServers(chunks),
    startChromium(),
  ]);
  try {
    const page = await context.newPage();
    await page.goto(servers.page);
    await page.addScriptTag({ content: script });
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const readCpu = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN) * 1000;
    };

    const params = { way, host: servers.host, seconds, text: createText(chunks).join('') };
    const before = await readCpu();
    /** @type {Promise<import('../browser/page.mjs').Watched>} */
    const result = page.evaluate(`watch(${JSON.stringify(params)})`);
    const over = new AbortController();
    const end = () => {
      over.abort();
    };
    result.then(end, end);
    // A user goes on typing meanwhile.
    while (!over.signal.aborted) {
      await page.keyboard.press('a');
      await setTimeout(KEY_MS);
    }
    const watched = await result;
    // Ways that show each chunk are the only ones that are given up.
    const shown = watched.complete ? chunks : watched.renders;
    return {
      cpu: round((((await readCpu()) - before) * 1000) / shown),
      frames: round(watched.frames.length / watched.seconds),
      renders: round(watched.renders / watched.seconds),
      mostRenders: watched.mostRenders,
      longest: round(Math.max(0, ...watched.longTasks)),
      handled: round(percentile(watched.handled, 0.95)),
      painted: round(percentile(watched.painted, 0.95)),
      seconds: round(watched.seconds),
    };
  } finally {
    await close();
    servers.stop();
  }
}
