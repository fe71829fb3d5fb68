import type { ChatStatistics, ChunkMessage, Logprob, ToolCall } from '../../types/index.js';
import type { ReceivedRequest } from './received.js';

/** What every step can have: a pause before it. */
interface Timed {
  /** Milliseconds to wait before this step, or a promise to wait for. */
  readonly delay?: number | PromiseLike<unknown>;
}

/** What every step that writes a line can have. */
interface LineStep extends Timed {
  /** What ends the line: `'\r\n'`, say, or `''` for nothing. @defaultValue `'\n'` */
  readonly newline?: string;
}

/**
 * One chunk of the answer. Whatever is left out is filled in as Ollama would: the model asked for,
 * the time, the role, ids and indices of tool calls, and on the final chunk the reason and the
 * figures. A zero, an empty string or an empty list leaves the field out, as it does on the wire. A
 * whole `ChatChunk` is a step too. A step that has a `delay` and nothing else writes nothing.
 */
export interface ChunkStep extends LineStep, ChatStatistics {
  /** A piece of the answer. @defaultValue `''` */
  readonly content?: string;
  /** A piece of thinking. Absent on the wire by default. */
  readonly thinking?: string;
  /** Complete calls. Absent on the wire by default. */
  readonly tool_calls?: readonly ToolCall[];
  /** Images in base64. Absent on the wire by default. */
  readonly images?: readonly string[];
  /** The same fields where the wire has them; those above win. */
  readonly message?: Partial<ChunkMessage>;
  /** Whether this is the final chunk. @defaultValue `false` */
  readonly done?: boolean;
  /** Why the model stopped. @defaultValue `'stop'` on the final chunk */
  readonly done_reason?: string;
  /** The probabilities of the tokens. Absent on the wire by default. */
  readonly logprobs?: readonly Logprob[];
  /** Only `/api/generate` has it, on the final chunk. */
  readonly context?: readonly number[];
  /** The name of the model. @defaultValue that of the request */
  readonly model?: string;
  /** When the chunk was made, in RFC 3339. @defaultValue the time of the step */
  readonly created_at?: string;
  /** The name of the model on another server. Absent on the wire by default. */
  readonly remote_model?: string;
  /** The address of the other server. Absent on the wire by default. */
  readonly remote_host?: string;
}

/** One line of progress, for `/api/pull`, `/api/push` and `/api/create`. */
export interface ProgressStep extends LineStep {
  /** What the server does, such as `'pulling manifest'`; `'success'` at the end. */
  readonly status: string;
  /** The layer that the line is about. Absent on the wire by default. */
  readonly digest?: string;
  /** The size of the layer, in bytes. Absent on the wire by default. */
  readonly total?: number;
  /** How much of the layer is complete, in bytes. A zero is left out, as Ollama does. */
  readonly completed?: number;
}

/**
 * The server fails. As long as nothing has been written, it answers with a status and a JSON body. Later, or
 * if the {@link Reply} states a status, it writes an error line.
 */
export interface ErrorStep extends LineStep {
  /** The value of `error` in the JSON: a text, as Ollama sends it, or anything else. */
  readonly error: unknown;
  /** The status, where the error can still be one. @defaultValue `500` */
  readonly status?: number;
}

/** Text or bytes, written as they are. An empty one sends the headers alone. */
export interface RawStep extends Timed {
  /** What is written. A text is encoded in UTF-8, without a newline after it. */
  readonly raw: string | Uint8Array;
}

/**
 * Something breaks, and the scenario ends there.
 *
 * - `'hang'`: nothing more comes, and the response stays open until the client leaves
 * - `'cut'`: half a line, then the regular end of the response
 * - `'close'`: the connection closes in mid-response
 * - `'reset'`: the connection is reset in mid-response
 */
export interface FaultStep extends Timed {
  /** What breaks. */
  readonly fault: 'hang' | 'cut' | 'close' | 'reset';
}

/** One thing that the server does; a string is a chunk with that content. */
export type Step = string | ChunkStep | ProgressStep | ErrorStep | RawStep | FaultStep;

/** Steps as a list, or from a generator, which need not end. */
export type Steps = readonly Step[] | (Iterable<Step> & object) | AsyncIterable<Step>;

/** Steps with a say in how they are sent. */
export interface Reply {
  /** What the server does, in this order. */
  readonly steps: Steps;
  /** The status of the response. @defaultValue `200`, or that of an error before any output */
  readonly status?: number;
  /** Added to the headers of the response, or instead of them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds before each step that has no `delay` of its own. @defaultValue `0` */
  readonly delay?: number;
  /**
   * How the body is cut into writes: one a line, one every so many bytes without regard to lines, or
   * all that comes without a pause as a whole.
   *
   * @defaultValue `'line'`
   */
  readonly cutting?: 'line' | 'whole' | number;
}

/** What the server does with one request. Nothing is added: an answer ends well with `{ done: true }`. */
export type Scenario = Steps | Reply;

/**
 * One scenario for every request, or a function that decides for each. A generator runs only once,
 * so a script that makes one is a generator function.
 */
export type Script = Scenario | ((request: ReceivedRequest) => Scenario | PromiseLike<Scenario>);

/**
 * A script for several requests: the first scenario for the first one, and so on; the last one
 * serves all further requests.
 *
 * _It's like `mockReturnValueOnce`, once for each scenario._
 *
 * ```ts
 * import { inTurn, startScriptedOllama } from 'rxjs-ollama/testing/node';
 *
 * await using ollama = await startScriptedOllama(
 *   inTurn([{ error: 'server busy', status: 503 }], ['Here I am.', { done: true }]),
 * );
 * ```
 *
 * @param scripts one for each request, in order
 */
export function inTurn(...scripts: readonly [Script, ...Script[]]): Script {
  let turn = 0;
  return (request) => {
    const script = scripts[Math.min(turn++, scripts.length - 1)] ?? scripts[0];
    return typeof script === 'function' ? script(request) : script;
  };
}

/** The scenario with every field that it may leave out. */
export function toReply(scenario: Scenario): Reply {
  return 'steps' in scenario ? scenario : { steps: scenario };
}
