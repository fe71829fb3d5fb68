import { expectTypeOf } from 'expect-type';
import NodeOllama, {
  Ollama,
  type ChatRequest as OfficialRequest,
  type Message as OfficialMessage,
} from 'ollama';
import BrowserOllama, { Ollama as Browser } from 'ollama/browser';
import { of, type Observable } from 'rxjs';
import {
  fromOllamaChat,
  type ChatChunk,
  type ChatRequest,
  type Message,
  type OllamaClient,
  type OllamaOptions,
} from '../../lib/index.js';

declare const chunk: ChatChunk;
declare const chunks: AsyncIterable<ChatChunk>;

// What the official package takes is taken here.
expectTypeOf<OfficialRequest>().toExtend<ChatRequest>();
expectTypeOf<OfficialMessage>().toExtend<Message>();
declare const official: OfficialRequest;
expectTypeOf(fromOllamaChat(official)).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(fromOllamaChat({ ...official, think: 'max' })).toEqualTypeOf<Observable<ChatChunk>>();

// And more than that: what the server has learned since.
expectTypeOf(
  fromOllamaChat({
    model: 'qwen3',
    think: 'max',
    truncate: false,
    shift: false,
    messages: [
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'call_k3v9x2pq', function: { index: 0, name: 'add', arguments: {} } }],
      },
      { role: 'tool', content: '3', tool_name: 'add', tool_call_id: 'call_k3v9x2pq' },
    ] as const,
    tools: [
      {
        type: 'function',
        function: {
          name: 'add',
          parameters: {
            type: 'object',
            properties: { a: { anyOf: [{ type: 'integer' }, { type: 'null' }] } },
          },
        },
      },
    ],
  }),
).toEqualTypeOf<Observable<ChatChunk>>();

// @ts-expect-error -- a model is needed
void fromOllamaChat({ messages: [] });
// @ts-expect-error -- a message has text
void fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user' }] });
// @ts-expect-error -- there is no such level
void fromOllamaChat({ model: 'qwen3', think: 'hard' });
// @ts-expect-error -- a misspelled key
void fromOllamaChat({ model: 'qwen3', message: [] });
// @ts-expect-error -- a misspelled option
void fromOllamaChat({ model: 'qwen3' }, { url: 'http://127.0.0.1:11434' });

// Both entries of the official client are clients, and so are their default instances.
expectTypeOf<Ollama>().toExtend<OllamaClient>();
expectTypeOf<Browser>().toExtend<OllamaClient>();
expectTypeOf(NodeOllama).toExtend<OllamaClient>();
expectTypeOf(BrowserOllama).toExtend<OllamaClient>();
void fromOllamaChat(official, { client: new Browser({ host: 'http://127.0.0.1:11434' }) });

// And so is whatever has a `chat` that answers with chunks, somehow.
const clients: readonly OllamaClient[] = [
  { chat: () => of(chunk) },
  { chat: () => [chunk] },
  { chat: () => chunks },
  { chat: () => Promise.resolve(chunks) },
  { chat: () => Promise.resolve(chunk) },
  {
    chat: ({ model, messages = [] }) =>
      of({ ...chunk, model, message: messages[0] ?? chunk.message } as ChatChunk),
  },
];
expectTypeOf(clients).toExtend<readonly NonNullable<OllamaOptions['client']>[]>();

// @ts-expect-error -- text is no chunk
void fromOllamaChat(official, { client: { chat: () => of('Hi') } });
// @ts-expect-error -- it has no `chat`
void fromOllamaChat(official, { client: {} });
const seeded = { chat: (request: { seed: number }) => of({ ...chunk, ...request }) };
// @ts-expect-error -- it needs what no request has
void fromOllamaChat(official, { client: seeded });
