const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 842 ms, 3.1 s, 2 min 5 s */
export function formatDuration(ms: number): string {
  if (ms < 950) return `${NUMBER.format(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1).replace('.0', '')} s`;
  const seconds = Math.round(ms / 1000);
  return `${NUMBER.format(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}

export const formatCount = (count: number): string => NUMBER.format(count);

export const formatRate = (perSecond: number): string =>
  perSecond < 100 ? perSecond.toFixed(1) : formatCount(perSecond);

/** 512 kB, 2.4 GB */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 1 ? value.toFixed(1) : NUMBER.format(value)} ${units[power] ?? ''}`;
}

/** A value of a tool as a reader reads it. */
export function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
