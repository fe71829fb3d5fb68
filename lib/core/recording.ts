import { OllamaProtocolError } from '../errors.js';
import type { AnyChatChunk, AssistantMessage, ChatChunk, ChatRequest } from '../types/index.js';
import { checkChunk } from '../wire/chatChunk.js';
import { describeValue, excerpt } from '../wire/excerpt.js';
import { isObject, type Line } from '../wire/line.js';
import { assertChunk } from './message/boundary.js';
import { createMessage } from './message/message.js';
import { omit } from './omit.js';
import { readRecordedError, redactError, writeError, type WrittenError } from './recordedError.js';

const FORMAT = 'rxjs-ollama-recording';
const VERSION = 1;
/** As much of a line as an error has. */
const LINE_LENGTH = 1000;

/** A recording: its text, the bytes of its text in UTF-8, or its lines, with or without newlines. */
export type Recording = string | Uint8Array | Iterable<string>;

/** What a recording has besides the chunks, and what is hidden. */
export interface RecorderOptions {
  /**
   * Written to the header, for the readers of the recording. It isn't passed through `redact`, and bytes in
   * `images` become large JSON: omit what others must not read. `host`, `headers`, `client` and `fetch`
   * are never written.
   */
  readonly request?: ChatRequest | undefined;
  /**
   * Returns what is written in place of a chunk. The chunk itself is emitted unchanged. Errors are then
   * written without their texts, which may quote the answer.
   */
  readonly redact?: ((chunk: ChatChunk) => ChatChunk) | undefined;
}

/** Makes the lines of a recording, newlines included. Times are ms since the subscription. */
export interface Recorder {
  /** @throws OllamaProtocolError if JSON can't express the chunk */
  chunk(at: number, chunk: AnyChatChunk): readonly string[];
  complete(at: number): readonly string[];
  error(at: number, error: unknown): readonly string[];
  left(at: number): readonly string[];
}

/** Starts a recording. The header is written with the first chunk, which has the name of the model. */
export function createRecorder({ request, redact }: RecorderOptions): Recorder {
  const written = request && omit(request, 'host', 'headers', 'client', 'fetch');
  let begun = false;
  let latest = 0;

  const write = (at: number, entry: object, model = request?.model): readonly string[] => {
    // The clock of a computer may be set back.
    latest = Math.max(latest, at);
    const line = toLine({ at: latest, ...entry });
    if (begun) return [line];
    const header = toLine({ format: FORMAT, version: VERSION, model, request: written });
    begun = true;
    return [header, line];
  };

  return {
    chunk(at, received) {
      assertChunk(received);
      const chunk = redact ? redact(received as ChatChunk) : received;
      return write(at, { chunk }, chunk.model);
    },
    complete: (at) => write(at, { end: 'complete' }),
    error(at, error) {
      const writeEnd = (as: WrittenError) => write(at, { end: 'error', error: as });
      if (redact) return writeEnd(redactError(error));
      const all = writeError(error);
      try {
        return writeEnd(all);
      } catch {
        // JSON can't express one of its fields. The subscriber still gets the error itself.
        return writeEnd(redactError(error, all.message));
      }
    },
    left: (at) => write(at, { end: 'left' }),
  };
}

function toLine(value: object): string {
  return `${toJson(value)}\n`;
}

/** @throws OllamaProtocolError for what `JSON.stringify` refuses: cycles, `BigInt`, values nested too deep */
export function toJson(value: object): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new OllamaProtocolError(
      `JSON can't express a value, so it can't be recorded: ${describeValue(value)}`,
      describeValue(value, LINE_LENGTH),
      { cause },
    );
  }
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
 * Reads a recording, one line each time that a chunk is asked for, and returns how the chat ended. Marks of
 * operators on chunks are kept.
 *
 * @throws OllamaProtocolError at a line that is malformed, missing or out of place
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
      // `trim` also removes a byte order mark.
      return JSON.parse(line.trim()) as unknown;
    } catch (cause) {
      throw refuse('is not JSON.', cause);
    }
  };

  for (const given of splitLines(recording)) {
    place++;
    line = typeof given === 'string' ? given : describeValue(given);
    if (typeof given !== 'string') throw refuse(`is not a text: ${line}`);
    if (!line.trim()) continue;
    if (end) throw refuse('comes after its end: each chat needs a recording of its own.');
    const value = parse();
    if (!begun) {
      if (!isObject(value) || value['format'] !== FORMAT) {
        throw refuse(`is not a header, which has "format":"${FORMAT}".`);
      }
      if (value['version'] !== VERSION) {
        throw refuse(`is not of version ${String(VERSION)}, the only one that can be read.`);
      }
      begun = true;
      continue;
    }
    const entry = readChunk(value) ?? readEnd(value, partial());
    if (!entry) throw refuse('is neither a chunk nor an end with the time when it came.');
    if ('chunk' in entry) {
      message.add(entry.chunk);
      hasChunks = true;
      yield entry;
    } else end = entry;
  }
  if (!begun) throw miss('the header');
  if (!end) throw miss('how the chat ended');
  return end;
}

/** The lines of a recording. A user without types may pass anything, and lines that are not strings. */
function* splitLines(recording: Recording): Generator {
  if (typeof recording !== 'string' && !ArrayBuffer.isView(recording)) {
    if (typeof Reflect.get(Object(recording), Symbol.iterator) !== 'function') {
      throw new OllamaProtocolError(
        `A recording is a text, its bytes, or an iterable of its lines, and not ${describeValue(recording)}.`,
      );
    }
    yield* recording;
    return;
  }
  const text = typeof recording === 'string' ? recording : new TextDecoder().decode(recording);
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    yield text.slice(start, end);
    start = end + 1;
  }
}

function isTimed(value: unknown): value is Line & { readonly at: number } {
  return isObject(value) && Number.isFinite(value['at']) && Number(value['at']) >= 0;
}

/** The check is that of chunks that a server sends, except that marks of operators are kept. */
function readChunk(value: unknown): RecordedChunk | undefined {
  if (!isTimed(value) || !isObject(value['chunk'])) return undefined;
  const chunk = checkChunk(value['chunk']);
  return chunk && { at: value.at, chunk };
}

function readEnd(value: unknown, partial: AssistantMessage | undefined): RecordedEnd | undefined {
  if (!isTimed(value)) return undefined;
  const { at, end, error } = value;
  if (end === 'complete' || end === 'left') return { at, end };
  if (end !== 'error' || !isObject(error)) return undefined;
  return { at, end, error: readRecordedError(error, partial) };
}
