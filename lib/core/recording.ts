import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaToolError,
  OllamaTruncatedError,
  OllamaValidationError,
  isOllamaError,
  type OllamaErrorCode,
  type OllamaErrors,
  type ValidationIssue,
} from '../errors.js';
import type { AssistantMessage, ChatChunk, ChatRequest, ToolCall } from '../types/index.js';
import { excerpt, isObject } from '../wire/parseLine.js';
import type { Line } from '../wire/plainLine.js';
import { createMessage } from './message/message.js';
import { omit } from './omit.js';

const FORMAT = 'rxjs-ollama-recording';
const VERSION = 1;

/** A recording as it was written: its whole text, or its lines, with or without their newlines. */
export type Recording = string | Iterable<string>;

/** What goes into a recording besides the chunks, and what doesn't. */
export interface RecorderOptions {
  /**
   * Written to the header as it is, for those who read the recording. It isn't passed through
   * `redact`, and bytes in `images` make poor JSON: leave out what nobody should read.
   */
  readonly request?: ChatRequest;
  /**
   * Gives what is written in place of a chunk; the chunk itself goes on untouched. Errors are then
   * written without their texts, which may quote the answer.
   */
  readonly redact?: (chunk: ChatChunk) => ChatChunk;
}

/** Makes the lines of a recording, newlines included. Times are ms since the subscription. */
export interface Recorder {
  chunk(at: number, chunk: ChatChunk): readonly string[];
  complete(at: number): readonly string[];
  error(at: number, error: unknown): readonly string[];
  left(at: number): readonly string[];
}

/** Starts a recording. The header is written with the first line, since that tells the model. */
export function createRecorder({ request, redact }: RecorderOptions): Recorder {
  let begun = false;
  let latest = 0;

  const write = (at: number, entry: object, model = request?.model): readonly string[] => {
    // The clock of a computer may be put back.
    latest = Math.max(latest, at);
    const line = toLine({ at: latest, ...entry });
    if (begun) return [line];
    begun = true;
    return [toLine({ format: FORMAT, version: VERSION, model, request }), line];
  };

  return {
    chunk(at, given) {
      const chunk = redact ? redact(given) : given;
      return write(at, { chunk }, chunk.model);
    },
    complete: (at) => write(at, { end: 'complete' }),
    error: (at, error) =>
      write(at, { end: 'error', error: redact ? redactError(error) : describeError(error) }),
    left: (at) => write(at, { end: 'left' }),
  };
}

function toLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function describeError(error: unknown): object {
  const { name = 'Error', message = String(error) } = Object(error) as Partial<Error>;
  // What was said before the error stands in the chunks.
  return { ...(isOllamaError(error) && omit<object>(error, 'partial', 'history')), name, message };
}

function redactError(error: unknown): object {
  const { name, code, status, kind } = describeError(error) as Line;
  return { name, code, status, kind, message: '(redacted)' };
}

/** A chunk, and when it came: ms since the subscription. */
export interface RecordedChunk {
  readonly at: number;
  readonly chunk: ChatChunk;
}

/** How the chat ended, and when. */
export type RecordedEnd =
  | { readonly at: number; readonly end: 'complete' | 'left' }
  | { readonly at: number; readonly end: 'error'; readonly error: Error };

/**
 * Reads a recording, a line each time a chunk is asked for, and returns its end. What is no recording,
 * or not a whole one, throws where that shows.
 */
