import { toJson } from './toJson.js';

/** A server-sent event without a name. */
export function writeData(value: unknown): string {
  return `data: ${toJson(value)}\n\n`;
}
