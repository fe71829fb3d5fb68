import type { ObservableNotification } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

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

/** From when until when something is subscribed to, in ms; to `Infinity` if nobody says until when. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** What comes of one subscription, and what would have come if it hadn't been let go of before. */
export interface Run extends Span {
  readonly moments: readonly Moment[];
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

/** What a diagram shows. */
export interface Timeline {
  readonly title: string;
  readonly inputs: readonly Lane[];
  readonly call: string;
  readonly results: readonly Lane[];
}

/** Marbles with all that a spec said of them. */
export interface Strings {
  readonly marbles: string;
  readonly values: Readonly<Record<string, unknown>> | undefined;
  readonly error: unknown;
  readonly subscriptions: readonly string[];
}

function parseMoments({ marbles, values }: Strings, offset: number): Moment[] {
  const moments = new Map<number, Moment>();
  // Without values it gives the letters.
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
  // A consumer of which only the leaving is told was there from the beginning.
  return { from: subscribedFrame === Infinity ? 0 : subscribedFrame, to: unsubscribedFrame };
};

const never: Span = { from: 0, to: -1 };
const always: Span = { from: 0, to: Infinity };

/**
 * A cold input: its time begins with each of its subscriptions. To be called within `run`, where a
 * frame is a millisecond and ` 9ms ` is nine.
 */
export function toInput(label: string, strings: Strings): Lane {
  const spans = strings.subscriptions.map(parseSubscription);
  const runs = spans.length ? spans : [never];
  return {
    label,
    ...strings,
    spans,
    runs: runs.map((span) => ({ ...span, moments: parseMoments(strings, span.from) })),
  };
}

/** What came out: its time is that of the test. */
export function toResult(label: string, strings: Strings): Lane {
  const [span = always] = strings.subscriptions.map(parseSubscription);
  const moments = parseMoments(strings, 0);
  const { to } = span;
  if (to === Infinity) return { label, ...strings, spans: [], runs: [{ ...span, moments }] };
  // Who leaves at the end does not cut anything short.
  const last = moments.find(({ at }) => at === to) ?? { at: to, marbles: [] };
  const left: Moment[] = [...moments.filter(({ at }) => at < to), { end: 'leave', ...last }];
  return { label, ...strings, spans: [], runs: [{ ...span, moments: left }] };
}

/** Where a run would end if it was let be. */
export const endOf = ({ moments }: Run): number => moments.find(({ end }) => end)?.at ?? Infinity;

/** Whether a run is let go of before its end. */
export const isCut = (run: Run): boolean => run.to < endOf(run);
