import { toBase64 } from '../transport/encodeImages.js';
import type { Message } from '../types/index.js';

/**
 * A copy of a message, whose images of bytes are base64. A store that keeps JSON would lose bytes, and each
 * request would encode them again. The caller's own message is not changed.
 */
export function copyMessage(message: Message): Message {
  const images: unknown = message.images;
  if (!Array.isArray(images)) return { ...message };
  return { ...message, images: images.map(encode) as readonly string[] };
}

/** Encodes an image that can be read at once: a Blob is encoded with each request. */
function encode(image: unknown): unknown {
  if (ArrayBuffer.isView(image)) {
    return toBase64(new Uint8Array(image.buffer, image.byteOffset, image.byteLength));
  }
  return image instanceof ArrayBuffer ? toBase64(new Uint8Array(image)) : image;
}
