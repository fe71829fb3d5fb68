import { alignMarbles, type Moment } from './alignMarbles.js';
import { describeValue } from './describeValue.js';
import { createLegend } from './legend.js';
import { show } from './show.js';

/** What `TestScheduler` records of an Observable. */
export interface Frame {
  readonly frame: number;
  readonly notification: Notification;
}

interface Notification {
  readonly kind: 'N' | 'E' | 'C';
  readonly value?: unknown;
  readonly error?: unknown;
}

/** What `TestScheduler` records of a subscription. */
export interface SubscriptionFrames {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

/** How marbles differ, drawn. */
export interface MarbleDifference {
  readonly message: string;
  /** The first two values, or errors, that are at the same place but differ. */
  readonly values?: readonly [actual: unknown, expected: unknown] | undefined;
}

/** What stands at the same place of what was expected and of what came. */
interface Pair {
  expected?: Notification;
  actual?: Notification;
}

/** Draws how the notifications differ; `undefined` if each equals its counterpart. */
export function findDifference(
  actual: readonly Frame[],
  expected: readonly Frame[],
  equals: (actual: unknown, expected: unknown) => boolean,
): MarbleDifference | undefined {
  const legend = createLegend();
  const signOf = ({ kind, value }: Notification): string =>
    kind === 'N' ? legend.letterOf(value) : kind === 'C' ? '|' : '#';
  const rows: Rows = { label: '', expected: [], actual: [] };
  let first: (Pair & { readonly at: number }) | undefined;

  for (const [at, pairs] of pairByTime(actual, expected)) {
    const signs = { expected: '', actual: '' };
    for (const pair of pairs) {
      const isSame = pair.actual && pair.expected && equals(pair.actual, pair.expected);
      if (!isSame) first ??= { at, ...pair };
      const wanted = pair.expected ? signOf(pair.expected) : '';
      let came = pair.actual && !isSame ? signOf(pair.actual) : isSame ? wanted : '';
      // They differ, but look the same.
      if (!isSame && came === wanted && pair.actual?.kind === 'N') {
        came = legend.letterOf(pair.actual.value, true);
      }
      signs.expected += wanted;
      signs.actual += came;
    }
    if (signs.expected) rows.expected.push({ at, signs: signs.expected });
    if (signs.actual) rows.actual.push({ at, signs: signs.actual });
  }
  if (!first) return undefined;
  const lines = [...legend.lines(), ...describeErrors(actual, expected)];
  return {
    message: draw('marbles', [rows], 0, first.at, lines),
    values: contentsOf(first),
  };
}

/** Draws how the subscriptions differ; `undefined` if they don't. */
export function findSubscriptionDifference(
  actual: readonly SubscriptionFrames[],
  expected: readonly SubscriptionFrames[],
): MarbleDifference | undefined {
  const count = Math.max(actual.length, expected.length);
  const all = Array.from({ length: count }, (_, n): Rows => ({
    label: count > 1 ? ` ${String(n + 1)}` : '',
    expected: toMoments(expected[n]),
    actual: toMoments(actual[n]),
  }));
  const differences = all.flatMap((rows, pair) => {
    const times = [...rows.expected, ...rows.actual].map(({ at }) => at).sort((a, b) => a - b);
    const signsAt = (moments: readonly Moment[], time: number) =>
      moments.find(({ at }) => at === time)?.signs;
    const at = times.find((time) => signsAt(rows.expected, time) !== signsAt(rows.actual, time));
    return at === undefined ? [] : [{ pair, at }];
  });
  const [first] = differences.sort((a, b) => a.at - b.at);
  return first && { message: draw('subscriptions', all, first.pair, first.at, []) };
}

/** Two rows that should be the same. */
interface Rows {
  readonly label: string;
  readonly expected: Moment[];
  readonly actual: Moment[];
}

function draw(
  what: 'marbles' | 'subscriptions',
  pairs: readonly Rows[],
  differing: number,
  at: number,
  legend: readonly string[],
): string {
  const moments = pairs.flatMap(({ expected, actual }) => [expected, actual]);
  const { rows, columns } = alignMarbles(moments);
  const labels = pairs.flatMap(({ label }) => [`expected${label}`, `actual${label}`]);
  const width = Math.max(...labels.map((label) => label.length)) + 2;
  const lines = rows.map((row, n) => {
    const isMissing = what === 'subscriptions' && !moments[n]?.length;
    return (labels[n] ?? '').padEnd(width) + (isMissing ? '(none)' : row);
  });
  lines.splice(2 * differing + 2, 0, `${' '.repeat(width + (columns.get(at) ?? 0))}^`);
  return [
    `The ${what} differ at ${String(at)} ms.`,
    '',
    ...lines,
    ...(legend.length ? ['', ...legend] : []),
  ].join('\n');
}

/** The pairs of each time, in the order of time. */
function pairByTime(
  actual: readonly Frame[],
  expected: readonly Frame[],
): readonly (readonly [at: number, pairs: readonly Pair[]])[] {
  const times = new Map<number, Pair[]>();
  for (const [side, frames] of [['expected', expected] as const, ['actual', actual] as const]) {
    for (const { frame, notification } of frames) {
      const pairs = times.get(frame) ?? [];
      times.set(frame, pairs);
      const open = pairs.find((pair) => !pair[side]);
      if (open) open[side] = notification;
      else pairs.push({ [side]: notification });
    }
  }
  return [...times].sort(([a], [b]) => a - b);
}

function contentsOf({ actual, expected }: Pair): MarbleDifference['values'] {
  if (!actual || actual.kind !== expected?.kind) return undefined;
  return actual.kind === 'N' ? [actual.value, expected.value] : [actual.error, expected.error];
}

function describeErrors(actual: readonly Frame[], expected: readonly Frame[]): readonly string[] {
  const errors = [['expected', expected] as const, ['actual  ', actual] as const].flatMap(
    ([side, frames]) =>
      frames.flatMap(({ notification: { kind, error } }) =>
        kind === 'E' ? [{ side, error }] : [],
      ),
  );
  const count = (texts: readonly string[]): number => new Set(texts).size;
  const short = errors.map(({ error }) => describeValue(error));
  const full = errors.map(({ error }) => show(error));
  if (count(full) < 2) return short.slice(0, 1).map((text) => `#  ${text}`);
  const texts = count(short) < 2 ? full : short;
  return errors.map(({ side }, n) => `#  ${side} ${texts[n] ?? ''}`);
}

function toMoments(subscription: SubscriptionFrames | undefined): Moment[] {
  if (!subscription) return [];
  const { subscribedFrame, unsubscribedFrame } = subscription;
  if (subscribedFrame === unsubscribedFrame) return [{ at: subscribedFrame, signs: '^!' }];
  return [
    { at: subscribedFrame, signs: '^' },
    { at: unsubscribedFrame, signs: '!' },
  ].filter(({ at }) => at < Infinity);
}
