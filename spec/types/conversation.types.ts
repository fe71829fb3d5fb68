import { expectTypeOf } from 'expect-type';
import { of, type Observable } from 'rxjs';
import {
  createConversation,
  keepTurns,
  type CallActivity,
  type CallStatus,
  type Conversation,
  type ConversationEnding,
  type ConversationMessage,
  type ConversationOptions,
  type ConversationState,
  type ConversationStatus,
  type ConversationStore,
  type DefinedTool,
  type IdentifiedToolCall,
  type Message,
  type SavedMessage,
  type Throughput,
} from '../../lib/index.js';

declare const tools: readonly DefinedTool[];
declare const state: ConversationState;
declare const messages: Message[];
declare const entry: ConversationMessage;

// A model is all it needs.
const conversation = createConversation({ model: 'qwen3' });
expectTypeOf(conversation).toEqualTypeOf<Conversation>();
expectTypeOf(conversation.state$).toEqualTypeOf<Observable<ConversationState>>();
expectTypeOf(conversation.state).toEqualTypeOf<ConversationState>();

expectTypeOf(state.messages).toEqualTypeOf<readonly ConversationMessage[]>();
expectTypeOf(state.queued).toEqualTypeOf<readonly ConversationMessage[] | undefined>();
expectTypeOf<ConversationMessage['message']>().toEqualTypeOf<Message>();
expectTypeOf<ConversationMessage['metrics']>().toEqualTypeOf<Throughput | undefined>();
// What is beside a message can't be sent by mistake.
expectTypeOf<ConversationMessage>().not.toExtend<Message>();
expectTypeOf(state.status).toEqualTypeOf<ConversationStatus>();
expectTypeOf(state.error).toBeUnknown();
expectTypeOf(state.ending).toEqualTypeOf<ConversationEnding | undefined>();
expectTypeOf<
  'stop' | 'length' | 'empty' | 'thinking-only' | 'stopped' | 'error'
>().toExtend<ConversationEnding>();
expectTypeOf(state.metrics).toEqualTypeOf<Throughput | undefined>();
expectTypeOf(state.activity).toEqualTypeOf<readonly CallActivity[] | undefined>();
expectTypeOf<CallActivity['call']>().toEqualTypeOf<IdentifiedToolCall>();
expectTypeOf<CallStatus>().toEqualTypeOf<
  'waiting' | 'approval' | 'running' | 'done' | 'failed' | 'denied'
>();

// Fields of the request, of `runTools`, of the client, and its own.
createConversation({
  model: 'qwen3',
  system: 'Be brief.',
  tools,
  history: [{ role: 'user', content: 'Hi' }],
  whileBusy: 'switch',
  trim: keepTurns(10),
  every: 50,
  think: 'high',
  options: { temperature: 0 },
  format: 'json',
  keep_alive: '5m',
  maxSteps: 3,
  approve: (call) => of(call.function.name !== 'remove'),
  host: 'http://127.0.0.1:11434',
  headers: { authorization: 'Bearer x' },
  fetch,
});

// Every option may be undefined.
createConversation({
  model: 'qwen3',
  system: undefined,
  tools: undefined,
  history: undefined,
  store: undefined,
  whileBusy: undefined,
  trim: undefined,
  every: undefined,
  maxSteps: undefined,
  concurrency: undefined,
  approve: undefined,
  onToolError: undefined,
  toolTimeout: undefined,
  stopWhen: undefined,
  scheduler: undefined,
});

// Options may be a function.
declare const options: ConversationOptions;
createConversation(() => options);
createConversation(() => ({ model: 'qwen3', trim: (all) => all.slice(-10) }));
// @ts-expect-error -- of a model that is known at once
createConversation(() => Promise.resolve(options));

// A history may be plain, or as a state or a store has it.
declare const saved: SavedMessage[];
createConversation({ model: 'qwen3', history: saved });
createConversation({ model: 'qwen3', history: state.messages });

// A store may give values, promises and Observables.
const stores: ConversationStore[] = [
  { load: () => messages, save: () => undefined },
  { load: () => null, save: (all) => all.length },
  { load: async () => Promise.resolve(messages), save: async () => Promise.resolve() },
  { load: () => of(messages), save: () => of(true) },
  { load: () => saved, save: (_, entries) => saved.push(...entries) },
];
createConversation({ model: 'qwen3', ...(stores[0] && { store: stores[0] }) });

conversation.send('Hi');
conversation.send('What is it?', { images: [new Uint8Array()] });
conversation.send({ role: 'user', content: 'Hi' }, { images: ['aGk='] });
conversation.edit(0, 'Hey');
conversation.edit('message_0', 'Hey');
conversation.approve('call_0', true);
conversation.approve('call_0', { approved: false, reason: 'Too much' });
// @ts-expect-error -- a method decides, and doesn't suspend
conversation.approve('call_0', 'suspend');

// @ts-expect-error -- there has to be a model
createConversation({});
// @ts-expect-error -- the messages are those of the conversation
createConversation({ model: 'qwen3', messages });
// @ts-expect-error -- a tool is more than what the model is told of it
createConversation({ model: 'qwen3', tools: [{ type: 'function', function: { name: 'x' } }] });
// @ts-expect-error -- the number of turns is the user's
createConversation({ model: 'qwen3', trim: keepTurns() });
// @ts-expect-error -- no such way
createConversation({ model: 'qwen3', whileBusy: 'drop' });
// @ts-expect-error -- a store has to save too
createConversation({ model: 'qwen3', store: { load: () => messages } });
// @ts-expect-error -- a message has a text
conversation.send({ role: 'user' });
// @ts-expect-error -- nobody else can change what is shown
state.status = 'idle';
// @ts-expect-error -- nor the list
state.messages[0] = entry;

// No Subject is exposed.
expectTypeOf(conversation.state$).not.toHaveProperty('next');
