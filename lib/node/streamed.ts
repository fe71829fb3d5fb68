import type { ToolRunEvent } from '../tools/events.js';
import type { ChatChunk } from '../types/index.js';
import { VALUE_NAMES, type SseFrame } from '../wire/chatEvents.js';

const NAMES: ReadonlySet<unknown> = new Set(VALUE_NAMES);

/** Whether it is a chunk. An event of a run has no `done`; a chunk may have a `type` of its server's. */
export function isChunk(value: unknown): value is ChatChunk {
  const { done, message } = Object(value) as Partial<ChatChunk>;
  return typeof done === 'boolean' && typeof message === 'object' && (message as unknown) !== null;
}

/** Whether it is an event of a run of tools. */
export function isRunEvent(value: unknown): value is ToolRunEvent {
  return NAMES.has((Object(value) as Partial<ToolRunEvent>).type) && !isChunk(value);
}

/** Whether it is an event of a followed run, as it is sent. */
export function isFrame(value: unknown): value is SseFrame {
  const { event, data } = Object(value) as Partial<SseFrame>;
  return typeof event === 'string' && typeof data === 'string' && !isChunk(value);
}

/** @throws TypeError for a value that is neither, such as a text of `answerText` */
export function assertStreamed(value: unknown): void {
  if (isChunk(value) || isRunEvent(value)) return;
  throw new TypeError(
    `The source emitted a value of type ${typeof value}, and neither a chunk nor an event of a run. ` +
      'Leave out answerText(), map() and others that emit no chunks, or pass a format of your own.',
  );
}
