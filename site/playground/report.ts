import type { Lane } from '../../spec/support/diagram/timeline.js';
import { findLinks } from '../../spec/support/diagram/links.js';
import { describeError, type Kind } from '../../spec/support/diagram/values.js';
import { createLegend } from '../../lib/testing/legend.js';
import type { Clock, Event, Line, Played, Span, Stage } from './engine/played.js';
import { describe, shorten } from './describe.js';
import { toScreens, type Screen } from './screens.js';

/** What passed at one time, ready to be drawn. */
export interface Mark {
  readonly at: number;
  readonly kind: Kind | 'complete' | 'error';
  readonly letter: string;
  readonly lines: readonly string[];
}

/** A value while an operator held it back. */
export interface Hold {
  readonly kind: Kind;
  readonly from: readonly number[];
  readonly to: number;
}

/** An operator with what it emitted. */
export interface StageReport {
  readonly label: string;
  /** Whether it is a result by its label, and no operator. */
  readonly isResult: boolean;
  readonly marks: readonly Mark[];
  readonly spans: readonly Span[];
  readonly holds: readonly Hold[];
  readonly clocks: readonly Clock[];
}

/** A subscription to an input. */
export interface RunReport extends Span {
  readonly input: string;
  /** Which row of the input it got. */
  readonly line: number;
}

/** All that the page draws of a run. */
export interface Report {
  readonly runs: readonly RunReport[];
  readonly stages: readonly StageReport[];
  readonly screens: readonly Screen[];
  /** When the last thing happened. */
  readonly end: number;
  readonly isCut: boolean;
}

/** More marks of a stage are not reported. */
export const MAX_MARKS = 5000;
/** Where rows have more marks, what was held back and the letters are too small to see. */
export const MAX_DRAWN = 60;
function toMarks(events: readonly Event[], letterOf: (value: unknown) => string): Mark[] {
  return events.slice(0, MAX_MARKS).map((event) => {
    const { at } = event;
    if (event.end === 'complete') return { at, kind: 'complete', letter: '', lines: [] };
    if (event.end === 'error') {
      const { message } = Object(event.error) as { message?: unknown };
      const lines = [
        describeError(event.error),
        ...(typeof message === 'string' && message ? [shorten(message, 120)] : []),
      ];
      return { at, kind: 'error', letter: '', lines };
    }
    return { at, letter: letterOf(event.value), ...describe(event.value) };
  });
}

/** The events of a subscription as a row of a diagram. */
function toLane(events: readonly Event[], from = 0): Lane {
  const moments = events.flatMap((event) =>
    event.end ? [] : [{ at: event.at + from, marbles: [{ letter: '', value: event.value }] }],
  );
  return {
    ...{ label: '', marbles: '', subscriptions: [], spans: [], error: undefined },
    runs: [{ from, to: Infinity, moments, end: Infinity }],
  };
}

const isShort = (events: readonly unknown[]): boolean => events.length <= MAX_DRAWN;

function findHolds(above: Lane | undefined, { events }: Stage): Hold[] {
  if (!above || !isShort(events)) return [];
  try {
    return findLinks(above, toLane(events)).map(({ kind, from, to }) => ({ kind, from, to }));
  } catch {
    return [];
  }
}

/** What came of an input, over all subscriptions to it. */
function toInputLane(lines: readonly Line[], runs: Played['inputs'][string]): Lane | undefined {
  const all = runs.map(({ line, from, to }) => {
    const events = lines[line]?.events.filter(({ at }) => at + from <= to) ?? [];
    return isShort(events) ? toLane(events, from) : undefined;
  });
  return all.length === 1 ? all[0] : undefined;
}

/** When the last thing happened that has a time. */
function findEnd(
  { inputs, stages, results }: Played,
  lines: Readonly<Record<string, readonly Line[]>>,
) {
  const runs = Object.entries(inputs).flatMap(([name, all]) =>
    all.map(({ line, from, to }) => {
      const { events = [], end } = lines[name]?.[line] ?? {};
      const own = from + (end ?? events.at(-1) ?? { at: 0 }).at;
      return to === Infinity ? own : Math.max(own, to);
    }),
  );
  const times = [...stages, ...results].flatMap(({ events }) => events.at(-1)?.at ?? 0);
  return Math.max(0, ...runs, ...times);
}

/** Makes what the page gets of a run: nothing but short texts and numbers. */
export function toReport(
  played: Played,
  lines: Readonly<Record<string, readonly Line[]>>,
  source: string,
): Report {
  const { inputs, results, isCut } = played;
  const [only] = results;
  const isChain = results.length === 1 && played.stages.length > 0;
  const shown = [
    ...played.stages.map((stage) => ({ stage, isResult: false })),
    ...(isChain ? [] : results.map((stage) => ({ stage, isResult: true }))),
  ];
  const legend = createLegend();
  let above = toInputLane(lines[source] ?? [], inputs[source] ?? []);
  const stages = shown.map(({ stage, isResult }): StageReport => {
    const holds = isResult ? [] : findHolds(above, stage);
    const { label, events, spans, clocks } = stage;
    if (!isResult) above = isShort(events) ? toLane(events) : undefined;
    const letterOf = isShort(events) ? (value: unknown) => toLetter(legend, value) : () => '';
    return {
      ...{ label: shorten(label, 200), isResult, holds },
      marks: toMarks(events, letterOf),
      spans: spans.slice(0, MAX_DRAWN),
      clocks: isShort(events) ? clocks.filter(({ from, to }) => to > from).slice(0, MAX_DRAWN) : [],
    };
  });
  return {
    runs: Object.entries(inputs).flatMap(([input, all]) =>
      all.slice(0, MAX_DRAWN).map((run) => ({ input, ...run })),
    ),
    stages,
    screens: only ? toScreens(only, played.stages.at(-1)?.label ?? '') : [],
    end: findEnd(played, lines),
    isCut,
  };
}

function toLetter(legend: ReturnType<typeof createLegend>, value: unknown): string {
  try {
    return legend.letterOf(value);
  } catch {
    return '';
  }
}