export function* readRecording(recording: Recording): Generator<RecordedChunk, RecordedEnd> {
  const message = createMessage();
  let place = 0;
  let line = '';
  let begun = false;
  let hasChunks = false;
  let end: RecordedEnd | undefined;

  const partial = () => (hasChunks ? message.snapshot() : undefined);

  const refuse = (what: string, cause?: unknown): OllamaProtocolError =>
    new OllamaProtocolError(`Line ${String(place)} of the recording ${what}`, excerpt(line), {
      cause,
      partial: partial(),
    });

  const miss = (what: string): OllamaProtocolError => {
    place++;
    line = '';
    return refuse(`is missing: ${what}.`);
  };

  const parse = (): unknown => {
    try {
      return JSON.parse(line) as unknown;
    } catch (cause) {
      throw refuse('is no JSON.', cause);
    }
  };

  for (line of splitLines(recording)) {
    place++;
    if (!line.trim()) continue;
    if (end) throw refuse('comes after its end: each chat needs a recording of its own.');
    const value = parse();
    if (!begun) {
      if (!isObject(value) || value['format'] !== FORMAT) {
        throw refuse(`is no header: it would say "format":"${FORMAT}".`);
      }
      if (value['version'] !== VERSION) {
        throw refuse(`is not of version ${String(VERSION)}, the only one that is known here.`);
      }
      begun = true;
    } else if (isRecordedChunk(value)) {
      message.add(value.chunk);
      hasChunks = true;
      yield value;
    } else {
      end = readEnd(value, partial());
      if (!end) throw refuse('is neither a chunk nor an end with the time when it came.');
    }
  }
  if (!begun) throw miss('the header');
  if (!end) throw miss('how the chat ended');
  return end;
}

function* splitLines(recording: Recording): Generator<string> {
  if (typeof recording !== 'string') {
    yield* recording;
    return;
  }
  for (let start = 0; start < recording.length;) {
    const newline = recording.indexOf('\n', start);
    const end = newline < 0 ? recording.length : newline;
    yield recording.slice(start, end);
    start = end + 1;
  }
}

function isTimed(value: unknown): value is Line & { readonly at: number } {
  return isObject(value) && typeof value['at'] === 'number' && value['at'] >= 0;
}

function isRecordedChunk(value: unknown): value is RecordedChunk {
  if (!isTimed(value) || !isObject(value['chunk'])) return false;
  const { message, done } = value['chunk'];
  return isObject(message) && typeof message['content'] === 'string' && typeof done === 'boolean';
}

function readEnd(value: unknown, partial: AssistantMessage | undefined): RecordedEnd | undefined {
  if (!isTimed(value)) return undefined;
  const { at, end, error } = value;
  if (end === 'complete' || end === 'left') return { at, end };
  if (end !== 'error' || !isObject(error)) return undefined;
  return { at, end, error: readError(error, partial) };
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A redacted recording lacks everything but `name`, `code`, `status` and `kind`. */
const READERS: {
  readonly [K in OllamaErrorCode]: (
    message: string,
    fields: Line,
    partial: AssistantMessage | undefined,
  ) => OllamaErrors[K];
} = {
  connection: (message, _, partial) => new OllamaConnectionError(message, { partial }),
  http: (message, { status, body }) => new OllamaHttpError(message, Number(status), asText(body)),
  stream: (message, { detail }, partial) =>
    new OllamaStreamError(message, isObject(detail) ? detail : {}, partial),
  truncated: (message, _, partial) => new OllamaTruncatedError(message, { partial }),
  protocol: (message, { line }, partial) =>
    new OllamaProtocolError(message, asText(line), { partial }),
  timeout: (message, { kind }, partial) =>
    new OllamaTimeoutError(message, kind as OllamaTimeoutError['kind'], { partial }),
  tool: (message, { call = { function: { name: '', arguments: {} } } }, partial) =>
    new OllamaToolError(message, call as ToolCall, { partial }),
  validation: (message, { issues = [], text }, partial) =>
    new OllamaValidationError(message, issues as ValidationIssue[], asText(text), {
      partial,
    }),
};

function readError(recorded: Line, partial: AssistantMessage | undefined): Error {
  const { code, name, message, ...fields } = recorded;
  const text = asText(message);
  return Object.hasOwn(READERS, asText(code))
    ? READERS[code as OllamaErrorCode](text, fields, partial)
    : Object.assign(new Error(text), { name });
}
