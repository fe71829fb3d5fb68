import { catchError, map, of, pipe, startWith, type Observable } from 'rxjs';
import { fromChatEvents, type ToolRunEvent } from 'rxjs-ollama';
import { sse, toResponse, type Format } from 'rxjs-ollama/node';

/** An event of a run, or one that the gateway has added. */
export interface Frame {
  readonly id?: string | undefined;
  readonly event: string;
  readonly data: string;
}

export const toFrame = (event: string, data: object): Frame => ({
  event,
  data: JSON.stringify(data),
});

/** The frames as they are, for `fromChatEvents` and `EventSource`. */
export const asFrames: Format<Frame> = {
  ...sse(),
  encode: ({ toPublicError }) =>
    pipe(
      catchError((error: unknown) =>
        of(toFrame('failed', { type: 'failed', ...toPublicError(error) })),
      ),
      map(({ id, event, data }) => `${id ? `id: ${id}\n` : ''}event: ${event}\ndata: ${data}\n\n`),
      startWith(': open\n\n'),
    ),
};

/** The values in the frames, for other formats. They are read as a client would: with typed errors. */
export function toValues(frame$: Observable<Frame>): Observable<ToolRunEvent> {
  const response = toResponse(frame$, { format: asFrames, maxBuffered: Infinity });
  return fromChatEvents<ToolRunEvent>(response, { reconnect: false });
}
