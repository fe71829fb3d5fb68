import type { Message, Think, Tool } from '../../types/index.js';

/** The body of a request, as it was sent. A request that was refused may have other types than these. */
export interface ReceivedBody {
  /** The name of the model. */
  readonly model?: string;
  /** The conversation of `/api/chat`. */
  readonly messages?: readonly Message[];
  /** The prompt of `/api/generate`. */
  readonly prompt?: string;
  /** The texts of `/api/embed`. */
  readonly input?: string | readonly string[];
  /** Whether the answer streams. Absent means `true`. */
  readonly stream?: boolean;
  /** Whether the model is asked to think. Absent means that it does if it can. */
  readonly think?: Think;
  /** The tools that the model may call. */
  readonly tools?: readonly Tool[];
  /** Any other field of the body. */
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
  /** The HTTP method, such as `'POST'`. */
  readonly method: string;
  /** The path of the URL, such as `'/api/chat'`, without the query. */
  readonly path: string;
  /** The headers by their lower-case names. */
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
  /** How the response has ended; `'open'` until then. */
  readonly outcome: Outcome;
  /** Resolves when the response has ended or the client has left. Nothing is written after that. */
  readonly closed: Promise<Outcome>;
  /** When the headers of the request had arrived, in ms on the clock of `performance.now()`. */
  readonly receivedAt: number;
  /** When `closed` resolved, in ms on the same clock; `undefined` while the response is open. */
  readonly closedAt: number | undefined;
}
