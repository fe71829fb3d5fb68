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
