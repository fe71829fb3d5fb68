import { TERMINAL_NAMES, type SseFrame, type Terminal } from '../wire/chatEvents.js';
import { toJson } from './toJson.js';

const NAMES: ReadonlySet<string> = new Set(TERMINAL_NAMES);

/** The event that ends a stream. */
export function terminalFrame(terminal: Terminal): SseFrame {
  return { event: terminal.type, data: toJson(terminal) };
}

/** Whether nothing comes after it. */
export function isTerminalFrame({ event }: SseFrame): boolean {
  return NAMES.has(event);
}
