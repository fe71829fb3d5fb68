// What goes into the engine, and what comes out. All times are ms.
import type { Observable } from 'rxjs';

/** What one subscription to an input gets. */
export interface Line {
  /** In the order of time. */
  readonly events: readonly { readonly at: number; readonly value: unknown }[];
  readonly end?: { readonly at: number; readonly error?: unknown } | undefined;
}

/** The time of a subscription. `to` is `Infinity` if it still lasted when the run ended. */
export interface Span {
  readonly from: number;
  to: number;
}

/** What passed a stage. */
export type Event =
  | { readonly at: number; readonly value: unknown; readonly end?: undefined }
  | { readonly at: number; readonly end: 'complete' }
  | { readonly at: number; readonly end: 'error'; readonly error: unknown };

/** What an operator emitted. */
export interface Stage {
  readonly label: string;
  readonly events: Event[];
  readonly spans: Span[];
  readonly clocks: Clock[];
}

/** A timer that an operator has started. */
export interface Clock {
  readonly from: number;
  to: number;
  readonly ms: number;
  /** Whether it ended by itself, and not because it was cancelled. */
  fired: boolean;
}

/** What was subscribed to of an input, each time. */
export interface InputRun extends Span {
  /** Which of the lines of the input it got. */
  readonly line: number;
}

/** A pipeline, from the inputs to the result. */
export interface Played {
  readonly inputs: Readonly<Record<string, readonly InputRun[]>>;
  readonly stages: readonly Stage[];
  /** The results by their labels, if the pipeline has several. */
  readonly results: readonly Stage[];
  /** Virtual time reached its limit, or there were too many events. */
  readonly isCut: boolean;
}

export type Operator = (source: Observable<never>) => Observable<unknown>;
export type Sources = Readonly<Record<string, Observable<never>>>;
/** Applies operators, each with the label of its stage, and records what each one emits. */
export type Track = (
  source: Observable<never>,
  operators: readonly (readonly [label: string, operator: Operator])[],
) => Observable<never>;
