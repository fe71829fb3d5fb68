import { describe, it } from '@jest/globals';
import { callbackChecks } from './contract/callbacks.js';
import { contentChecks } from './contract/content.js';
import type { Candidate, Check } from './contract/harness.js';
import { stateChecks } from './contract/state.js';
import { subscriptionChecks } from './contract/subscription.js';
import { timeChecks } from './contract/time.js';

export type { Candidate };

/** The rules that a candidate has to keep. */
export function checksFor(candidate: Candidate): readonly Check[] {
  return [
    ...subscriptionChecks(candidate),
    ...stateChecks,
    ...timeChecks,
    ...(candidate.keepsType ? contentChecks : []),
    ...callbackChecks(candidate),
  ];
}

/**
 * What every operator has to keep, whatever it is for (docs/semantics.md). Each operator's spec calls
 * it once, and tells only the operator's own story apart from it:
 *
 * ```ts
 * describeOperatorContract({
 *   name: 'bufferForUi',
 *   operator: (scheduler) => bufferForUi({ scheduler }),
 *   keepsType: true,
 *   emitsLater: true,
 * });
 * ```
 */
export function describeOperatorContract(candidate: Candidate): void {
  describe(`${candidate.name} keeps the operator contract: it`, () => {
    for (const check of checksFor(candidate)) {
      it(check.name, () => {
        check.run(candidate);
      });
    }
  });
}
