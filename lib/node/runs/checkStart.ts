import type { StartOptions } from './runs.js';

/** Longer ones name nothing that people or programs choose, and would fill the store. */
const MAX_LENGTH = 1024;

/** @throws TypeError unless it names an owner: without one, all users would share their runs */
export function checkOwner(owner: unknown): void {
  checkName('owner', owner, 'Set it to the id of the user who asks.');
}

/** @throws TypeError for options that no run can be started with */
export function checkStart({ owner, key }: StartOptions): void {
  checkOwner(owner);
  if (key !== undefined) checkName('key', key, 'Set it to one, or omit it.');
}

function checkName(name: string, value: unknown, advice: string): void {
  if (typeof value === 'string' && value && value.length <= MAX_LENGTH) return;
  throw new TypeError(`${name} is not a text of 1 to ${String(MAX_LENGTH)} characters. ${advice}`);
}
