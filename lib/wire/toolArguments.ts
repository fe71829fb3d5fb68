import type { ToolCall } from '../types/index.js';
import { parseExactJson } from './exactJson.js';
import { isObject } from './line.js';

/**
 * The arguments of a call as an object. Some servers send them as a string, or leave them out when there
 * are none; `undefined` when what they sent is not an object.
 */
export function readArguments(sent: unknown): ToolCall['function']['arguments'] | undefined {
  let read = sent ?? {};
  if (typeof read === 'string') {
    try {
      read = parseExactJson(read.trim() || '{}') ?? {};
    } catch {
      // It stays a text.
    }
  }
  return isObject(read) ? read : undefined;
}
