import { identity, pipe, type OperatorFunction, type SchedulerLike } from 'rxjs';
import { checkDuration, checkScheduler } from '../time.js';
import type { PublicError } from '../wire/chatEvents.js';
import type { Format } from './format.js';
import { keepAlive } from './keepAlive.js';
import { publicEvents } from './publicEvents.js';
import { createPublicErrors } from './publicErrors.js';

/** What a client may know of errors. */
export interface PublicErrorOptions {
  /**
   * What the client may know of an error that ended the source, or of an `OllamaToolError`, whose `cause` is
   * what a tool failed with. If it throws, the default is sent.
   * @defaultValue the `code` of the error, or `'internal'`, with a message that says nothing more
   */
  readonly toPublicError?: ((error: unknown) => PublicError) | undefined;
}

/** How values become text. */
export interface TextOptions extends PublicErrorOptions {
  /** After so many ms of silence the client gets a sign of life; 0 sends none. @defaultValue `15000` */
  readonly heartbeat?: number | undefined;
  /** Where the time of `heartbeat` comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** @throws RangeError or TypeError for an option that can't be used */
export function checkTextOptions({ heartbeat, scheduler }: TextOptions): void {
  checkDuration('heartbeat', heartbeat);
  checkScheduler(scheduler);
}

/**
 * The text of a response, with signs of life.
 *
 * @param onFailure gets the error that the text ends with, and what the client may know of it
 */
export function toText<T>(
  format: Format<T>,
  { toPublicError, heartbeat = 15_000, scheduler }: TextOptions,
  onFailure: (error: unknown, publicError: PublicError) => void = () => undefined,
): OperatorFunction<T, string> {
  const errors = createPublicErrors(toPublicError);
  const encode = format.encode({
    toPublicError(error) {
      const publicError = errors.ofSource(error);
      onFailure(error, publicError);
      return publicError;
    },
  });
  return pipe(
    publicEvents(errors),
    encode,
    format.heartbeat && heartbeat ? keepAlive(format.heartbeat, heartbeat, scheduler) : identity,
  );
}
