/** A ratio below it is plainly linear. */
const SURE = 7;
const ATTEMPTS = 15;
const RUNS = 2;
const TIMES = 4;

/** Work that is measured: so many items, so many times. */
interface Turn {
  readonly size: number;
  readonly times: number;
}

/**
 * Measures by turns one large size, and a small one as often as makes the same number of items: what
 * the collector of garbage takes is in both. What else happens on the machine makes a measurement
 * larger, and never makes quadratic work look linear: so the smallest cost counts, and the smallest ratio.
 */
function* measureByTurns(size: number): Generator<Turn, number, number> {
  const small: Turn = { size, times: TIMES };
  const large: Turn = { size: TIMES * size, times: 1 };
  yield small;
  let growth = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && growth > SURE; attempt++) {
    let [few, many] = [Infinity, Infinity];
    for (let run = 0; run < RUNS; run++) {
      few = Math.min(few, yield small);
      many = Math.min(many, yield large);
    }
    growth = Math.min(growth, (TIMES * many) / few);
  }
  return growth;
}

/** The CPU time since then, in µs. */
function costSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/**
 * How many times as long some work takes when there is four times as much of it: about 4 if it is
 * linear, and 16 if it is quadratic. Two sizes in one run, so the machine's speed doesn't count.
 */
export function measureGrowth(work: (size: number) => unknown, size: number): number {
  const turns = measureByTurns(size);
  let next = turns.next();
  while (!next.done) {
    const { size, times } = next.value;
    const start = process.cpuUsage();
    for (let time = 0; time < times; time++) work(size);
    next = turns.next(costSince(start));
  }
  return next.value;
}

/** The same for asynchronous work. */
export async function measureAsyncGrowth(
  work: (size: number) => Promise<unknown>,
  size: number,
): Promise<number> {
  const turns = measureByTurns(size);
  let next = turns.next();
  while (!next.done) {
    const { size, times } = next.value;
    const start = process.cpuUsage();
    for (let time = 0; time < times; time++) await work(size);
    next = turns.next(costSince(start));
  }
  return next.value;
}
