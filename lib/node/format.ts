import type { OperatorFunction } from 'rxjs';
import type { Streamed } from '../tools/events.js';
import type { PublicError } from '../wire/chatEvents.js';

/** What a format needs to know of the delivery. */
export interface EncodeOptions {
  /** What the client may know of an error. Called once at most: for the error that ends the source. */
  readonly toPublicError: (error: unknown) => PublicError;
}

/**
 * How values become the text of a response: a wire format that some kind of client reads.
 *
 * What reaches `encode` is public already: the errors of tools are replaced, and `finish` has only the
 * messages of the run.
 */
export interface Format<T = Streamed> {
  /** The headers of the response. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * When `pipeToResponse` sends the headers. `'now'`: at once. `'first'`: with the first text, so that a
   * source that fails before it is answered with a status of its own.
   */
  readonly commit: 'now' | 'first';
  /**
   * Makes the text of each response. It never errors: its last text says how the source ended. With
   * `commit: 'now'` its first text comes when it is subscribed to.
   */
  encode(options: EncodeOptions): OperatorFunction<T, string>;
  /** The text that keeps a silent connection alive, if the format has one. */
  readonly heartbeat?: string | undefined;
  /** With `commit: 'first'`: the JSON of a response with a status. @defaultValue what `encode` emits */
  readonly failure?: ((error: PublicError) => string) | undefined;
}
