import type { OllamaOptions } from '../types/index.js';

/** The options that say where and how a request is made. */
export const OLLAMA_OPTIONS = [
  'client',
  'host',
  'headers',
  'fetch',
  'maxLineBytes',
] as const satisfies readonly (keyof OllamaOptions)[];
