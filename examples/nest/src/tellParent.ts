/** Tells a process that has forked this one where it listens, and ends with it. */
export function tellParent(where: Readonly<Record<string, string>>): void {
  process.send?.(where);
  process.once('disconnect', () => process.exit());
}
