import type { AssistantMessage, ChatChunk } from '../types/index.js';
import { checkChunk } from './chatChunk.js';
import {
  TERMINAL_NAMES,
  VALUE_NAMES,
  readEventId,
  type Terminal,
  type TerminalName,
  type ValueName,
} from './chatEvents.js';
import { isObject, type Line } from './line.js';
import { parseObject, refuse, toLineError, type TextKind } from './parseLine.js';
import { parsePlainLine } from './plainLine.js';
import { checkRunEvent } from './runEvent.js';

/** An event of a stream, by what it is to its reader. */
export type ChatEvent =
  | { readonly kind: 'chunk'; readonly value: ChatChunk }
  | { readonly kind: 'run'; readonly value: Line }
  | { readonly kind: 'terminal'; readonly terminal: Terminal & Line }
  /** One with a name of the gateway's own. */
  | { readonly kind: 'other'; readonly name: string };

const EVENT: TextKind = {
  name: 'An event',
  word: 'event',
  check: 'Does the URL answer as rxjs-ollama/node does, and does nothing in between rewrite it?',
};

/** How the chunk of a run begins, as `rxjs-ollama/node` writes it. */
const RUN_CHUNK = /^{"type":"chunk","step":(0|[1-9]\d{0,8}),"chunk":/;

/**
 * Reads one event. Events of other names are a gateway's own. One without a name is read by its `type`, as
 * in NDJSON, where events have no names.
 *
 * @throws OllamaProtocolError, or OllamaStreamError for an error line
 */
export function readEvent(
  name: string | undefined,
  data: string,
  partial: () => AssistantMessage | undefined,
): ChatEvent {
  if (name !== undefined && !isKnown(name)) return { kind: 'other', name };
  const plain = name === undefined || name === 'chunk' ? readPlain(data) : undefined;
  if (plain) return plain;
  const line = parseObject(data, partial, EVENT);
  const type = name ?? line['type'];
  if (typeof type !== 'string' || isBareChunk(name, type, line)) {
    const value = checkChunk(line);
    if (value) return { kind: 'chunk', value };
    throw toLineError(line, data, partial, EVENT);
  }
  if (isValueName(type)) {
    if (checkRunEvent(type, line)) return { kind: 'run', value: line };
  } else {
    if (!isTerminalName(type)) return { kind: 'other', name: type };
    if (isTerminal(type, line)) return { kind: 'terminal', terminal: line };
  }
  throw refuse(`a "${type}"`, data, EVENT, { partial: partial() });
}

/** Nearly all events are chunks with a piece of text, of a chat or of a run. Such a line needs no further check. */
function readPlain(data: string): ChatEvent | undefined {
  const value = parsePlainLine(data);
  if (value) return { kind: 'chunk', value };
  const [start, step] = RUN_CHUNK.exec(data) ?? [];
  const chunk = start && data.endsWith('}') && parsePlainLine(data.slice(start.length, -1));
  return chunk ? { kind: 'run', value: { type: 'chunk', step: Number(step), chunk } } : undefined;
}

/** Whether it is a chunk by itself, and not one of a run. A chunk may have a `type` of its server's own. */
function isBareChunk(
  name: string | undefined,
  type: string,
  { chunk, message, done }: Line,
): boolean {
  return type === 'chunk'
    ? !isObject(chunk)
    : name === undefined && isObject(message) && typeof done === 'boolean';
}

const isValueName = (name: string): name is ValueName =>
  (VALUE_NAMES as readonly string[]).includes(name);

const isTerminalName = (name: string): name is TerminalName =>
  (TERMINAL_NAMES as readonly string[]).includes(name);

const isKnown = (name: string): boolean =>
  // The one that nearly all events have.
  name === 'chunk' || isValueName(name) || isTerminalName(name);

/** Whether an object is the end of a stream that its name says. It is changed in place. */
function isTerminal(type: TerminalName, line: Line): line is Terminal & Line {
  const { code, message, first } = line;
  line['type'] = type;
  switch (type) {
    case 'failed':
      return typeof code === 'string' && typeof message === 'string';
    case 'closing':
      line['retry'] ??= 0;
      return Number.isFinite(line['retry']) && Number(line['retry']) >= 0;
    case 'gap':
      return typeof first === 'string' && readEventId(first) !== undefined;
    default:
      return true;
  }
}
