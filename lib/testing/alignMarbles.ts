/** The signs of one time in a row of marbles: `a`, `ab|`, `^`. */
export interface Moment {
  readonly at: number;
  readonly signs: string;
}

/** Rows of marbles, and the column in which each time stands. */
export interface AlignedMarbles {
  readonly rows: readonly string[];
  readonly columns: ReadonlyMap<number, number>;
}

/** A longer silence of all rows is written as a time. */
const LONGEST_SILENCE = 10;
const END = /[|#!]$/;

interface Row {
  text: string;
  /** How long the text lasts in run mode, `Infinity` after its end. */
  time: number;
}

/**
 * Draws rows of marbles for run mode. What happens at one time stands in one column of all rows.
 *
 * Marbles can't express a value that follows a group in less time than the group has characters. Such a value
 * stands right after the group, and spaces fill the other rows.
 */
export function alignMarbles(moments: readonly (readonly Moment[])[]): AlignedMarbles {
  const signsOf = moments.map((row) => new Map(row.map(({ at, signs }) => [at, signs])));
  const times = [...new Set(moments.flatMap((row) => row.map(({ at }) => at)))];
  times.sort((a, b) => a - b);
  // Only what a hot Observable emits before `^` has a time below 0.
  const rows = moments.map((): Row => ({ text: '', time: Math.min(0, times[0] ?? 0) }));
  const columns = new Map<number, number>();

  for (const at of times) {
    columns.set(at, writeSilence(rows, at));
    for (const [n, row] of rows.entries()) {
      const signs = signsOf[n]?.get(at);
      if (!signs) continue;
      const group = signs.length > 1 ? `(${signs})` : signs;
      row.text += group;
      row.time = END.test(signs) ? Infinity : at + group.length;
    }
  }
  return { rows: rows.map(({ text }) => text.trimEnd()), columns };
}

/** Continues all rows up to this time, and returns its column. */
function writeSilence(rows: readonly Row[], until: number): number {
  const running = rows.filter(({ time }) => time < Infinity);
  const common = Math.max(0, until - Math.max(...running.map(({ time }) => time)));
  const isShort = common <= LONGEST_SILENCE && Number.isInteger(common);
  const written = isShort ? '-'.repeat(common) : ` ${String(Number(common.toFixed(3)))}ms `;
  for (const row of running) {
    row.text += '-'.repeat(Math.max(0, until - common - row.time)) + written;
    if (row.text === written) row.text = written.trimStart();
    row.time = Math.max(row.time, until);
  }
  const column = Math.max(...rows.map(({ text }) => text.length));
  for (const row of rows) row.text = row.text.padEnd(column);
  return column;
}
