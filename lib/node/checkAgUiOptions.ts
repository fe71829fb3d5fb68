import type { AgUiOptions } from './agUiParts.js';

const FIELDS = ['threadId', 'runId', 'parentRunId'] as const;

/** @throws TypeError for an id that is not a string: it comes from a client, which may send anything */
export function checkAgUiOptions(options: AgUiOptions): void {
  const given = Object(options) as Readonly<Record<string, unknown>>;
  for (const field of FIELDS) {
    const id = given[field];
    if (typeof id === 'string' || (field === 'parentRunId' && id === undefined)) continue;
    throw new TypeError(
      `${field} is of type ${id === null ? 'null' : typeof id}. Set it to the string that the client sent.`,
    );
  }
}
