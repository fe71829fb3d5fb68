import type { ObservableNotification } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { Clock } from './clocks.js';

/** What happens in one row at one time, in this order. */
export interface Moment {
  /** In ms. */
  readonly at: number;
  readonly marbles: readonly Marble[];
  readonly end?: 'complete' | 'error' | 'leave';
}

interface Marble {
  readonly letter: string;
  readonly value: unknown;
}

/** The time of a subscription, in ms. It ends at `Infinity` if the test does not say when. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** All that a subscription gets, and what it would get without an earlier unsubscribe. */
export interface Run extends Span {
  readonly moments: readonly Moment[];
  /** When it would end without an unsubscribe. */
  readonly end: number;
}

/** A row of a diagram. */
export interface Lane {
  readonly label: string;
  /** As the spec asserted them. */
  readonly marbles: string;
  /** Subscription marbles, as the spec asserted them. */
  readonly subscriptions: readonly string[];
  readonly runs: readonly Run[];
  /** The subscriptions to an input. */
  readonly spans: readonly Span[];
  readonly error: unknown;
}

/** A call, and what it emits. */
export interface Stage {
  readonly call: string;
  readonly results: readonly Lane[];
}

/** What a diagram shows. */
export interface Timeline {
  readonly title: string;
  readonly inputs: readonly Lane[];
  /** Each gets what the one before emits. */
  readonly stages: readonly Stage[];
  readonly clocks: readonly Clock[];
}

/** Marbles with all that a spec said about them. */
export interface Strings {
  readonly marbles: string;
  readonly values: Readonly<Record<string, unknown>> | undefined;
  readonly error: unknown;
  readonly subscriptions: readonly string[];
}

/** How long one character of a drawn marble string is, in ms: about the time that a model needs per token. */
export const FRAME_MS = 10;

function parseMoments({ marbles, values }: Strings, offset: number): Moment[] {
  const moments = new Map<number, Moment>();
  // Without values, the parser gives the letters.
  const messages: readonly { frame: number; notification: ObservableNotification<string> }[] =
    TestScheduler.parseMarbles(marbles, undefined, undefined, true, true);
  for (const { frame, notification } of messages) {
    const at = frame + offset;
    const { marbles: before } = moments.get(at) ?? { marbles: [] };
    if (notification.kind === 'N') {
      const { value: letter } = notification;
      const marble = { letter, value: values ? values[letter] : letter };
      moments.set(at, { at, marbles: [...before, marble] });
    } else {
      const end = notification.kind === 'C' ? 'complete' : 'error';
      moments.set(at, { at, marbles: before, end });
    }
  }
  return [...moments.values()];
}

const parseSubscription = (marbles: string): Span => {
  const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(
    marbles,
    true,
  );
  // Marbles with nothing but the unsubscribe mean a subscription from the beginning.
  return { from: subscribedFrame === Infinity ? 0 : subscribedFrame, to: unsubscribedFrame };
};

const toRun = (span: Span, moments: readonly Moment[]): Run => ({
  ...span,
  moments,
  end: moments.find(({ end }) => end)?.at ?? Infinity,
});

const never: Span = { from: 0, to: -1 };
const always: Span = { from: 0, to: Infinity };

/**
 * A cold input: its time begins with each of its subscriptions. Call it within `run`, where ` 9ms ` is
 * nine milliseconds.
 */
export function toInput(label: string, strings: Strings): Lane {
  const spans = strings.subscriptions.map(parseSubscription);
  const runs = spans.length ? spans : [never];
  return {
    label,
    ...strings,
    spans,
    runs: runs.map((span) => toRun(span, parseMoments(strings, span.from))),
  };
}

/** A result: its time is that of the test. */
export function toResult(label: string, strings: Strings): Lane {
  const [span = always] = strings.subscriptions.map(parseSubscription);
  const moments = parseMoments(strings, 0);
  const { to } = span;
  if (to === Infinity) return { label, ...strings, spans: [], runs: [toRun(span, moments)] };
  // An unsubscribe at the end cuts nothing off.
  const last = moments.find(({ at }) => at === to) ?? { at: to, marbles: [] };
  const left: Moment[] = [...moments.filter(({ at }) => at < to), { end: 'leave', ...last }];
  return { label, ...strings, spans: [], runs: [toRun(span, left)] };
}

/** Whether an unsubscribe ends a run before its own end. */
export const isCut = (run: Run): boolean => run.to < run.end;

/** All rows from top to bottom. */
export const listLanes = ({ inputs, stages }: Timeline): Lane[] => [
  ...inputs,
  ...stages.flatMap(({ results }) => results),
];

/** Every time at which something happens. */
export function listTimes(timeline: Timeline): number[] {
  const lanes = listLanes(timeline);
  const runs = lanes.flatMap((lane) => lane.runs);
  const spans = [...runs, ...lanes.flatMap((lane) => lane.spans), ...timeline.clocks];
  const times = [0, ...spans.flatMap(({ from, to }) => [from, to]), ...runs.map(({ end }) => end)];
  const moments = runs.flatMap((run) => run.moments.map(({ at }) => at));
  const all = new Set([...times, ...moments].filter((at) => at >= 0 && Number.isFinite(at)));
  return [...all].sort((a, b) => a - b);
}

/** What happens before `to`, but not before `from`, without the rows in which nothing happens. */
export function slice(timeline: Timeline, from: number, to: number): Timeline {
  const overlaps = (span: Span): boolean => span.from < to && span.to >= from;
  const sliceLane = (lane: Lane): Lane => ({
    ...lane,
    spans: lane.spans.filter(overlaps),
    runs: lane.runs
      .filter((run) => overlaps({ ...run, to: run.end }))
      .map((run) => ({ ...run, moments: run.moments.filter(({ at }) => at >= from && at < to) })),
  });
  const isBusy = ({ runs, spans }: Lane): boolean =>
    spans.length > 0 || runs.some(({ moments }) => moments.length);
  return {
    title: timeline.title,
    inputs: timeline.inputs.map(sliceLane).filter(isBusy),
    stages: timeline.stages.map(({ call, results }) => ({
      call,
      results: results.map(sliceLane).filter(isBusy),
    })),
    clocks: timeline.clocks.filter((clock) => clock.from < to && clock.to > from),
  };
}
