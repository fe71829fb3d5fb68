export { chatResource } from './chatResource.js';
export type {
  ChatPhase,
  ChatResourceOptions,
  ChatResourceRef,
  ChatResourceRequest,
} from './chatResourceRef.js';
export { injectConversation } from './injectConversation.js';
export type {
  ConversationApproval,
  ConversationRef,
  ConversationRefOptions,
} from './conversationRef.js';
export { injectOllama, type InjectOptions, type Ollama } from './injectOllama.js';
export { provideOllama, type OllamaConfig } from './provideOllama.js';
