import { trailingHalf } from '../core/message/halves.js';
import { isMissing, isObject } from '../wire/line.js';
import { isReadable, readParts, toPartText, type McpPart } from './parts.js';

/** How many characters of a result a model is sent: more would push the question out of most contexts. */
const MAX_TEXT = 100_000;

/** What a call has returned. */
export interface McpResult {
  readonly isError: boolean;
  /** What the model can't read, or not as a whole: it is emitted before the result. */
  readonly hidden: readonly McpPart[];
  /** The structured content if there is any, or else the text of all parts; cut if it is too long. */
  readonly value: unknown;
}

/** Reads the result of a call, which may be anything. */
export function readResult(result: unknown): McpResult {
  const fields: Readonly<Record<string, unknown>> = isObject(result) ? result : {};
  const { structuredContent, content, isError } = fields;
  const parts = readParts(content);
  const hasStructure = isError !== true && !isMissing(structuredContent);
  const text = hasStructure ? JSON.stringify(structuredContent) : parts.map(toPartText).join('\n');
  const isLong = text.length > MAX_TEXT;
  const hidden = parts.filter((part) => !isReadable(part));
  return {
    isError: isError === true,
    hidden: isLong ? [...hidden, { type: 'text', text }] : hidden,
    value: hasStructure && !isLong ? structuredContent : cutText(text),
  };
}

/** As much of a text as a model is sent. Says what is missing. */
export function cutText(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  const kept = text.slice(0, MAX_TEXT);
  const whole = trailingHalf(kept) ? kept.slice(0, -1) : kept;
  return `${whole}\n[cut: the first ${String(whole.length)} of ${String(text.length)} characters]`;
}
