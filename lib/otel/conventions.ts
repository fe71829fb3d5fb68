/**
 * The names of OpenTelemetry's conventions for generative AI. They stand here, and nowhere else.
 *
 * Spans, attributes and `LATEST_METRICS` are those of
 * https://github.com/open-telemetry/semantic-conventions-genai
 *
 * - docs/gen-ai/client-inference.md at commit 024a4f944a1291fcb627c9c47da69e79868dd15e: a chat and its metrics
 * - model/gen-ai/token-metrics.yaml at commit 066d4a7f356f8600de6f10c42874626ab88692fb: counts of tokens
 * - model/gen-ai/spans.yaml at commit 002c8a6ea1c8a42b14a4527db83b3cabcded610a: spans of tools and agents
 * - docs/gen-ai/gen-ai-metrics.md at commit 004902b8cb70aa5ae6ca4ae07132b7daabcd3e10: their durations
 * - docs/gen-ai/non-normative/migration.md at commit 32c328e85013588c6fe32ebc30934ab5b1752b6a: their counts of calls
 *
 * `OLDER_METRICS` are those of the last version in the repository before that one:
 * https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/gen-ai/gen-ai-metrics.md
 *
 * `error.type`, `server.address` and `server.port` are "Stable". All other names are "Development": they may change, and
 * then they change here.
 */
export const ATTRIBUTE = {
  errorType: 'error.type',
  serverAddress: 'server.address',
  serverPort: 'server.port',

  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  conversation: 'gen_ai.conversation.id',
  outputType: 'gen_ai.output.type',

  model: 'gen_ai.request.model',
  stream: 'gen_ai.request.stream',
  seed: 'gen_ai.request.seed',
  temperature: 'gen_ai.request.temperature',
  topK: 'gen_ai.request.top_k',
  topP: 'gen_ai.request.top_p',
  maxTokens: 'gen_ai.request.max_tokens',
  stop: 'gen_ai.request.stop_sequences',
  frequencyPenalty: 'gen_ai.request.frequency_penalty',
  presencePenalty: 'gen_ai.request.presence_penalty',
  reasoningLevel: 'gen_ai.request.reasoning.level',

  responseModel: 'gen_ai.response.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  tokenModality: 'gen_ai.token.modality',
  /** Of `OLDER_METRICS` alone. */
  tokenType: 'gen_ai.token.type',

  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',

  agentName: 'gen_ai.agent.name',
  toolName: 'gen_ai.tool.name',
  toolType: 'gen_ai.tool.type',
  toolDescription: 'gen_ai.tool.description',
  toolCallId: 'gen_ai.tool.call.id',
  toolArguments: 'gen_ai.tool.call.arguments',
  toolResult: 'gen_ai.tool.call.result',
} as const;

/** What the conventions have no name for, by the server's own names: `ollama.load_duration` and so on, in seconds. */
export const DURATIONS = [
  'total_duration',
  'load_duration',
  'prompt_eval_duration',
  'eval_duration',
] as const;
/** How often the answer was begun. Absent if it was once. */
export const ATTEMPTS = 'ollama.attempts';

export const OPERATION = { chat: 'chat', tool: 'execute_tool', run: 'invoke_agent' } as const;

export const PROVIDER = 'ollama';
/** An answer that ended without its final chunk. */
export const FINISH_ERROR = 'error';
/** An error without a name of few possible values. */
export const OTHER_ERROR = '_OTHER';
/** The kind of tools that a model calls and this program runs. */
export const FUNCTION = 'function';
/** What tokens are of. `unknown` if the server doesn't say how many are of an image. */
export const MODALITY = { text: 'text', unknown: 'unknown' } as const;

/** What is measured. */
export type Measure =
  | 'chatDuration'
  | 'firstChunk'
  | 'nextChunk'
  | 'inputTokens'
  | 'outputTokens'
  | 'inputUsage'
  | 'outputUsage'
  | 'toolDuration'
  | 'runDuration'
  | 'runChats'
  | 'runTools';

