import type { Script } from './script.js';

/** What a server without a script answers. */
export const DEFAULT_SCRIPT: Script = ({ path, body: { model, input } }) => {
  if (path === '/api/chat' || path === '/api/generate') {
    return ['Hello', ', ', 'world', '!', { done: true }];
  }
  if (path !== '/api/embed') return [{ status: 'success' }];
  // The length of a text is an embedding, if a modest one.
  const embeddings = [input ?? []].flat().map((text) => [text.length]);
  const json = JSON.stringify({ model, embeddings });
  return {
    steps: [{ raw: json }],
    headers: { 'Content-Length': String(Buffer.byteLength(json)) },
  };
};
