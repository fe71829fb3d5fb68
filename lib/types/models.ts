import type { ChatRequest, Message } from './request.js';

/** A request for `/api/pull`. */
export interface PullRequest {
  readonly model: string;
  /** Whether a registry without a valid certificate will do. */
  readonly insecure?: boolean;
  /** `false` gives nothing but the end. @defaultValue `true` */
  readonly stream?: boolean;
}

/** A request for `/api/push`. */
export type PushRequest = PullRequest;

/** A request for `/api/create`. Keys unknown here reach the server as they are. */
export interface CreateRequest {
  readonly model: string;
  /** The model to start from. */
  readonly from?: string;
  /** `false` gives nothing but the end. @defaultValue `true` */
  readonly stream?: boolean;
  readonly quantize?: string;
  readonly template?: string;
  readonly license?: string | readonly string[];
  readonly system?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly messages?: readonly Message[];
  readonly adapters?: Readonly<Record<string, string>>;
  /** Names of files, and the digests of the blobs that hold them. */
  readonly files?: Readonly<Record<string, string>>;
}

/** One NDJSON line of `/api/pull`, `/api/push` or `/api/create`. Its numbers are those of its digest. */
export interface ProgressLine {
  readonly status: string;
  readonly digest?: string;
  readonly total?: number;
  /** The server leaves out a zero. */
  readonly completed?: number;
}

/** How far a model has come: pulled, pushed or created. */
export interface ModelProgress {
  /** What the server is doing, in its own words; `'success'` at the end. */
  readonly status: string;
  /** The layer that it is doing it to, if it says so. */
  readonly digest?: string;
  /** Bytes done, of all layers. */
  readonly completed: number;
  /** Bytes to do, of all layers that the server has told of: it grows when there is another. */
  readonly total: number;
  /** From 0 to 1, never less than before; 1 may come before the end, if more layers follow. */
  readonly ratio: number;
  /** How fast bytes have come in the last few seconds; only where bytes come, and not at once. */
  readonly bytesPerSecond?: number;
}

/** A request for `/api/embed`. Keys unknown here reach the server as they are. */
export interface EmbedRequest extends Pick<
  ChatRequest,
  'model' | 'keep_alive' | 'options' | 'truncate'
> {
  readonly input: string | readonly string[];
  /** The length of the vectors, where the model lets one choose. */
  readonly dimensions?: number;
}

/** A vector for each input, in their order. */
export interface EmbedResponse {
  readonly model: string;
  readonly embeddings: readonly (readonly number[])[];
  /** Nanoseconds; of all batches together. */
  readonly total_duration?: number;
  readonly load_duration?: number;
  readonly prompt_eval_count?: number;
}
