import { BLOCK } from '../questions/markdown.mjs';

const CHUNK_LENGTH = 4;

/**
 * An answer in Markdown, cut as models cut it: about four characters a chunk.
 * @param {number} chunks
 */
export function createText(chunks) {
  const length = chunks * CHUNK_LENGTH;
  const text = BLOCK.repeat(Math.ceil(length / BLOCK.length)).slice(0, length);
  return text.match(/[^]{1,4}/g) ?? [];
}
