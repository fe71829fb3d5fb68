import { OllamaConnectionError } from '../errors.js';
import { OPEN_READER, hasMethod, isReadable, openReader, type Reader } from './reader.js';

/** What any `fetch` may give. One that can't stream has no `body`, and a test's may have nothing else. */
export interface AnyResponse {
  readonly ok?: boolean;
  readonly status?: number;
  readonly body?: unknown;
  readonly bodyUsed?: boolean;
  text?(): Promise<string>;
  arrayBuffer?(): Promise<ArrayBuffer>;
  [OPEN_READER]?(): Reader;
}

export function isResponse(value: unknown): value is AnyResponse {
  const { status, ok } = Object(value) as Record<keyof AnyResponse, unknown>;
  return typeof status === 'number' || typeof ok === 'boolean';
}

/** A header, where there are headers. */
export function readHeader(response: AnyResponse, name: string): string | undefined {
  const { headers } = response as { readonly headers?: Headers };
  return hasMethod(headers, 'get') ? (headers?.get(name) ?? undefined) : undefined;
}

export function isOk({ ok, status = 200 }: AnyResponse): boolean {
  return ok ?? (status >= 200 && status < 300);
}

/**
 * Opens the body of a response: a web stream, or what can be iterated, such as a stream of Node. Where
 * there is neither, the whole body as text or bytes, when all of it has come.
 *
 * @throws OllamaConnectionError if the body has been read, or has a reader
 */
export function openBody(response: AnyResponse): Reader | undefined {
  if (response[OPEN_READER]) return response[OPEN_READER]();
  const { body, bodyUsed } = response;
  if (bodyUsed) {
    throw new OllamaConnectionError(
      'The body of the response has been read already. Pass a fetch that reads a clone() of it.',
    );
  }
  if (isReadable(body)) return openReader(body);
  // Text first: React Native can't give the bytes.
  if (hasMethod(response, 'text')) return readOnce(() => response.text?.());
  if (hasMethod(response, 'arrayBuffer')) return readOnce(() => response.arrayBuffer?.());
  return undefined;
}

function readOnce(readAll: () => Promise<unknown> | undefined): Reader {
  let begun = false;
  return {
    isWhole: true,
    async read() {
      if (begun) return { done: true };
      begun = true;
      return { value: await readAll() };
    },
    // It can only be stopped by the signal of the request.
    cancel: () => Promise.resolve(),
  };
}

/** Whether a read gave bytes or text, which {@link toBytes} takes. */
export function isBytes(value: unknown): value is string | ArrayBufferView | ArrayBuffer {
  return typeof value === 'string' || ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

/** What a read gave, as bytes: a stream may also give text. */
export function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (!isBytes(value)) {
    throw new OllamaConnectionError(
      'The body of the response gave something that is not bytes or text. Pass a fetch whose body gives bytes.',
    );
  }
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
