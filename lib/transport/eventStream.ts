import { createMessage } from '../core/message/message.js';
import { OllamaProtocolError, OllamaTruncatedError } from '../errors.js';
import type { ChatChunk } from '../types/index.js';
import {
  NDJSON_TYPE,
  SSE_TYPE,
  formatEventId,
  readEventId,
  type EventId,
  type OtherEvent,
  type Terminal,
} from '../wire/chatEvents.js';
import { EventDecoder } from '../wire/eventDecoder.js';
import { excerpt } from '../wire/excerpt.js';
import type { Line } from '../wire/line.js';
import { LineDecoder } from '../wire/ndjson.js';
import type { ReadPartial } from '../wire/parseLine.js';
import { readEvent } from '../wire/readEvent.js';
import { readHeader, type AnyResponse } from './body.js';
import type { Decoder, ResponseFormat } from './responseFormat.js';
import { GATEWAY } from './service.js';
import { terminalError } from './terminalError.js';

/** A format with a decoder for each response. */
export type EventFormat<T> = ResponseFormat<T> & Required<Pick<ResponseFormat<T>, 'createDecoder'>>;

/** The events of one answer, over all responses that are needed to read it. */
export interface EventStream<T> {
  /** How each response is read. */
  readonly format: EventFormat<T>;
  /** The id of the last event, to continue from. */
  readonly lastId: string | undefined;
  /** Whether a value was delivered. */
  readonly begun: boolean;
  /** Whether the last value ended an answer. */
  readonly complete: boolean;
  /** Whether the stream said how it ended: nothing more can be read. */
  readonly ended: boolean;
  /** How long the server asks to wait before the next request, in ms. */
  readonly retryAfter: number;
  readonly partial: ReadPartial;
  /** The error of a stream that has no more events, and no end. */
  miss(why: string): OllamaTruncatedError;
}

/** What the consumer wants to know of the stream. */
interface EventStreamOptions {
  /** The id of the event before the first one. */
  readonly after?: string | undefined;
  readonly onId?: ((id: string) => void) | undefined;
  readonly onOther?: ((event: OtherEvent) => void) | undefined;
}

export function createEventStream<T>({ after, onId, onOther }: EventStreamOptions): EventStream<T> {
  const message = createMessage();
  let hasMessage = false;
  let begun = false;
  let complete = false;
  let ended = false;
  let retryAfter = 0;
  let lastId: string | undefined;
  /** The only id that needs no closer look: it is made of the last one, whose parts are kept. */
  let nextId: string | undefined;
  let prefix = '';
  let seq = 0;
  /** Of the event that is being read. */
  let id: string | undefined;
  let name: string | undefined;

  const partial: ReadPartial = () => (hasMessage ? message.snapshot() : undefined);

  const miss = (why: string): OllamaTruncatedError => {
    ended = true;
    return new OllamaTruncatedError(why, { partial: partial() });
  };

  const setId = (given: string): void => {
    if (given === nextId) seq++;
    else {
      const last = readEventId(given);
      prefix = `${String(last?.attempt)}-`;
      seq = last?.seq ?? 0;
    }
    lastId = given;
    nextId = prefix + String(seq + 1);
  };
  if (after !== undefined) setId(after);

  const takeId = (given: string): void => {
    if (given !== nextId) checkOrder(given);
    setId(given);
    onId?.(given);
  };

  /** Another attempt at the answer starts at 1. */
  const checkOrder = (given: string): void => {
    const next = readEventId(given);
    const last = lastId === undefined ? undefined : readEventId(lastId);
    const refuse = (why: string) => new OllamaProtocolError(why, given, { partial: partial() });
    if (!next)
      throw refuse(`An event has the id "${excerpt(given, 40)}", which is not one such as 1-5.`);
    if (last && compare(next, last) <= 0) {
      throw refuse(
        `The server sent the event ${given} after ${formatEventId(last)}. ` +
          'Does it read Last-Event-ID, and answer 204 where it can not continue?',
      );
    }
    if (next.seq > 1) {
      throw miss(`Events before ${given} are missing. The last one was ${lastId ?? 'none'}.`);
    }
  };

  const add = (chunk: ChatChunk): void => {
    hasMessage = true;
    message.add(chunk);
  };

  const end = (terminal: Terminal & Line): void => {
    if (terminal.type === 'closing') retryAfter = terminal.retry;
    else ended = true;
    const error = terminalError(terminal, partial());
    if (error) throw error;
  };

  const createDecoder = (response: AnyResponse, maxBytes: number): Decoder => {
    const type = readContentType(response);
    if (type === SSE_TYPE) {
      return new EventDecoder(maxBytes, partial, {
        onEvent(event) {
          ({ id, event: name } = event);
        },
        onRetry(ms) {
          retryAfter = ms;
        },
      });
    }
    id = name = undefined;
    if (type === NDJSON_TYPE) return new LineDecoder(maxBytes, partial, 'maxEventBytes');
    throw new OllamaProtocolError(
      `The response is ${type ? `of the type ${excerpt(type, 80)}` : 'without a Content-Type'}. ` +
        `Make the server answer with ${SSE_TYPE} or ${NDJSON_TYPE}, as rxjs-ollama/node does.`,
      '',
      { partial: partial() },
    );
  };

  return {
    format: {
      read(text) {
        const event = readEvent(name, text, partial);
        if (id !== undefined) takeId(id);
        switch (event.kind) {
          case 'other':
            onOther?.({ name: event.name, data: text });
            return undefined;
          case 'terminal':
            end(event.terminal);
            return undefined;
          case 'chunk':
            add(event.value);
            complete = event.value.done;
            break;
          case 'run':
            if (event.value['type'] === 'chunk') add(event.value['chunk'] as ChatChunk);
            complete = event.value['type'] === 'finish';
        }
        begun = true;
        return event.value as T;
      },
      isLast: () => ended,
      partial,
      createDecoder,
      service: GATEWAY,
      end: 'a terminal event',
    },
    get lastId() {
      return lastId;
    },
    get begun() {
      return begun;
    },
    get complete() {
      return complete;
    },
    get ended() {
      return ended;
    },
    get retryAfter() {
      return retryAfter;
    },
    partial,
    miss,
  };
}

const compare = (one: EventId, other: EventId): number =>
  one.attempt - other.attempt || one.seq - other.seq;

function readContentType(response: AnyResponse): string {
  const [type = ''] = (readHeader(response, 'content-type') ?? '').split(';', 1);
  return type.trim().toLowerCase();
}
