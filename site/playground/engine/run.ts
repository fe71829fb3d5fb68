import type { TestScheduler } from 'rxjs/testing';
import { MAX_EVENTS } from './limits.js';
import type { Event, Stage } from './played.js';

/** A run of a pipeline while it lasts. */
export interface Run {
  readonly scheduler: TestScheduler;
  /** The stage whose operator runs at the moment. */
  current: Stage | undefined;
  /** Events so far. */
  count: number;
  isCut: boolean;
  /** Unsubscribes from all results. */
  stop: () => void;
}

/** Calls a function in which the operator of a stage runs. */
export function within<T>(run: Run, stage: Stage | undefined, act: () => T): T {
  const before = run.current;
  run.current = stage;
  try {
    return act();
  } finally {
    run.current = before;
  }
}

/** Records an event, and ends a run that has too many. */
export function record(run: Run, { events }: Stage, event: Event): void {
  events.push(event);
  run.count++;
  if (run.count < MAX_EVENTS || run.isCut) return;
  run.isCut = true;
  run.stop();
}

export const newStage = (label: string): Stage => ({ label, events: [], spans: [], clocks: [] });
