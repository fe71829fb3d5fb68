import { createParser, type EventSourceMessage, type ParseError } from 'eventsource-parser';
import { OllamaProtocolError } from '../errors.js';
import type { AssistantMessage } from '../types/index.js';
import { Utf8Decoder } from './utf8.js';

/** More than the names of the fields of an event and the line ends in it take. */
const ROOM = 1024;
/** The most bytes that UTF-8 takes for one unit of a string. */
const BYTES_PER_UNIT = 3;

/** What events have besides their data, and what a stream of them says of itself. */
export interface EventHooks {
  /** Called with each event, before its data is passed on. */
  readonly onEvent: (event: EventSourceMessage) => void;
  /** The time that the server asks to wait before the next request, in ms. */
  readonly onRetry: (ms: number) => void;
}

/** Cuts a stream of bytes into server-sent events, and passes on the data of each. */
export class EventDecoder {
  readonly #decoder = new Utf8Decoder();
  readonly #feed: (text: string) => void;
  #onData: (data: string) => boolean = () => false;
  #wanted = true;

  constructor(
    maxEventBytes: number,
    partial: () => AssistantMessage | undefined,
    { onEvent, onRetry }: EventHooks,
  ) {
    const refuse = (): never => {
      throw new OllamaProtocolError(
        `An event is longer than ${String(maxEventBytes)} bytes. ` +
          'If that is meant to be, raise maxEventBytes.',
        '',
        { partial: partial() },
      );
    };
    const parser = createParser({
      maxBufferSize: maxEventBytes + ROOM,
      onEvent: (event) => {
        // The parser can't be stopped in the middle of what it was fed.
        if (!this.#wanted) return;
        if (isLonger(event.data, maxEventBytes)) refuse();
        onEvent(event);
        this.#wanted = this.#onData(event.data);
      },
      onRetry,
      onError: ({ type }: ParseError) => {
        // Fields that are unknown or malformed are ignored, as the standard has it.
        if (type === 'max-buffer-size-exceeded') refuse();
      },
    });
    this.#feed = (text) => {
      parser.feed(text);
    };
  }

  /** Takes the bytes of one network read, and calls `onData` for each event that ends in it, until it returns false. */
  push(bytes: Uint8Array, onData: (data: string) => boolean): void {
    this.#onData = onData;
    this.#feed(this.#decoder.decode(bytes));
  }

  /** Ends the stream. An event that has not ended is discarded, as the standard has it. */
  end(): string {
    return '';
  }
}

function isLonger(text: string, maxBytes: number): boolean {
  return (
    text.length * BYTES_PER_UNIT > maxBytes && new TextEncoder().encode(text).length > maxBytes
  );
}
