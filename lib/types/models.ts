import type { ChatRequest, Message } from './request.js';

/** A request for `/api/pull`. */
export interface PullRequest {
  /** The name of the model, such as `'qwen3'` or `'qwen3:4b'`. */
  readonly model: string;
  /** Whether a registry without a valid certificate is accepted. */
  readonly insecure?: boolean | undefined;
  /** `false` emits only the final line. @defaultValue `true` */
  readonly stream?: boolean | undefined;
}

/** A request for `/api/push`. */
export type PushRequest = PullRequest;

/** A request for `/api/create`. Keys unknown here reach the server as they are. */
export interface CreateRequest {
  /** The name of the new model. */
  readonly model: string;
  /** The model to start from. */
  readonly from?: string | undefined;
  /** `false` emits only the final line. @defaultValue `true` */
  readonly stream?: boolean | undefined;
  /** The format to quantize to, such as `'q4_K_M'`. Without it the weights stay as they are. */
  readonly quantize?: string | undefined;
  /** The template of its prompts, in Go's syntax. Without it, that of `from`. */
  readonly template?: string | undefined;
  /** The text of its license, or of several. */
  readonly license?: string | readonly string[] | undefined;
  /** Its system prompt. Without it, that of `from`. */
  readonly system?: string | undefined;
  /** Parameters that it has by default, such as `temperature`: fields of {@link ModelOptions}. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  /** Messages that each chat with it begins with. */
  readonly messages?: readonly Message[] | undefined;
  /** The digests of uploaded LoRA adapters, by the names of their files. */
  readonly adapters?: Readonly<Record<string, string>> | undefined;
  /** The digests of uploaded blobs, by the names of their files. */
  readonly files?: Readonly<Record<string, string>> | undefined;
}

/** One NDJSON line of `/api/pull`, `/api/push` or `/api/create`. Its numbers are those of its digest. */
export interface ProgressLine {
  /** The current step, such as `'pulling manifest'`; `'success'` at the end. */
  readonly status: string;
  /** The layer that the step is about, such as `'sha256:…'`. Absent where there is none. */
  readonly digest?: string;
  /** The size of the layer, in bytes. Absent where there is none. */
  readonly total?: number;
  /** How much of the layer is complete, in bytes. The server leaves out a zero. */
  readonly completed?: number;
}

/** How much of a model has been pulled, pushed or created. */
export interface ModelProgress {
  /** The current step, as the server names it; `'success'` at the end. */
  readonly status: string;
  /** The layer that the step is about, if there is one. */
  readonly digest?: string;
  /** Bytes that are complete, over all layers. */
  readonly completed: number;
  /** Size in bytes of all layers that the server has named so far. It grows with each new layer. */
  readonly total: number;
  /** From 0 to 1. It never falls. It may be 1 before the end, if more layers follow. */
  readonly ratio: number;
  /**
   * The rate over the last three to six seconds, without bytes that the server had before. Missing before the
   * second line that has bytes.
   */
  readonly bytesPerSecond?: number;
}

/** A request for `/api/embed`. Keys unknown here reach the server as they are. */
export interface EmbedRequest extends Pick<
  ChatRequest,
  'model' | 'keep_alive' | 'options' | 'truncate'
> {
  /** The text to embed, or several. */
  readonly input: string | readonly string[];
  /** The length of the vectors, for models that support several lengths. */
  readonly dimensions?: number | undefined;
}

/** A vector per input, in the order of the inputs. */
export interface EmbedResponse {
  /** The name of the model. */
  readonly model: string;
  /** One vector per input, in the order of the inputs. */
  readonly embeddings: readonly (readonly number[])[];
  /** From the request's arrival to the response, in ns; the sum over all batches. */
  readonly total_duration?: number;
  /** Loading the model, in ns; the sum over all batches. */
  readonly load_duration?: number;
  /** The length of all inputs, in tokens. */
  readonly prompt_eval_count?: number;
}
