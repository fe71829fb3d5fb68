import { concatMap, defer, takeWhile, type OperatorFunction } from 'rxjs';
import { createMessage } from '../core/message/message.js';
import type { Streamed, ToolRunEvent } from '../tools/events.js';
import { terminalError } from '../transport/terminalError.js';
import type { ChatChunk } from '../types/index.js';
import type { SseFrame } from '../wire/chatEvents.js';
import type { Line } from '../wire/line.js';
import { readEvent, type ChatEvent } from '../wire/readEvent.js';
import { isTerminalFrame } from './terminalFrame.js';

/**
 * Emits the chunks, or the events of tools, that the events of a followed run were made of. So a run can be
 * sent in another format, or stored.
 *
 * _It's like `fromChatEvents`, but of events that are here already._
 *
 * ```none
 *  source:  ---a--(de|)    a: event 'chunk'  d: event 'chunk'  e: event 'done'
 *           readFrames()
 *  result:  ---a--(d|)    a: 'Hel'  d: done
 * ```
 *
 * - **Completes:** at `done` and `stopped`.
 * - **Errors:** at `failed`, with the error of its code; at `closing`, `abandoned` and `gap`, as
 *   `fromChatEvents` does. Errors of the source, unchanged.
 * - **Unsubscribes:** from the source, synchronously.
 * - **Memory:** the message so far, for `partial` of an error.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { createRuns, readFrames, toResponse, uiMessages } from 'rxjs-ollama/node';
 *
 * const runs = createRuns();
 * export const resume = (id: string, owner: string): Response =>
 *   toResponse(runs.follow(id, { owner }).pipe(readFrames()), { format: uiMessages() });
 * ```
 *
 * @see {@link createRuns}, `fromChatEvents`
 */
export function readFrames(): OperatorFunction<SseFrame, Streamed> {
  return (source) =>
    defer(() => {
      const message = createMessage();
      let hasMessage = false;
      const partial = () => (hasMessage ? message.snapshot() : undefined);
      const add = (chunk: ChatChunk): void => {
        hasMessage = true;
        message.add(chunk);
      };
      const toValues = (read: ChatEvent): Streamed[] => {
        switch (read.kind) {
          case 'chunk':
            add(read.value);
            return [read.value];
          case 'run': {
            const event = read.value as Line & ToolRunEvent;
            if (event.type === 'chunk') add(event.chunk);
            return [event];
          }
          case 'terminal': {
            const error = terminalError(read.terminal, partial());
            if (error) throw error;
            return [];
          }
          case 'other':
            return [];
        }
      };
      return source.pipe(
        takeWhile((frame) => !isTerminalFrame(frame), true),
        concatMap(({ event, data }) => toValues(readEvent(event, data, partial))),
      );
    });
}
