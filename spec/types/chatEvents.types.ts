import { expectTypeOf } from 'expect-type';
import type { Observable } from 'rxjs';
import {
  fromChatEvents,
  runChunks,
  type ChatChunk,
  type ChatEventsInput,
  type EventReconnect,
  type FromChatEventsOptions,
  type OtherEvent,
  type Streamed,
  type ToolRunEvent,
} from '../../lib/index.js';

// Chunks, unless the events of a run are asked for.
expectTypeOf(fromChatEvents('/chat')).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(fromChatEvents<ToolRunEvent>('/run')).toEqualTypeOf<Observable<ToolRunEvent>>();
expectTypeOf(fromChatEvents<ToolRunEvent>('/run').pipe(runChunks())).toEqualTypeOf<
  Observable<ChatChunk>
>();
expectTypeOf<ChatChunk | ToolRunEvent>().toEqualTypeOf<Streamed>();

// Whatever can be read.
const inputs: ChatEventsInput[] = [
  '/chat',
  new URL('https://app.example/chat'),
  new Request('https://app.example/chat'),
  new Response(),
];
for (const input of inputs) void fromChatEvents(input);

const reconnect: EventReconnect = { count: 3, delay: { initial: 100 } };
const options: FromChatEventsOptions = {
  fetch,
  headers: [['Authorization', 'Bearer …']],
  after: '1-5',
  reconnect,
  idle: 45_000,
  onId: (id) => id.length,
  onOther: (event) => {
    expectTypeOf(event).toEqualTypeOf<OtherEvent>();
  },
  maxEventBytes: 1024,
};
void fromChatEvents('/chat', options);
void fromChatEvents('/chat', { reconnect: false, idle: undefined });

// @ts-expect-error -- neither chunks nor events of a run
void fromChatEvents<string>('/chat');
// @ts-expect-error -- false, or how
void fromChatEvents('/chat', { reconnect: true });
// @ts-expect-error -- nothing to read
void fromChatEvents(undefined);
