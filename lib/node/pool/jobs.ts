import { toModelKey } from '../../core/modelKey.js';
import { fromOllamaChat } from '../../sources/fromOllamaChat.js';
import { fromOllamaEmbed } from '../../sources/fromOllamaEmbed.js';
import { fromOllamaGenerate } from '../../sources/fromOllamaGenerate.js';
import { fromProgressLines } from '../../transport/fromEndpoint.js';
import { copyRequest } from '../../transport/officialClient.js';
import type {
  ChatChunk,
  ChatRequest,
  ChatStatistics,
  CreateRequest,
  EmbedRequest,
  EmbedResponse,
  GenerateChunk,
  GenerateRequest,
  ProgressLine,
  PullRequest,
  PushRequest,
} from '../../types/index.js';
import { gained, type Host } from './host.js';
import { rankForPull, rankHosts } from './rankHosts.js';
import type { Job } from './sendToHost.js';

const toFinal = (chunk: ChatChunk): ChatStatistics | undefined => (chunk.done ? chunk : undefined);

export const toChatJob = (request: ChatRequest): Job<ChatChunk> => ({
  model: request.model,
  rank: rankHosts,
  send: (where) => fromOllamaChat(request, where),
  usesModel: true,
  toFinal,
});

export const toGenerateJob = (request: GenerateRequest): Job<GenerateChunk> => ({
  model: request.model,
  rank: rankHosts,
  send: (where) => fromOllamaGenerate(request, where),
  usesModel: true,
  toFinal,
});

export const toEmbedJob = (request: EmbedRequest): Job<EmbedResponse> => ({
  model: request.model,
  rank: rankHosts,
  send: (where) => fromOllamaEmbed(request, where),
  usesModel: true,
  // Without `toFinal`: how long embedding takes says nothing of answers.
});

export const toPullJob = (request: PullRequest): Job<ProgressLine> => ({
  model: request.model,
  rank: rankForPull,
  send: (where) => fromProgressLines('pull', (by) => by.pull?.(copyRequest(request)), where),
  usesModel: false,
  onDone: toGain(request),
});

export const toPushJob = (request: PushRequest): Job<ProgressLine> => ({
  model: request.model,
  rank: rankHosts,
  send: (where) => fromProgressLines('push', (by) => by.push?.(copyRequest(request)), where),
  usesModel: false,
});

/** A model that is made of files only needs any host. */
export const toCreateJob = (request: CreateRequest): Job<ProgressLine> => ({
  model: request.from ?? '',
  rank: rankHosts,
  send: (where) => fromProgressLines('create', (by) => by.create?.(copyRequest(request)), where),
  usesModel: false,
  onDone: toGain(request),
});

const toGain = ({ model }: { readonly model: string }) => {
  const key = toModelKey(model);
  return (host: Host): Host => gained(host, key);
};
