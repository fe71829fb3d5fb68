import type { Scenario } from './script.js';

/** What the server answers by itself: one JSON value, or a scenario in place of the script's. */
export type Verdict =
  { readonly status: number; readonly answer: unknown } | { readonly scenario: Scenario };

export function toRefusal(status: number, error: string): Verdict {
  return { status, answer: { error } };
}
