// What does it cost to leave a chat, and how soon does the server see it?
import process from 'node:process';
import { take, lastValueFrom } from 'rxjs';
import { compare, takeTurns } from '../harness/contest.mjs';
import { cpu } from '../harness/cpu.mjs';
import { run } from '../harness/processes.mjs';
import { round, summarize } from '../harness/stats.mjs';

/**
 * @typedef {{ host: string, how: 'cost' | 'delay', moment: 'stream' | 'headers', count: number }} Params
 * @typedef {{ spent: number, closes: number, delay?: number }} Seen
 */

const CONTESTANTS = ['ours', 'official', 'limit'];

export const rounds = 5;

/**
 * @param {import('../harness/contest.mjs').Context} context
 * @returns {Promise<import('../harness/contest.mjs').Findings>}
 */
export async function ask({ host, quick, rounds }) {
  const counts = quick ? [100, 400] : [200, 1000];
  const samples = quick ? 50 : 200;

  /** @param {string} contestant @param {Omit<Params, 'host'>} params */
  const send = async (contestant, params) => {
    /** @type {Seen} */
    const seen = await run({ question: 'cancel', contestant, params: { host, ...params } });
    const wanted = contestant === 'official' && params.moment === 'headers' ? 0 : params.count;
    if (seen.closes !== wanted) {
      throw new Error(
        `${contestant} left ${String(params.count)} chats, and the server saw ${String(seen.closes)} closes.`,
      );
    }
    return seen;
  };

  const costs = await takeTurns(rounds, CONTESTANTS, async (who) => {
    const [short = 0, long = 0] = counts;
    const less = await send(who, { how: 'cost', moment: 'stream', count: short });
    const more = await send(who, { how: 'cost', moment: 'stream', count: long });
    return ((more.spent - less.spent) * 1000) / (long - short);
  });
  /** @param {Params['moment']} moment @param {string[]} contestants */
  const getDelays = (moment, contestants) =>
    takeTurns(rounds, contestants, async (who) => {
      const { delay = Number.NaN } = await send(who, { how: 'delay', moment, count: samples });
      return delay;
    });
  const inStream = await getDelays('stream', CONTESTANTS);
  const beforeHeaders = await getDelays('headers', ['ours', 'limit']);
  const unseen = await send('official', { how: 'delay', moment: 'headers', count: 1 });

  /** @param {Map<string, number[]>} found @param {string} yardstick */
  const toRows = (found, yardstick) =>
    [...found].map(([who, values]) => ({
      who,
      cost: summarize(values),
      ratio: compare(values, found.get(yardstick) ?? []),
    }));
  /** @param {Map<string, number[]>} found @param {string} other */
  const versus = (found, other) => compare(found.get('ours') ?? [], found.get(other) ?? []);
  return {
    measures: {
      cpu: { unit: 'µs of CPU a chat that is left', rows: toRows(costs, 'official') },
      delay: { unit: 'ms until the server saw it', rows: toRows(inStream, 'limit') },
      headers: {
        unit: 'ms until the server saw it, before the headers',
        rows: toRows(beforeHeaders, 'limit'),
      },
    },
    figures: {
      'cpu: ours/official': versus(costs, 'official'),
      'delay: ours/limit': versus(inStream, 'limit'),
      'delay before headers: ours/limit': versus(beforeHeaders, 'limit'),
      'closes before headers, official': summarize([unseen.closes]),
    },
    facts: { samples },
  };
}

/**
 * Opens a chat.
 * @param {string} contestant
 * @returns {Promise<(host: string, model: string, first: boolean) => Promise<() => void>>} leaves it
 */
async function loadOpener(contestant) {
  if (contestant === 'ours') {
    const { chat } = await import('../contestants/ours.mjs');
    return (host, model, first) =>
      new Promise((resolve, reject) => {
        const subscription = chat(host, model).subscribe({
          next: () => {
            resolve(leave);
          },
          error: reject,
        });
        const leave = () => {
          subscription.unsubscribe();
        };
        if (!first) resolve(leave);
      });
  }
  if (contestant === 'official') {
    const { abort, chat } = await import('../contestants/official.mjs');
    return async (host, model, first) => {
      const reply = chat(host, model);
      if (!first) {
        reply.catch(() => undefined);
        return abort;
      }
      const chunks = await reply;
      await chunks[Symbol.asyncIterator]().next();
      return () => {
        chunks.abort();
      };
    };
  }
  const { request } = await import('../contestants/limit.mjs');
  return async (host, model, first) => {
    const stopper = new AbortController();
    const reply = request(host, model, stopper.signal);
    if (first) await (await reply).body?.getReader().read();
    else reply.catch(() => undefined);
    return () => {
      stopper.abort();
    };
  };
}

/**
 * @param {string} host
 * @param {string} path
 * @returns {Promise<number[]>} when chats were left, in ms of the system's steady clock
 */
async function tell(host, path) {
  /** @type {{ closes: number[] }} */
  const { closes } = await (await fetch(`${host}/${path}`)).json();
  return closes;
}

/**
 * @param {string} contestant
 * @param {Params} params
 * @returns {Promise<Seen>}
 */
export async function measure(contestant, { host, how, moment, count }) {
  const open = await loadOpener(contestant);
  const first = moment === 'stream';
  const model = first ? 'held:1' : 'silent';
  await tell(host, 'reset');
  if (contestant === 'official' && !first) {
    const leave = await open(host, model, false);
    await tell(host, 'arrived/1');
    leave();
    // Whatever it had sent would be there before this is answered.
    await leaveOne(host);
    const closes = await tell(host, 'status');
    return { spent: 0, closes: closes.length - 1 };
  }
  const delays = [];
  for (let n = 1; n <= count; n++) {
    const leave = await open(host, model, first);
    if (how === 'delay') await tell(host, `arrived/${String(n)}`);
    const at = Number(process.hrtime.bigint()) / 1e6;
    leave();
    if (how === 'delay') {
      const closes = await tell(host, `closed/${String(n)}`);
      delays.push((closes[n - 1] ?? Number.NaN) - at);
    }
  }
  const closes = await tell(host, `closed/${String(count)}`);
  return {
    spent: round(cpu()),
    closes: closes.length,
    delay: how === 'delay' ? summarize(delays).median : Number.NaN,
  };
}

/** Leaves a chat by other means, and waits until the server has seen it. @param {string} host */
async function leaveOne(host) {
  const { chat } = await import('../contestants/ours.mjs');
  await lastValueFrom(chat(host, 'held:1').pipe(take(1)));
  await tell(host, 'closed/1');
}
