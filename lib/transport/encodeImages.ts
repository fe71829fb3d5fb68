import { OllamaValidationError } from '../errors.js';
import { describeKind } from './describeKind.js';
import { nextTurn } from './nextTurn.js';

/**
 * Bytes per turn of the event loop: about 5 ms of work, with Node's `Buffer` and without. Multiples of 3, so that
 * slices join. They are large, because to join them costs as much as to encode them.
 */
const BUFFER_SLICE = 6 * 1024 * 1024;
const SLICE = 384 * 1024;
/** `String.fromCharCode` takes its arguments from the stack. */
const PIECE = 8 * 1024;

/** Encodes an image. */
export type EncodeImage = (image: unknown) => Promise<string>;

/**
 * Makes the base64 text of images that Ollama takes, of one request: one image after the other, with a
 * turn of the event loop after each slice of bytes. A string is base64 already, or a `data:` URL. It is
 * never taken for the path of a file.
 */
export function createImageEncoder(signal?: AbortSignal): EncodeImage {
  const size = getBuffer() ? BUFFER_SLICE : SLICE;
  let room = size;
  let last: Promise<unknown> = Promise.resolve();

  const encode = async (image: unknown): Promise<string> => {
    if (typeof image === 'string') return readText(image);
    const bytes = await readBytes(image);
    let text = '';
    for (let start = 0; start < bytes.length; start += size) {
      const slice = bytes.subarray(start, start + size);
      if (slice.length > room) {
        await new Promise<void>(nextTurn);
        signal?.throwIfAborted();
        room = size;
      }
      room -= slice.length;
      text += toBase64(slice);
    }
    return text;
  };

  return (image) => {
    const encoded = last.then(() => encode(image));
    last = encoded;
    return encoded;
  };
}

/** Encodes bytes at once. */
export function toBase64(bytes: Uint8Array & { readonly toBase64?: () => string }): string {
  const Buffer = getBuffer();
  if (Buffer) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  }
  if (bytes.toBase64) return bytes.toBase64();
  let binary = '';
  for (let start = 0; start < bytes.length; start += PIECE) {
    binary += String.fromCharCode(...bytes.subarray(start, start + PIECE));
  }
  return btoa(binary);
}

function getBuffer(): BufferConstructor | undefined {
  return (globalThis as { Buffer?: BufferConstructor }).Buffer;
}

/** What this library needs of Node's `Buffer`. */
interface BufferConstructor {
  from(
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ): { toString(encoding: 'base64'): string };
}

function readText(text: string): string {
  const [, scheme] = /^(data|https?|file|blob):/i.exec(text) ?? [];
  if (!scheme) return text;
  if (scheme.toLowerCase() !== 'data') {
    throw refuse(`It is a ${scheme.toLowerCase()}: URL, which Ollama does not read.`);
  }
  const [prefix] = /^[^,]*;\s*base64\s*,/i.exec(text) ?? [];
  if (!prefix) throw refuse('It is a data: URL without ;base64.');
  const encoded = text.slice(prefix.length);
  if (!encoded.includes('%')) return encoded;
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw refuse('It is a data: URL that is not encoded well.');
  }
}

async function readBytes(image: unknown): Promise<Uint8Array> {
  if (ArrayBuffer.isView(image)) {
    return new Uint8Array(image.buffer, image.byteOffset, image.byteLength);
  }
  if (isBlob(image)) return new Uint8Array(await image.arrayBuffer());
  if (isArrayBuffer(image)) return new Uint8Array(image);
  throw refuse(`It is ${describeKind(image)}.`);
}

const isBlob = (image: unknown): image is Blob =>
  typeof (Object(image) as Partial<Blob>).arrayBuffer === 'function';

/** Also one of another realm, such as a frame of a page. */
const isArrayBuffer = (image: unknown): image is ArrayBuffer =>
  /^\[object (?:Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(image));

function refuse(why: string): OllamaValidationError {
  const message = `An image can't be sent. ${why} Pass its bytes (Uint8Array, ArrayBuffer or Blob) or base64.`;
  return new OllamaValidationError(message, [{ message: why, path: ['images'] }]);
}
