import type { Observable } from 'rxjs';
import { fromOllamaCreate } from '../../lib/sources/fromOllamaCreate.js';
import { fromOllamaEmbed } from '../../lib/sources/fromOllamaEmbed.js';
import { fromOllamaGenerate } from '../../lib/sources/fromOllamaGenerate.js';
import { fromOllamaPull } from '../../lib/sources/fromOllamaPull.js';
import { fromOllamaPush } from '../../lib/sources/fromOllamaPush.js';
import type { Step } from '../../lib/testing/node/index.js';
import type { OllamaOptions } from '../../lib/types/index.js';

/** One of the sources besides `fromOllamaChat`. */
export interface Endpoint {
  readonly name: string;
  readonly method: 'generate' | 'pull' | 'push' | 'create' | 'embed';
  readonly ask: (options?: OllamaOptions) => Observable<unknown>;
  /** What its server says at first, and at last. */
  readonly first: Step;
  readonly last: Step;
}

const MODEL = { model: 'qwen3' };
const WORKING = { status: 'working' };
const SUCCESS = { status: 'success' };

/** Those whose answer comes in lines. */
export const streams: readonly Endpoint[] = [
  {
    name: 'fromOllamaGenerate',
    method: 'generate',
    ask: (options) => fromOllamaGenerate({ ...MODEL, prompt: 'Hi' }, options),
    first: 'Hel',
    last: { done: true },
  },
  {
    name: 'fromOllamaPull',
    method: 'pull',
    ask: (options) => fromOllamaPull(MODEL, options),
    first: WORKING,
    last: SUCCESS,
  },
  {
    name: 'fromOllamaPush',
    method: 'push',
    ask: (options) => fromOllamaPush(MODEL, options),
    first: WORKING,
    last: SUCCESS,
  },
  {
    name: 'fromOllamaCreate',
    method: 'create',
    ask: (options) => fromOllamaCreate({ ...MODEL, from: 'mario' }, options),
    first: WORKING,
    last: SUCCESS,
  },
];

export const endpoints: readonly Endpoint[] = [
  ...streams,
  {
    name: 'fromOllamaEmbed',
    method: 'embed',
    ask: (options) => fromOllamaEmbed({ ...MODEL, input: 'Hi' }, options),
    first: { raw: '{"model":"qwen3",' },
    last: { raw: '"embeddings":[[1]]}' },
  },
];
