// How soon does a gateway stop the model, when its client leaves?
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import process from 'node:process';
import { compare } from '../harness/contest.mjs';
import { run } from '../harness/processes.mjs';
import { round, summarize } from '../harness/stats.mjs';

/**
 * Answers one request of a client with a chat of the model.
 * @typedef {(host: string, model: string, response: import('node:http').ServerResponse) => void} Answer
 * @typedef {'stream' | 'headers'} Moment
 * @typedef {{ host: string, moment: Moment, count: number }} Params
 * @typedef {{ median: number, p99: number }} Seen in ms
 */

const CONTESTANTS = ['bridge', 'proxy'];
/** @type {Moment[]} */
const MOMENTS = ['stream', 'headers'];

export const rounds = 5;

/**
 * @param {import('../harness/contest.mjs').Context} context
 * @returns {Promise<import('../harness/contest.mjs').Findings>}
 */
export async function ask({ host, quick, rounds }) {
  const count = quick ? 100 : 400;
  const entries = MOMENTS.flatMap((moment) =>
    CONTESTANTS.map((who) => ({ who, moment, seen: /** @type {Seen[]} */ ([]) })),
  );
  for (let n = 0; n < rounds; n++) {
    for (const { who, moment, seen } of entries) {
      process.stderr.write('.');
      const params = { host, moment, count };
      seen.push(await run({ question: 'disconnect', contestant: who, params }));
    }
  }
  process.stderr.write('\n');

  /** @param {string} who @param {Moment} moment @param {keyof Seen} what */
  const of = (who, moment, what) =>
    entries
      .filter((entry) => entry.who === who && entry.moment === moment)
      .flatMap(({ seen }) => seen.map((each) => each[what]));
  /** @param {string} unit @param {Moment} moment @param {keyof Seen} what */
  const toMeasure = (unit, moment, what) => ({
    unit,
    rows: CONTESTANTS.map((who) => ({
      who,
      cost: summarize(of(who, moment, what)),
      ratio: compare(of(who, moment, what), of('proxy', moment, what)),
    })),
  });
  /** @param {Moment} moment @param {keyof Seen} what */
  const versus = (moment, what) => compare(of('bridge', moment, what), of('proxy', moment, what));
  return {
    measures: {
      median: toMeasure('ms until the model stopped, median', 'stream', 'median'),
      p99: toMeasure('ms until the model stopped, 99th percentile', 'stream', 'p99'),
      headers: toMeasure('ms until the model stopped, 99th percentile', 'headers', 'p99'),
    },
    figures: {
      'p99 in ms': summarize(of('bridge', 'stream', 'p99')),
      'p99 in ms before the headers': summarize(of('bridge', 'headers', 'p99')),
      'median: bridge/proxy': versus('stream', 'median'),
      'p99: bridge/proxy': versus('stream', 'p99'),
    },
    facts: { samples: count },
  };
}

/** @param {string} host @param {string} path @returns {Promise<number[]>} when chats were left */
async function tell(host, path) {
  /** @type {{ closes: number[] }} */
  const { closes } = await (await fetch(`${host}/${path}`)).json();
  return closes;
}

/**
 * The gateway and its clients are in this process, the model in another. Both read the system's steady clock.
 * @param {string} contestant
 * @param {Params} params
 * @returns {Promise<Seen>}
 */
export async function measure(contestant, { host, moment, count }) {
  /** @type {{ answer: Answer }} */
  const { answer } = await import(
    new URL(`../contestants/${contestant}.mjs`, import.meta.url).href
  );
  const model = moment === 'stream' ? 'held:1' : 'silent';
  const gateway = createServer((_, response) => {
    answer(host, model, response);
  }).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (gateway.address());
  await tell(host, 'reset');
  const delays = [];
  for (let n = 1; n <= count; n++) {
    const client = connect(port, '127.0.0.1');
    client.setEncoding('latin1').write('GET / HTTP/1.1\r\nHost: gateway\r\n\r\n');
    if (moment === 'stream') await receive(client, 'token');
    await tell(host, `arrived/${String(n)}`);
    const at = Number(process.hrtime.bigint()) / 1e6;
    client.destroy();
    const closes = await tell(host, `closed/${String(n)}`);
    if (closes.length !== n) throw new Error(`The model saw ${String(closes.length)} closes.`);
    delays.push((closes[n - 1] ?? Number.NaN) - at);
  }
  gateway.close();
  const sorted = delays.toSorted((a, b) => a - b);
  return {
    median: summarize(delays).median,
    p99: round(sorted[Math.ceil(count * 0.99) - 1] ?? Number.NaN),
  };
}

/** Waits until a client has received a text. @param {import('node:net').Socket} client @param {string} part */
function receive(client, part) {
  let text = '';
  return new Promise((resolve) => {
    client.on('data', (data) => {
      text += String(data);
      if (text.includes(part)) resolve(undefined);
    });
  });
}
