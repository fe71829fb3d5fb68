import type { Meter, Tracer } from '@opentelemetry/api';
import type { SchedulerLike } from 'rxjs';
import type { ChatRequest, Message } from '../types/index.js';

/**
 * Whether messages become attributes of spans: `true`, or a function that returns what is recorded in place of
 * the given messages. It gets those of a request, an answer, a call of a tool or its result.
 */
export type CaptureContent = boolean | ((messages: readonly Message[]) => readonly Message[]);

/** Where a trace goes, and what it may have. */
export interface TraceOptions {
  /** Makes the spans. @defaultValue that of the global provider */
  readonly tracer?: Tracer | undefined;
  /** Makes the metrics. @defaultValue that of the global provider */
  readonly meter?: Meter | undefined;
  /**
   * Whether messages, arguments and results become attributes. With `true`, messages of errors do too, since they
   * may quote one.
   * @defaultValue `false`
   */
  readonly captureContent?: CaptureContent | undefined;
  /** Where the times of spans and metrics come from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** What is known of a chat before it starts. */
export interface ChatFields {
  /** The request that is made: its model and options become attributes. */
  readonly request?: ChatRequest | undefined;
  /** The address of the server, as in `host` of `fromOllamaChat`. @defaultValue none is recorded */
  readonly server?: string | undefined;
  /** Names the conversation that the chat belongs to, where the program has a name for it. */
  readonly conversationId?: string | undefined;
}