/** A histogram if it has buckets, else a counter. */
export interface Metric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly buckets?: readonly number[];
  readonly attributes?: Readonly<Record<string, string>>;
}

const double = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => Number((from * 2 ** at).toFixed(2)));

const SECONDS = { unit: 's', buckets: double(0.01, 14) };
const TOKENS = { unit: '{token}', buckets: Array.from({ length: 14 }, (_, at) => 4 ** at) };
const CALLS = double(1, 8);

/** By the names of `gen_ai_latest_experimental`. */
export const LATEST_METRICS: Readonly<Record<Measure, Metric>> = {
  chatDuration: {
    name: 'gen_ai.client.inference.duration',
    description: 'GenAI client inference operation duration.',
    ...SECONDS,
  },
  firstChunk: {
    name: 'gen_ai.client.inference.time_to_first_chunk',
    description: 'Time from the request to the first chunk.',
    ...SECONDS,
  },
  nextChunk: {
    name: 'gen_ai.client.inference.time_per_output_chunk',
    description: 'Time from one chunk to the next.',
    ...SECONDS,
  },
  inputTokens: {
    name: 'gen_ai.client.inference.operation.input_tokens',
    description: 'Tokens of the prompt, per inference operation.',
    ...TOKENS,
  },
  outputTokens: {
    name: 'gen_ai.client.inference.operation.output_tokens',
    description: 'Tokens of the answer, per inference operation.',
    ...TOKENS,
  },
  inputUsage: {
    name: 'gen_ai.client.inference.usage.input_tokens',
    description: 'Tokens of prompts.',
    unit: '{token}',
  },
  outputUsage: {
    name: 'gen_ai.client.inference.usage.output_tokens',
    description: 'Tokens of answers, thinking included.',
    unit: '{token}',
  },
  toolDuration: {
    name: 'gen_ai.execute_tool.duration',
    description: 'Duration of one execution of a tool.',
    ...SECONDS,
  },
  runDuration: {
    name: 'gen_ai.invoke_agent.duration',
    description: 'Duration of one run, from its start to its last chunk.',
    unit: 's',
    buckets: double(0.1, 13),
  },
  runChats: {
    name: 'gen_ai.invoke_agent.inference_calls',
    description: 'Chats of one run.',
    unit: '{inference_call}',
    buckets: CALLS,
  },
  runTools: {
    name: 'gen_ai.invoke_agent.tool_calls',
    description: 'Executions of tools in one run.',
    unit: '{tool_call}',
    buckets: CALLS,
  },
};

/** By the names before. There were none for tools, for runs, and for totals of tokens. */
export const OLDER_METRICS: Readonly<Partial<Record<Measure, Metric>>> = {
  chatDuration: {
    name: 'gen_ai.client.operation.duration',
    description: 'GenAI operation duration.',
    ...SECONDS,
  },
  firstChunk: {
    ...LATEST_METRICS.firstChunk,
    name: 'gen_ai.client.operation.time_to_first_chunk',
  },
  nextChunk: {
    ...LATEST_METRICS.nextChunk,
    name: 'gen_ai.client.operation.time_per_output_chunk',
  },
  inputTokens: {
    name: 'gen_ai.client.token.usage',
    description: 'Number of input and output tokens used.',
    attributes: { [ATTRIBUTE.tokenType]: 'input' },
    ...TOKENS,
  },
  outputTokens: {
    name: 'gen_ai.client.token.usage',
    description: 'Number of input and output tokens used.',
    attributes: { [ATTRIBUTE.tokenType]: 'output' },
    ...TOKENS,
  },
};

/** The variable that chooses the names, and the value that chooses the latest. */
export const OPT_IN = {
  variable: 'OTEL_SEMCONV_STABILITY_OPT_IN',
  latest: 'gen_ai_latest_experimental',
} as const;
