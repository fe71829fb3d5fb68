import { RunError } from './runError.js';
import type { StartOptions } from './runs.js';

/** Longer ones name nothing that people or programs choose, and would fill the store. */
const MAX_LENGTH = 1024;
const SHAPE = `a well-formed text of 1 to ${String(MAX_LENGTH)} characters`;

/** @throws TypeError unless it names an owner: without one, all users would share their runs */
export function checkOwner(owner: unknown): void {
  if (isName(owner)) return;
  throw new TypeError(`owner is not ${SHAPE}. Set it to the id of the user who asks.`);
}

/**
 * @throws TypeError for an owner that is none
 * @throws RunError for a key that is none: it comes from a client
 */
export function checkStart({ owner, key }: StartOptions): void {
  checkOwner(owner);
  if (key === undefined || isName(key)) return;
  throw new RunError(`The key of a run is not ${SHAPE}. Send such a key, or none.`, 'bad-key');
}

/** Half a surrogate pair has no bytes of its own: a store could take two names for one. */
const isName = (value: unknown): boolean =>
  typeof value === 'string' &&
  value !== '' &&
  value.length <= MAX_LENGTH &&
  !/\p{Surrogate}/u.test(value);
