import { map, pipe, type OperatorFunction } from 'rxjs';
import { FIRST_ATTEMPT, formatEventId, type SseFrame, type Terminal } from '../wire/chatEvents.js';
import type { Streamed } from '../tools/events.js';
import type { EncodeOptions } from './format.js';
import { assertStreamed, isChunk } from './streamed.js';
import { toJson } from './toJson.js';
import { translate } from './translate.js';

/** Names the values, and makes the end of the source the last one: the events of both formats of our own. */
export function toEvents({ toPublicError }: EncodeOptions): OperatorFunction<Streamed, SseFrame> {
  return translate<Streamed, Streamed | Terminal, SseFrame>(
    () => ({
      next(value) {
        assertStreamed(value);
        return [value];
      },
      complete: () => [{ type: 'done' }],
      fail: (error) => [{ type: 'failed', ...toPublicError(error) }],
    }),
    (value) => ({
      event: isChunk(value) ? 'chunk' : value.type,
      data: toJson(value),
    }),
  );
}

/** An event with its place in the stream. */
export type NumberedFrame = SseFrame & { readonly id: string };

/** The events with ids, which have no holes: a client notices a missing event. */
export function toFrames(options: EncodeOptions): OperatorFunction<Streamed, NumberedFrame> {
  return pipe(
    toEvents(options),
    map((event, index) => ({
      ...event,
      id: formatEventId({ attempt: FIRST_ATTEMPT, seq: index + 1 }),
    })),
  );
}

/** An event as it is written. */
export function writeFrame({ id, event, data }: SseFrame): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}
