import { checkCount, checkDuration, checkScheduler } from '../../time.js';
import { describeKind } from '../../transport/describeKind.js';
import type { RunsOptions } from './runs.js';

/** @throws RangeError or TypeError for options that runs can't be kept with */
export function checkRunsOptions(options: RunsOptions): void {
  const { grace, lease, ttl, restart, maxChunks, scheduler } = options;
  const onOrphan: unknown = options.onOrphan;
  checkDuration('grace', grace);
  checkCount('lease', lease);
  checkDuration('ttl', ttl);
  checkCount('maxChunks', maxChunks);
  checkScheduler(scheduler);
  if (onOrphan !== undefined && onOrphan !== 'fail' && onOrphan !== 'restart') {
    throw new TypeError(`onOrphan is ${describeKind(onOrphan)}. Set it to 'fail' or 'restart'.`);
  }
  if (restart && onOrphan !== 'restart') {
    throw new TypeError("restart needs onOrphan: 'restart'. Set both, or omit restart.");
  }
}
