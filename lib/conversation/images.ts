import type { Message } from '../types/index.js';

/** How many bytes are converted by one call: each is an argument. */
const PIECE = 0x8000;

/**
 * Copies of messages, whose images are base64. A store that keeps JSON would lose bytes, and each request
 * would encode them again. The caller's own messages are not changed.
 */
export function copyMessages(messages: readonly Message[]): readonly Message[] {
  return messages.map(copyMessage);
}

/** A copy of one message, whose images are base64. */
export function copyMessage(message: Message): Message {
  const { images } = message;
  if (!Array.isArray(images)) return { ...message };
  const encoded = (images as readonly unknown[]).map((image) =>
    image instanceof Uint8Array ? toBase64(image) : image,
  );
  return { ...message, images: encoded as readonly string[] };
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}
