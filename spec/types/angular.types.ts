import type {
  EnvironmentProviders,
  Injector,
  Resource,
  ResourceStatus,
  Signal,
} from '@angular/core';
import { expectTypeOf } from 'expect-type';
import type { Observable } from 'rxjs';
import {
  chatResource,
  injectConversation,
  injectOllama,
  provideOllama,
  type ChatPhase,
  type ChatResourceOptions,
  type ChatResourceRef,
  type ChatResourceRequest,
  type ConversationApproval,
  type ConversationRef,
  type ConversationRefOptions,
  type InjectOptions,
  type Ollama,
  type OllamaConfig,
} from '../../lib/angular/index.js';
import {
  OllamaTestingController,
  provideOllamaTesting,
  type ChatMatch,
  type OllamaTestingOptions,
  type TestChat,
} from '../../lib/angular/testing/index.js';
import {
  answerText,
  retryChat,
  timeoutChat,
  type AssistantMessage,
  type CallActivity,
  type ChatChunk,
  type ChatRequest,
  type ConversationEnding,
  type ConversationMessage,
  type ConversationStatus,
  type IdentifiedToolCall,
  type Throughput,
  type ToolRunEvent,
} from '../../lib/index.js';
import { chunk } from '../../lib/testing/index.js';

declare const injector: Injector;
declare const messages: ChatRequest['messages'] & object;

// A config is an object, or a function.
expectTypeOf(provideOllama({})).toEqualTypeOf<EnvironmentProviders>();
provideOllama(() => ({ host: '/ollama', model: 'qwen3', every: 50, defaults: { think: 'low' } }));
provideOllama({ model: undefined, defaults: undefined, every: undefined, host: undefined });
expectTypeOf<OllamaConfig['every']>().toEqualTypeOf<'frame' | number | undefined>();
// @ts-expect-error -- not a promise of one
provideOllama(() => Promise.resolve({ model: 'qwen3' }));
// @ts-expect-error -- messages are those of a request
provideOllama({ defaults: { messages: [] } });

// A request needs no model.
const chat = chatResource({ request: () => ({ messages }) });
expectTypeOf(chat).toEqualTypeOf<ChatResourceRef>();
chatResource({ request: () => undefined });
chatResource({
  request: () => ({ model: 'qwen3', messages, think: true }),
  operators: (chunk$) => chunk$.pipe(timeoutChat({ idle: 1000 }), retryChat({ count: 1 })),
  every: 0,
  equal: (a, b) => a === b,
  server: 'wait',
  id: 'chat',
  injector,
  debugName: 'chat',
});
chatResource({
  request: () => ({ messages }),
  operators: undefined,
  every: undefined,
  equal: undefined,
  server: undefined,
  id: undefined,
  injector: undefined,
  debugName: undefined,
});
expectTypeOf<ChatResourceRequest['model']>().toEqualTypeOf<string | undefined>();
expectTypeOf<ChatRequest>().toExtend<ChatResourceRequest>();
expectTypeOf<ChatResourceOptions['server']>().toEqualTypeOf<'skip' | 'wait' | undefined>();
// @ts-expect-error -- the request is read again when it changes: it is a function
chatResource({ request: { messages } });
// @ts-expect-error -- what is emitted has to be chunks
chatResource({ request: () => ({ messages }), operators: (chunk$) => chunk$.pipe(answerText()) });

expectTypeOf(chat.value).toEqualTypeOf<Signal<AssistantMessage | undefined>>();
expectTypeOf(chat.status).toEqualTypeOf<Signal<ResourceStatus>>();
expectTypeOf(chat.error).toEqualTypeOf<Signal<Error | undefined>>();
expectTypeOf(chat.phase).toEqualTypeOf<Signal<ChatPhase>>();
expectTypeOf<ChatPhase>().toEqualTypeOf<
  'idle' | 'waiting' | 'thinking' | 'answer' | 'tools' | 'done' | 'stopped' | 'error'
>();
expectTypeOf(chat.answer).toEqualTypeOf<Signal<string>>();
expectTypeOf(chat.toolCalls).toEqualTypeOf<Signal<readonly IdentifiedToolCall[]>>();
expectTypeOf(chat.throughput).toEqualTypeOf<Signal<Throughput | undefined>>();
expectTypeOf(chat.reload()).toEqualTypeOf<boolean>();
// What reads a resource of Angular by its signals can read it.
expectTypeOf(chat).toExtend<
  Pick<Resource<AssistantMessage | undefined>, 'value' | 'status' | 'error' | 'isLoading'>
>();

const conversation = injectConversation();
expectTypeOf(conversation).toEqualTypeOf<ConversationRef>();
injectConversation({ model: 'qwen3', system: 'Be brief.', injector });
injectConversation(() => ({ model: 'qwen3' }));
expectTypeOf<ConversationRefOptions['model']>().toEqualTypeOf<string | undefined>();
// @ts-expect-error -- options of a model that is known at once
injectConversation(() => Promise.resolve({ model: 'qwen3' }));
expectTypeOf(conversation.messages).toEqualTypeOf<Signal<readonly ConversationMessage[]>>();
expectTypeOf(conversation.status).toEqualTypeOf<Signal<ConversationStatus>>();
expectTypeOf(conversation.ending).toEqualTypeOf<Signal<ConversationEnding | undefined>>();
expectTypeOf(conversation.error).toEqualTypeOf<Signal<Error | undefined>>();
expectTypeOf(conversation.activity).toEqualTypeOf<Signal<readonly CallActivity[]>>();
expectTypeOf(conversation.approvals).toEqualTypeOf<Signal<readonly ConversationApproval[]>>();
conversation.send('Hi', { images: ['aGk='] });
conversation.edit('message_0', 'Bye');

const ollama = injectOllama();
expectTypeOf(ollama).toEqualTypeOf<Ollama>();
injectOllama({ injector });
expectTypeOf<InjectOptions['injector']>().toEqualTypeOf<Injector | undefined>();
// @ts-expect-error -- the config is that of provideOllama
injectOllama({ model: 'qwen3' });
expectTypeOf(ollama.chat({ messages })).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(ollama.runTools({ messages }, { tools: [] })).toEqualTypeOf<
  Observable<ToolRunEvent>
>();
// @ts-expect-error -- models that embed are others than those that chat
void ollama.embed({ input: 'Hi' });

expectTypeOf(provideOllamaTesting()).toEqualTypeOf<EnvironmentProviders>();
provideOllamaTesting({ model: 'qwen3', every: 'frame' } satisfies OllamaTestingOptions);
// @ts-expect-error -- there is no server in a test
provideOllamaTesting({ host: '' });

declare const controller: OllamaTestingController;
expectTypeOf(OllamaTestingController).toBeObject();
expectTypeOf(controller.expectOne()).toEqualTypeOf<TestChat>();
expectTypeOf(controller.match('Hi')).toEqualTypeOf<TestChat[]>();
expectTypeOf<(request: ChatRequest) => boolean>().toExtend<ChatMatch>();
controller.expectOne(({ model }) => model === 'qwen3');
// @ts-expect-error -- a text or a function
controller.expectOne(1);
controller
  .expectOne()
  .thinking('Hm')
  .answer('Hello')
  .toolCall('clock', { zone: 'CET' })
  .chunk(chunk.answer('!'))
  .done({ reason: 'length' });
