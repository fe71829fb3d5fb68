export { agUi } from './agUi.js';
export { createRuns } from './runs/createRuns.js';
export { fromAgUiInput } from './fromAgUiInput.js';
export { fromUiMessages } from './fromUiMessages.js';
export { httpFetch } from './httpFetch.js';
export { memoryStore, type MemoryStoreOptions } from './runs/memoryStore.js';
export { ndjson } from './ndjson.js';
export { ollama } from './ollama.js';
export { openAi, type OpenAiOptions } from './openAi.js';
export { createOllamaPool, type OllamaPool } from './pool/createOllamaPool.js';
export { pipeToResponse, type Delivered } from './pipeToResponse.js';
export { readFrames } from './readFrames.js';
export { RunError, type RunErrorCode } from './runs/runError.js';
export { sse, type SseOptions } from './sse.js';
export { toAgUiEvents, type ToAgUiEventsOptions } from './toAgUiEvents.js';
export { toNdjson } from './toNdjson.js';
export { toNestSse, type NestSseEvent } from './toNestSse.js';
export { toReadableStream } from './toReadableStream.js';
export { toResponse } from './toResponse.js';
export { toSse, type ToSseOptions } from './toSse.js';
export { toUiMessageStream, type ToUiMessageStreamOptions } from './toUiMessageStream.js';
export { uiMessages } from './uiMessages.js';
export type { AgUiEvent, AgUiInterrupt, AgUiOutcome, AgUiUsage } from './agUiEvent.js';
export type { AgUiOptions } from './agUiParts.js';
export type { ClientRun } from './clientHistory.js';
export type { DeliverOptions } from './deliverOptions.js';
export type { EncodeOptions, Format } from './format.js';
export type { Http2StreamLike, NodeResponseLike } from './nodeResponse.js';
export type { HostState } from './pool/host.js';
export type { OllamaPoolOptions, PoolHost } from './pool/readPoolOptions.js';
export type { PublicErrorOptions, TextOptions } from './toText.js';
export type { UiFinishReason, UiMessageChunk } from './uiMessageChunk.js';
export type { UiMessagesOptions } from './uiMessageParts.js';
export type {
  FollowOptions,
  FoundRun,
  OwnerOptions,
  RunContext,
  Runs,
  RunsOptions,
  StartOptions,
} from './runs/runs.js';
export type {
  LogEntry,
  NewRun,
  RunRecord,
  RunSignal,
  RunStore,
  Standing,
} from './runs/runStore.js';
export type { PublicError, SseFrame } from '../wire/chatEvents.js';
