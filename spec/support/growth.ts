/**
 * How many times as long some work takes when there is four times as much of it: about 4 if it is
 * linear, and 16 if it is quadratic. Two sizes in one run, so the machine's speed doesn't count.
 */
export function measureGrowth(work: (size: number) => unknown, size: number): number {
  const measure = (n: number): number => {
    const times = Array.from({ length: 5 }, () => {
      const start = process.cpuUsage();
      work(n);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    });
    return Math.min(...times);
  };
  measure(size);
  return measure(4 * size) / measure(size);
}

/** The same for asynchronous work. */
export async function measureAsyncGrowth(
  work: (size: number) => Promise<unknown>,
  size: number,
): Promise<number> {
  const measure = async (n: number): Promise<number> => {
    let best = Infinity;
    for (let run = 0; run < 3; run++) {
      const start = process.cpuUsage();
      await work(n);
      const { user, system } = process.cpuUsage(start);
      best = Math.min(best, user + system);
    }
    return best;
  };
  await measure(size);
  return (await measure(4 * size)) / (await measure(size));
}
