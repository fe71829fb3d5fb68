import { expectTypeOf } from 'expect-type';
import {
  Ollama,
  type CreateRequest as OfficialCreate,
  type EmbedRequest as OfficialEmbed,
  type GenerateRequest as OfficialGenerate,
  type PullRequest as OfficialPull,
  type PushRequest as OfficialPush,
} from 'ollama';
import { of, type Observable } from 'rxjs';
import {
  accumulateMessage,
  accumulateResponse,
  bufferForUi,
  fromOllamaCreate,
  fromOllamaEmbed,
  fromOllamaGenerate,
  fromOllamaPull,
  fromOllamaPush,
  splitThinking,
  type AssistantMessage,
  type ChatChunk,
  type CreateRequest,
  type EmbedRequest,
  type EmbedResponse,
  type GenerateChunk,
  type GenerateRequest,
  type ModelProgress,
  type OllamaClient,
  type PhasedChunk,
  type PullRequest,
  type PushRequest,
} from '../../lib/index.js';
import type { GenerateLine, ProgressLine } from '../../lib/types/index.js';

// What the official package takes is taken here.
expectTypeOf<OfficialGenerate>().toExtend<GenerateRequest>();
expectTypeOf<OfficialPull>().toExtend<PullRequest>();
expectTypeOf<OfficialPush>().toExtend<PushRequest>();
expectTypeOf<OfficialCreate>().toExtend<CreateRequest>();
expectTypeOf<OfficialEmbed>().toExtend<EmbedRequest>();
expectTypeOf<Ollama>().toExtend<OllamaClient>();
expectTypeOf<Ollama>().toExtend<Required<OllamaClient>>();

const model = 'qwen3';

// A completion is a chat to the operators, and keeps what is its own.
expectTypeOf<GenerateChunk>().toExtend<ChatChunk>();
const generated = fromOllamaGenerate({ model, prompt: 'Hi', think: 'max', truncate: false });
expectTypeOf(generated).toEqualTypeOf<Observable<GenerateChunk>>();
expectTypeOf(generated.pipe(splitThinking(), bufferForUi())).toEqualTypeOf<
  Observable<PhasedChunk<GenerateChunk>>
>();
expectTypeOf(generated.pipe(splitThinking(), accumulateMessage())).toEqualTypeOf<
  Observable<AssistantMessage>
>();
generated.pipe(accumulateResponse()).subscribe(({ context }) => {
  expectTypeOf(context).toEqualTypeOf<readonly number[] | undefined>();
});

expectTypeOf(fromOllamaPull({ model, insecure: true })).toEqualTypeOf<Observable<ModelProgress>>();
expectTypeOf(fromOllamaPush({ model })).toEqualTypeOf<Observable<ModelProgress>>();
expectTypeOf(fromOllamaCreate({ model, from: 'x', license: ['MIT'] as const })).toEqualTypeOf<
  Observable<ModelProgress>
>();
expectTypeOf(fromOllamaEmbed({ model, input: ['a'] as const })).toEqualTypeOf<
  Observable<EmbedResponse>
>();

// @ts-expect-error -- a model is needed
void fromOllamaGenerate({ prompt: 'Hi' });
// @ts-expect-error -- a prompt takes no messages
void fromOllamaGenerate({ model, messages: [] });
// @ts-expect-error -- there is nothing to embed
void fromOllamaEmbed({ model });
// @ts-expect-error -- a model is needed
void fromOllamaPush({ insecure: true });
// @ts-expect-error -- a model to start from is told by its name
void fromOllamaCreate({ model, from: { model: 'x' } });
// @ts-expect-error -- batches are for embeddings
void fromOllamaPull({ model }, { batchSize: 2 });

// A client of one's own may have what it needs, and answer in any way that `chat` may.
declare const line: GenerateLine;
declare const chunk: GenerateChunk;
declare const progress: ProgressLine;
declare const embedded: EmbedResponse;
const chat = (): ChatChunk[] => [];
const clients: readonly OllamaClient[] = [
  { chat, generate: () => of(line) },
  { chat, generate: () => [chunk] },
  { chat, pull: () => of(progress), push: () => [progress] },
  { chat, create: ({ from = '' }) => of({ status: from }) },
  { chat, embed: () => of(embedded) },
];
expectTypeOf(clients).toExtend<readonly OllamaClient[]>();
// @ts-expect-error -- a number is no progress
void fromOllamaPull({ model }, { client: { chat, pull: () => of(1) } });
