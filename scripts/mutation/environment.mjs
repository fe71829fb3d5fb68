import { TestEnvironment } from 'jest-environment-node';

/** These compare CPU times, which on a busy machine would tell more of the machine than of a mutant. */
const MEASURES_TIME = /takes time (?:in proportion|that is linear)|costs no more than/;

/** Leaves out the rest of a file once a test has failed: one is enough to kill a mutant. */
export default class MutationEnvironment extends TestEnvironment {
  hasFailed = false;

  /** @param {import('@jest/types').Circus.Event} event */
  handleTestEvent = (event) => {
    if (event.name === 'test_start') {
      const names = [event.test.name];
      for (let at = event.test.parent; at.parent; at = at.parent) names.unshift(at.name);
      if (this.hasFailed || MEASURES_TIME.test(names.join(' '))) event.test.mode = 'skip';
    } else if (event.name === 'test_done') {
      this.hasFailed ||= event.test.errors.length > 0;
    }
  };
}
