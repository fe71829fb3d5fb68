import type { Message, Think, Tool } from '../../types/index.js';

/** The body of a request, as it was sent. A request that was refused may have other types than these. */
export interface ReceivedBody {
  readonly model?: string;
  readonly messages?: readonly Message[];
  readonly prompt?: string;
  readonly input?: string | readonly string[];
  readonly stream?: boolean;
  readonly think?: Think;
  readonly tools?: readonly Tool[];
  readonly [key: string]: unknown;
}

/**
 * How a response ended, if it has.
 *
 * - `'open'`: not yet
 * - `'completed'`: all of it was written
 * - `'aborted'`: the client left before the end
 * - `'dropped'`: the server closed the connection, by a fault or by `close()`
 */
export type Outcome = 'open' | 'completed' | 'aborted' | 'dropped';

/** A request, and the state of its response. */
export interface ReceivedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Empty if there was none, or if it is not a JSON object. */
  readonly body: ReceivedBody;
  /**
   * Whether a real model would think: `think` asks for it, or is missing or `null`, and the model can.
   * Ollama's default is to think.
   */
  readonly thinks: boolean;
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
  /** How many lines of the response were written to the connection, counted by their newlines. */
  readonly linesWritten: number;
  readonly outcome: Outcome;
  /** Resolves when the response has ended or the client has left. Nothing is written after that. */
  readonly closed: Promise<Outcome>;
  /** On the clock of `performance.now()`. */
  readonly receivedAt: number;
  /** When `closed` resolved; `undefined` while the response is open. */
  readonly closedAt: number | undefined;
}
