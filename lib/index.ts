export {
  fromChatEvents,
  type ChatEventsInput,
  type EventReconnect,
  type FromChatEventsOptions,
} from './sources/fromChatEvents.js';
export { fromOllamaChat } from './sources/fromOllamaChat.js';
export { fromOllamaCreate } from './sources/fromOllamaCreate.js';
export { fromOllamaEmbed } from './sources/fromOllamaEmbed.js';
export { fromOllamaGenerate } from './sources/fromOllamaGenerate.js';
export { fromOllamaPull } from './sources/fromOllamaPull.js';
export { fromOllamaPush } from './sources/fromOllamaPush.js';
export {
  fromOllamaStream,
  type ChatStream,
  type ChatStreamInput,
} from './sources/fromOllamaStream.js';
export { raceChat, type RaceChatOptions } from './sources/raceChat.js';
export { replayChat, type ReplayChatOptions } from './sources/replayChat.js';

export { accumulateMessage } from './operators/accumulateMessage.js';
export { accumulateResponse } from './operators/accumulateResponse.js';
export { answerText } from './operators/answerText.js';
export { bufferForUi, type BufferForUiOptions } from './operators/bufferForUi.js';
export { collectToolCalls } from './operators/collectToolCalls.js';
export { jsonElements, type JsonElementsOptions } from './operators/jsonElements.js';
export { parseJson, type ParseJsonOptions } from './operators/parseJson.js';
export {
  partialJson,
  type DeepPartial,
  type PartialJson,
  type PartialJsonOptions,
} from './operators/partialJson.js';
export { recordChat, type RecordChatOptions, type RecordingSink } from './operators/recordChat.js';
export { retryChat, type RetryChatOptions } from './operators/retryChat.js';
export { shareChat, type ShareChatOptions } from './operators/shareChat.js';
export { splitThinking } from './operators/splitThinking.js';
export { takeUntilAborted } from './operators/takeUntilAborted.js';
export { tapThroughput } from './operators/tapThroughput.js';
export { thinkingText } from './operators/thinkingText.js';
export { throughput, type ThroughputOptions } from './operators/throughput.js';
export { timeoutChat, type TimeoutChatOptions } from './operators/timeoutChat.js';
export { toolCalls } from './operators/toolCalls.js';

export {
  defineTool,
  type DefinedTool,
  type NeedsApproval,
  type ToolContext,
  type ToolDefinition,
} from './tools/defineTool.js';
export { repeatsCall } from './tools/repeatsCall.js';
export { runChunks } from './tools/runChunks.js';
export { runMessage } from './tools/runMessage.js';
export { runTools, type RunToolsOptions, type StepChange } from './tools/runTools.js';
export { toFormat } from './tools/toFormat.js';
export type { Approval, ApprovalAnswer, Approve } from './tools/approval.js';
export type { Decisions } from './tools/decisions.js';
export type {
  ChunkEvent,
  FinishEvent,
  FinishReason,
  StepFinishEvent,
  Streamed,
  ToolApprovalEvent,
  ToolCallEvent,
  ToolDeniedEvent,
  ToolErrorEvent,
  ToolProgressEvent,
  ToolResultEvent,
  ToolRunEvent,
  ToolStartEvent,
} from './tools/events.js';

export {
  createConversation,
  type Conversation,
  type SendOptions,
} from './conversation/createConversation.js';
export { keepTurns } from './conversation/keepTurns.js';
export type { SavedMessage } from './conversation/messages.js';
export type { ConversationOptions } from './conversation/options.js';
export type { ConversationStore } from './conversation/store.js';

export {
  OllamaConnectionError,
  OllamaError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaToolError,
  OllamaTruncatedError,
  OllamaValidationError,
  isOllamaError,
  type OllamaErrorCode,
  type OllamaErrors,
  type ValidationIssue,
} from './errors.js';

export type { FormatChange } from './core/json/grammarSchema.js';
export type { InferSchema, Schema } from './core/json/schema.js';
export type { WhileBusy } from './conversation/actions.js';
export type {
  CallActivity,
  CallStatus,
  ConversationEnding,
  ConversationMessage,
  ConversationState,
  ConversationStatus,
} from './conversation/state.js';
export { backoff, type BackoffOptions } from './backoff.js';
export type { OtherEvent } from './wire/chatEvents.js';
export type { Recording } from './core/recording.js';
export type { Throughput } from './core/throughput.js';
export type { Segmentation } from './core/ui/segmenter.js';
export type { SplitThinkingOptions, ThinkingTag } from './core/thinking/grammar.js';
export type {
  AnyChatChunk,
  AssistantMessage,
  ChatChunk,
  ChatDeltaChunk,
  ChatFinalChunk,
  ChatRequest,
  ChatStatistics,
  ChunkMarks,
  ChunkMessage,
  CreateRequest,
  EmbedOptions,
  EmbedRequest,
  EmbedResponse,
  GenerateChunk,
  GenerateRequest,
  IdentifiedToolCall,
  JsonSchema,
  Logprob,
  Message,
  MessageImage,
  ModelOptions,
  ModelProgress,
  OllamaClient,
  OllamaOptions,
  Phase,
  PhasedChunk,
  ProgressOptions,
  PullRequest,
  PushRequest,
  Think,
  Tool,
  ToolCall,
} from './types/index.js';
