import { defer, map, tap, type OperatorFunction } from 'rxjs';
import { FIRST_ATTEMPT, formatEventId, type SseFrame, type Terminal } from '../wire/chatEvents.js';
import type { Streamed } from '../tools/events.js';
import type { EncodeOptions } from './format.js';
import { assertStreamed, isChunk, isFrame } from './streamed.js';
import { isTerminalFrame } from './terminalFrame.js';
import { toJson } from './toJson.js';
import { translate } from './translate.js';

/**
 * Names the values, and makes the end of the source the last one: the events of both formats of our own. The
 * events of a followed run are these already, with the last one.
 */
export function toEvents({
  toPublicError,
}: EncodeOptions): OperatorFunction<Streamed | SseFrame, SseFrame> {
  return translate<Streamed | SseFrame, Streamed | SseFrame | Terminal, SseFrame>(
    () => {
      let hasEnded = false;
      return {
        next(value) {
          if (isFrame(value)) hasEnded = isTerminalFrame(value);
          else assertStreamed(value);
          return [value];
        },
        complete: () => (hasEnded ? [] : [{ type: 'done' }]),
        fail: (error) => (hasEnded ? [] : [{ type: 'failed', ...toPublicError(error) }]),
      };
    },
    (value) =>
      isFrame(value)
        ? value
        : { event: isChunk(value) ? 'chunk' : value.type, data: toJson(value) },
  );
}

/** The events with ids, which have no holes: a client notices a missing event. A followed run has its own. */
export function toFrames(options: EncodeOptions): OperatorFunction<Streamed | SseFrame, SseFrame> {
  return (source) =>
    defer(() => {
      let seq = 0;
      let isFollowed = false;
      return source.pipe(
        tap((value) => {
          isFollowed = isFrame(value);
        }),
        toEvents(options),
        map((event) =>
          isFollowed
            ? event
            : { ...event, id: formatEventId({ attempt: FIRST_ATTEMPT, seq: ++seq }) },
        ),
      );
    });
}

/** An event as it is written. */
export function writeFrame({ id, event, data }: SseFrame): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}
