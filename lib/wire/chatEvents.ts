import { OllamaStreamError, isOllamaError, type OllamaError } from '../errors.js';
import type { AssistantMessage } from '../types/index.js';
import { excerpt } from './excerpt.js';
import type { Line } from './line.js';
import { asText, readError } from './readError.js';

// What `rxjs-ollama/node` writes and `fromChatEvents` reads. A stream of events has values, each with a
// name, and then one terminal event, which is always the last one. The data of an event is one line of JSON:
// a chunk, an event of a run, or a terminal. In NDJSON these lines are all there is.

/** The `Content-Type` of events, and of the same data as lines. */
export const SSE_TYPE = 'text/event-stream';
export const NDJSON_TYPE = 'application/x-ndjson';

/** Names the run that an answer belongs to. */
export const RUN_ID_HEADER = 'x-run-id';
/** Beside it: where the events of the run can be read again. A path, or a URL of the same origin. */
export const RUN_EVENTS_HEADER = 'content-location';

/** The first event of a stream without attempts has this attempt. `seq` starts at 1 too. */
export const FIRST_ATTEMPT = 1;

/** The comments that open a stream, and keep a silent one alive. */
export const OPENING = ': open\n\n';
export const HEARTBEAT = ': hb\n\n';

/** The names of values: `chunk` for a chunk, and otherwise the `type` of the event of a run. */
export const VALUE_NAMES = [
  'chunk',
  'tool-call',
  'tool-approval',
  'tool-start',
  'tool-progress',
  'tool-result',
  'tool-error',
  'tool-denied',
  'step-finish',
  'finish',
] as const;
export type ValueName = (typeof VALUE_NAMES)[number];

/**
 * How a stream ends. No name is `error`, because it reaches the same listeners of an `EventSource` as a
 * broken connection.
 */
export type Terminal =
  | { readonly type: 'done' }
  | ({ readonly type: 'failed' } & PublicError)
  /** The run was stopped by its user. */
  | { readonly type: 'stopped' }
  /** No client read the run for so long that it was stopped. */
  | { readonly type: 'abandoned' }
  /** The server shuts down: the client reads on, here or at another server, after so many ms. */
  | { readonly type: 'closing'; readonly retry: number }
  /** Events are missing that were asked for. `first` is the id of the first one that is kept. */
  | { readonly type: 'gap'; readonly first: string };
export type TerminalName = Terminal['type'];

export const TERMINAL_NAMES = [
  'done',
  'failed',
  'stopped',
  'abandoned',
  'closing',
  'gap',
] as const satisfies readonly TerminalName[];

/** One event of a stream. */
export interface SseFrame {
  /** `<attempt>-<seq>`; absent for what is not in a log. */
  readonly id?: string | undefined;
  /** The name of the event. */
  readonly event: ValueName | TerminalName;
  /** One line of JSON. */
  readonly data: string;
}

/** An event with a name of the gateway's own. */
export interface OtherEvent {
  /** The name of the event; in NDJSON its `type`. */
  readonly name: string;
  /** What the event has: the JSON of the gateway, or any text. */
  readonly data: string;
}

/**
 * The id of an event: which attempt at the answer it belongs to, and its place. `seq` has no holes, so that
 * a missing event is noticed.
 */
export interface EventId {
  readonly attempt: number;
  readonly seq: number;
}

export function formatEventId({ attempt, seq }: EventId): string {
  return `${String(attempt)}-${String(seq)}`;
}

/** Reads an id that was received; `undefined` if it is not one. */
export function readEventId(id: string): EventId | undefined {
  const [, attempt, seq] = /^(\d{1,10})-(\d{1,10})$/.exec(id) ?? [];
  return attempt && seq ? { attempt: Number(attempt), seq: Number(seq) } : undefined;
}

/** What a client may know of an error. */
export interface PublicError {
  /** The `code` of an error of this library, or another name for the kind of the error. */
  readonly code: string;
  /** For people. Without paths, hosts, prompts and stacks. */
  readonly message: string;
  /** Whether the same request can succeed later. */
  readonly retryable?: boolean | undefined;
}

/** The `code` of an error that is not of this library. */
export const INTERNAL = 'internal';

const NO_DETAILS = 'The answer could not be completed.';

/** An error by its code alone: its own words may quote a path, a host or a prompt. */
export function toPublicError(error: unknown): PublicError {
  return { code: isOllamaError(error) ? error.code : INTERNAL, message: NO_DETAILS };
}

/** Makes an error for a code of no class. */
type CreateOther = (message: string, sent: Line, partial?: AssistantMessage) => OllamaError;

/**
 * The error that a {@link PublicError} stands for, as something sent it: of the class of its code. `cause` is
 * what was sent.
 *
 * @param createOther by default, the code becomes the `type` of an {@link OllamaStreamError}
 */
export function fromPublicError(
  sent: Line,
  partial?: AssistantMessage,
  createOther: CreateOther = createStreamError,
): OllamaError {
  const message = excerpt(asText(sent['message']) || NO_DETAILS);
  const error = readError({ ...sent, message }, partial) ?? createOther(message, sent, partial);
  return Object.defineProperty(error, 'cause', { value: sent, configurable: true, writable: true });
}

const createStreamError: CreateOther = (message, sent, partial) =>
  new OllamaStreamError(message, sent, partial, { type: asText(sent['code']) });
