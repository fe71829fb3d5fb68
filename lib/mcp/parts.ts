import { isObject } from '../wire/line.js';

/** A part of a result, as the server sent it: `text`, `image`, `audio`, `resource`, `resource_link` … */
export interface McpPart {
  /** The kind of the part, which decides about its other fields. */
  readonly type: string;
  /** The other fields, such as `data` and `mimeType` of an image. */
  readonly [field: string]: unknown;
}

/** The parts of a result's `content`. What is not a part is left out. */
export function readParts(content: unknown): readonly McpPart[] {
  return Array.isArray(content) ? content.filter(isPart) : [];
}

/** Whether a model can read the part, which is sent to it as text. */
export function isReadable({ type, text, resource }: McpPart): boolean {
  if (type === 'text') return typeof text === 'string';
  if (type === 'resource') return isObject(resource) && typeof resource['text'] === 'string';
  return type === 'resource_link';
}

/** The part as a model reads it. A part that has no text is named, so that the model knows of it. */
export function toPartText(part: McpPart): string {
  const { type, text, uri, name } = part;
  if (!isReadable(part)) return `[${describeHidden(part)}, not shown]`;
  if (type === 'text') return String(text);
  if (type === 'resource_link') return `[${joinWords('resource_link', name, uri)}]`;
  const { uri: address, text: content } = part['resource'] as Readonly<Record<string, unknown>>;
  return `[${joinWords(type, address)}]\n${String(content)}`;
}

function describeHidden({ type, resource, ...fields }: McpPart): string {
  const source = isObject(resource) ? resource : fields;
  const { uri, mimeType, data, blob } = source as Readonly<Record<string, unknown>>;
  const base64 = data ?? blob;
  const size = typeof base64 === 'string' && `${String(countBytes(base64))} bytes`;
  return joinWords(type, uri, mimeType, size);
}

function joinWords(...words: readonly unknown[]): string {
  return words.filter((word) => typeof word === 'string' && word).join(' ');
}

function countBytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : Number(base64.endsWith('='));
  return Math.floor(((base64.length - padding) * 3) / 4);
}

function isPart(part: unknown): part is McpPart {
  return isObject(part) && typeof part['type'] === 'string';
}
