// What do bufferForUi and accumulateMessage cost on a long answer, and in which order?
// In virtual time: a chunk a millisecond for minutes, with all the frames of these minutes.
import { VirtualTimeScheduler, auditTime, interval, map, take, tap } from 'rxjs';
import { compare, takeTurns } from '../harness/contest.mjs';
import { cpu } from '../harness/cpu.mjs';
import { run } from '../harness/processes.mjs';
import { round, summarize } from '../harness/stats.mjs';

/**
 * @typedef {{ size: number, reads: boolean }} Params
 * @typedef {{ spent: number, length: number, emissions: number }} Seen
 */

/** Which operators stand between the source and the consumer. */
const ORDERS = ['after', 'before', 'every', 'source'];
const TOKEN = ' tok';
const FRAME = 16;
const SIZES = { kept: [250_000, 500_000, 1_000_000], read: [50_000, 100_000, 200_000] };

export const rounds = 3;

/**
 * @param {import('../harness/contest.mjs').Context} context
 * @returns {Promise<import('../harness/contest.mjs').Findings>}
 */
export async function ask({ quick, rounds }) {
  const entries = /** @type {const} */ (['kept', 'read']).flatMap((use) =>
    SIZES[use]
      .filter((_, n) => !quick || n !== 1)
      // Without the operators there is no message to read.
      .flatMap((at) =>
        ORDERS.filter((who) => use === 'kept' || who !== 'source').map((who) => ({ use, who, at })),
      ),
  );
  const costs = await takeTurns(rounds, entries, async ({ use, who, at }) => {
    /** @type {Params} */
    const params = { size: at, reads: use === 'read' };
    /** @type {Seen} */
    const { spent, length } = await run({ question: 'bigAnswer', contestant: who, params });
    if (length !== at) throw new Error(`${who} saw ${String(length)} of ${String(at)} characters.`);
    return spent;
  });
  /** @param {'kept' | 'read'} use @param {string} who @param {number} at */
  const of = (use, who, at) =>
    [...costs].find(([key]) => key.use === use && key.who === who && key.at === at)?.[1] ?? [];
  /** @param {'kept' | 'read'} use */
  const toRows = (use) =>
    entries
      .filter((entry) => entry.use === use)
      .map(({ who, at }) => ({
        who,
        at,
        cost: summarize(of(use, who, at)),
        ratio: compare(of(use, who, at), of(use, 'after', at)),
      }));
  return {
    measures: {
      kept: { unit: 'ms of CPU for the whole answer', x: 'characters', rows: toRows('kept') },
      read: { unit: 'ms of CPU for the whole answer', x: 'characters', rows: toRows('read') },
    },
    figures: {
      'after: 1 MB/250 kB': compare(of('kept', 'after', 1_000_000), of('kept', 'after', 250_000)),
      'after/before at 1 MB': compare(
        of('kept', 'after', 1_000_000),
        of('kept', 'before', 1_000_000),
      ),
      'read, every/after at 200 kB': compare(
        of('read', 'every', 200_000),
        of('read', 'after', 200_000),
      ),
    },
    facts: { frame: FRAME },
  };
}

/**
 * @param {string} order
 * @param {Params} params
 * @returns {Promise<Seen>}
 */
export async function measure(order, { size, reads }) {
  const { library } = await import('../contestants/ours.mjs');
  const { accumulateMessage, bufferForUi } = library;
  const scheduler = new VirtualTimeScheduler();
  const chunk$ = interval(1, scheduler).pipe(
    take(size / TOKEN.length),
    map(() => ({
      model: 'qwen3:4b',
      created_at: '',
      message: { role: 'assistant', content: TOKEN },
      done: /** @type {const} */ (false),
    })),
  );
  /** @type {Record<string, import('rxjs').Observable<{ content: string }>>} */
  const messages = {
    after: chunk$.pipe(bufferForUi({ scheduler }), accumulateMessage()),
    before: chunk$.pipe(accumulateMessage(), auditTime(FRAME, scheduler)),
    every: chunk$.pipe(accumulateMessage()),
    source: chunk$.pipe(map(({ message }) => message)),
  };
  let length = 0;
  let emissions = 0;
  let seen = 0;
  const before = cpu();
  messages[order]
    ?.pipe(
      tap(({ content }) => {
        emissions++;
        length = (order === 'source' ? length : 0) + content.length;
        // What a page, a file and a pattern do first: V8 makes one piece of the text.
        if (reads) seen += content.charCodeAt(length - 1);
      }),
    )
    .subscribe();
  scheduler.flush();
  if (reads && !seen) throw new Error('Nothing was read.');
  return { spent: round(cpu() - before), length, emissions };
}
