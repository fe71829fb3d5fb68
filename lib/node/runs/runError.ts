/** Which request for a run can't be served, and why. */
export type RunErrorCode = 'not-found' | 'bad-id' | 'bad-key' | 'closed' | 'unsure';

const STATUSES = {
  'not-found': 404,
  'bad-id': 400,
  'bad-key': 400,
  closed: 503,
  unsure: 503,
} as const;

/**
 * A request for a run that can't be served. Express, Fastify and Nest answer with its status when a handler
 * throws it. Its message can be shown to the client.
 *
 * - `'not-found'` (404): there is no such run, or no longer, or it belongs to another owner
 * - `'bad-id'` (400): `after` is not the id of an event
 * - `'bad-key'` (400): `key` is empty, not well-formed Unicode, or longer than 1,024 characters
 * - `'closed'` (503): this gateway shuts down
 * - `'unsure'` (503): the store does not have the run, but could not be reached within the last `lease` ms. So its
 *   gateway may be about to write it again
 *
 * ```ts
 * import { RunError, createRuns } from 'rxjs-ollama/node';
 *
 * const runs = createRuns();
 * export function open(id: string, after: string | undefined): Response | undefined {
 *   try {
 *     runs.follow(id, { owner: 'ann', after });
 *   } catch (error) {
 *     if (error instanceof RunError) return new Response(error.message, { status: error.statusCode });
 *   }
 *   return undefined;
 * }
 * ```
 *
 * @see {@link createRuns}
 */
export class RunError extends Error {
  /** The name of the class. */
  override readonly name = 'RunError';
  /** The status of the answer to the request. */
  readonly statusCode: 400 | 404 | 503;
  /** The same, by the name that Express looks for. Nest wants both. */
  readonly status: 400 | 404 | 503;
  /** Says to frameworks that the message is for the client. */
  readonly expose = true;

  constructor(
    message: string,
    /** The kind of the error. */
    readonly code: RunErrorCode,
  ) {
    super(message);
    this.statusCode = this.status = STATUSES[code];
  }
}
