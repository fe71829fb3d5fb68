import { expectTypeOf } from 'expect-type';
import { Ollama } from 'ollama/browser';
import { fromChatEvents, fromOllamaChat } from '../../lib/index.js';
import { httpFetch } from '../../lib/node/index.js';

// It is a fetch, wherever one is taken.
expectTypeOf(httpFetch).toEqualTypeOf<typeof fetch>();
expectTypeOf(httpFetch('http://127.0.0.1:11434')).toEqualTypeOf<Promise<Response>>();
void fromOllamaChat({ model: 'qwen3' }, { fetch: httpFetch });
void fromChatEvents('/chat', { fetch: httpFetch });
new Ollama({ fetch: httpFetch });

// @ts-expect-error -- it needs to know where
void httpFetch();
