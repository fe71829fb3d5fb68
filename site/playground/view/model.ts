import type { Line } from '../engine/played.js';
import { describe } from '../describe.js';
import { MAX_FRAMES } from '../engine/limits.js';
import type { Hold, Mark, Report, StageReport } from '../report.js';
import { SOURCE, type Row } from '../rows.js';

/** A subscription to an input, or the result of an operator: what stands on one line. */
export interface Track {
  readonly label: string;
  readonly marks: readonly ShownMark[];
  /** From where to where there is a line. */
  readonly lives: readonly Stretch[];
}

interface Stretch {
  readonly from: number;
  /** `Infinity` if it did not end. */
  readonly to: number;
}

/** What came, or would have come without an earlier unsubscribe. */
export interface ShownMark extends Mark {
  readonly isGhost: boolean;
  /** Which marble of its row it is, if it can be moved. */
  readonly n?: number;
}

/** An input, with its place among the rows of the script. */
export interface InputTrack extends Track {
  readonly row: number;
  /** When it was subscribed to first. Its times are counted from there. */
  readonly from: number;
}

/** An operator with what it held, the clocks that it waited for, and what it emitted. */
export interface StageTrack extends Track {
  /** Nothing for a result that has a label only. */
  readonly call: string | undefined;
  readonly holds: readonly Hold[];
  readonly clocks: StageReport['clocks'];
  /** Several subscribers at a time have each a row of their own below. */
  readonly isShared: boolean;
}

/** What a picture shows. */
export interface Model {
  readonly inputs: readonly InputTrack[];
  readonly stages: readonly StageTrack[];
  readonly stopAt: number | undefined;
  /** When the last thing happens that a run plays, in ms. */
  readonly end: number;
}

/** What can't be subscribed to yet: nothing has run. */
const NOT_RUN = [{ from: 0, to: Infinity }];
const NEVER = [{ from: 0, to: -1 }];

function toInput(
  rows: readonly Row[],
  place: number,
  lines: readonly Line[],
  report: Report | undefined,
): InputTrack {
  const { name = SOURCE, marbles = [] } = rows[place] ?? {};
  const same = rows.filter((row) => row.name === name);
  const index = same.findIndex((row) => row === rows[place]);
  const line = lines[index];
  const runs = report
    ? report.runs.filter((run) => run.input === name && run.line === index)
    : NOT_RUN;
  const shown = runs.length ? runs : NEVER;
  const last = marbles.at(-1);
  return {
    row: place,
    from: shown[0]?.from ?? 0,
    label: same.length > 1 ? `${name} ${String(index + 1)}` : name,
    marks: shown.flatMap(({ from, to }, run) =>
      marbles.map(({ at, sign }, n): ShownMark => {
        const time = at + from;
        const isGhost = time > to;
        const own = run ? {} : { n };
        if (sign === '|')
          return { at: time, kind: 'complete', letter: '', lines: [], isGhost, ...own };
        if (sign === '#') {
          const { name: failed } = Object(line?.end?.error) as { name?: unknown };
          const lines = [typeof failed === 'string' ? failed : 'error'];
          return { at: time, kind: 'error', letter: '', lines, isGhost, ...own };
        }
        return { at: time, letter: sign, ...describe(line?.events[n]?.value), isGhost, ...own };
      }),
    ),
    lives: shown
      .filter(({ to }) => to >= 0)
      .map(({ from, to }) => {
        const end = last && /[|#]/.test(last.sign) ? last.at + from : Infinity;
        return { from, to: Math.min(to, end) };
      }),
  };
}

const toStage = (
  { label, isResult, marks, spans, holds, clocks }: StageReport,
  place: number,
  { length }: readonly unknown[],
): StageTrack => ({
  label: isResult ? label : place === length - 1 ? 'result' : '',
  call: isResult ? undefined : label,
  marks: marks.map((mark) => ({ ...mark, isGhost: false })),
  lives: spans,
  isShared: spans.some(({ from, to }, i) =>
    spans.some((other, j) => i !== j && other.from < to && from < other.to),
  ),
  ...{ holds, clocks },
});

export function toModel(
  rows: readonly Row[],
  inputs: Readonly<Record<string, readonly Line[]>>,
  report: Report | undefined,
  stopAt: number | undefined,
): Model {
  const tracks = rows.map((row, place) => toInput(rows, place, inputs[row.name] ?? [], report));
  const times = [...tracks, ...(report?.stages ?? [])].map(({ marks }) => marks.at(-1)?.at ?? 0);
  return {
    inputs: tracks,
    stages: (report?.stages ?? []).map(toStage),
    stopAt,
    end: Math.min(MAX_FRAMES, Math.max(1, ...times, report?.end ?? 0, stopAt ?? 0)),
  };
}
