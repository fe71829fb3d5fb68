export { fromOllamaChat } from './sources/fromOllamaChat.js';

export { accumulateMessage } from './operators/accumulateMessage.js';
export { accumulateResponse } from './operators/accumulateResponse.js';
export { answerText } from './operators/answerText.js';
export { bufferForUi, type BufferForUiOptions } from './operators/bufferForUi.js';
export { collectToolCalls } from './operators/collectToolCalls.js';
export { splitThinking } from './operators/splitThinking.js';
export { tapThroughput } from './operators/tapThroughput.js';
export { thinkingText } from './operators/thinkingText.js';
export { throughput, type ThroughputOptions } from './operators/throughput.js';
export { toolCalls } from './operators/toolCalls.js';

export {
  OllamaConnectionError,
  OllamaError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaToolError,
  OllamaTruncatedError,
  isOllamaError,
  type OllamaErrorCode,
  type OllamaErrors,
} from './errors.js';

export type { Throughput } from './core/metrics.js';
export type { Segmentation } from './core/segment.js';
export type { ThinkingOptions, ThinkingTag } from './core/thinking.js';
export type {
  AssistantMessage,
  ChatChunk,
  ChatDeltaChunk,
  ChatFinalChunk,
  ChatRequest,
  ChatStatistics,
  ChunkMarks,
  ChunkMessage,
  IdentifiedToolCall,
  JsonSchema,
  Logprob,
  Message,
  OllamaClient,
  OllamaOptions,
  Phase,
  PhasedChunk,
  Think,
  Tool,
  ToolCall,
} from './types.js';
