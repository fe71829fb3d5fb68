/** A ratio below it is plainly linear. */
const SURE = 6;
const ATTEMPTS = 15;
const RUNS = 3;

/**
 * Measures two sizes by turns. What else happens on the machine makes a measurement larger, and never
 * makes quadratic work look linear: so the smallest cost of a size counts, and the smallest ratio.
 */
function* measureByTurns(size: number): Generator<number, number, number> {
  yield size;
  let growth = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && growth > SURE; attempt++) {
    let [small, large] = [Infinity, Infinity];
    for (let run = 0; run < RUNS; run++) {
      small = Math.min(small, yield size);
      large = Math.min(large, yield 4 * size);
    }
    growth = Math.min(growth, large / small);
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
    const start = process.cpuUsage();
    work(next.value);
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
    const start = process.cpuUsage();
    await work(next.value);
    next = turns.next(costSince(start));
  }
  return next.value;
}
