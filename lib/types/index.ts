export type {
  AnyChatChunk,
  ChatChunk,
  ChatDeltaChunk,
  ChatFinalChunk,
  ChatStatistics,
  ChunkMarks,
  ChunkMessage,
  GenerateChunk,
  GenerateLine,
  Logprob,
  Phase,
  PhasedChunk,
} from './chunk.js';
export type {
  EmbedOptions,
  OllamaClient,
  OllamaOptions,
  ProgressOptions,
  Result,
} from './client.js';
export type {
  CreateRequest,
  EmbedRequest,
  EmbedResponse,
  ModelProgress,
  ProgressLine,
  PullRequest,
  PushRequest,
} from './models.js';
export type {
  AssistantMessage,
  ChatRequest,
  GenerateRequest,
  JsonSchema,
  Message,
  MessageImage,
  ModelOptions,
  Think,
} from './request.js';
export type { IdentifiedToolCall, Tool, ToolCall } from './tool.js';
