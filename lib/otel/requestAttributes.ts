import type { Attributes } from '@opentelemetry/api';
import { readHost } from '../transport/host.js';
import type { ModelOptions } from '../types/index.js';
import { ATTRIBUTE, OPERATION, PROVIDER } from './conventions.js';
import type { ChatFields } from './options.js';

/** What is known of a chat before it starts. Spans have all of it, metrics have `common`. */
export interface RequestAttributes {
  readonly common: Attributes;
  readonly all: Attributes;
}

/**
 * Reads it once, for all chats of an operator. A field that is not set is `undefined`, which is not recorded.
 *
 * @throws OllamaConnectionError for a `server` that is not an address
 */
export function readRequest({ request, server, conversationId }: ChatFields): RequestAttributes {
  const common: Attributes = {
    [ATTRIBUTE.operation]: OPERATION.chat,
    [ATTRIBUTE.provider]: PROVIDER,
    ...(request && { [ATTRIBUTE.model]: request.model }),
    ...(server !== undefined && readServer(server)),
  };
  const { stream = !!request, format, think, options } = request ?? {};
  return {
    common,
    all: {
      ...common,
      [ATTRIBUTE.conversation]: conversationId,
      [ATTRIBUTE.stream]: stream || undefined,
      [ATTRIBUTE.outputType]: format ? 'json' : undefined,
      [ATTRIBUTE.reasoningLevel]: typeof think === 'string' ? think : undefined,
      ...(options && readOptions(options)),
    },
  };
}

function readOptions(options: ModelOptions): Attributes {
  const { num_predict: limit = -1, stop } = options;
  return {
    [ATTRIBUTE.seed]: options.seed,
    [ATTRIBUTE.temperature]: options.temperature,
    [ATTRIBUTE.topK]: options.top_k,
    [ATTRIBUTE.topP]: options.top_p,
    // A negative one sets no limit.
    [ATTRIBUTE.maxTokens]: limit < 0 ? undefined : limit,
    [ATTRIBUTE.stop]: stop && Array.from(stop),
    [ATTRIBUTE.frequencyPenalty]: options.frequency_penalty,
    [ATTRIBUTE.presencePenalty]: options.presence_penalty,
  };
}

function readServer(server: string): Attributes {
  const { protocol, hostname, port } = new URL(readHost(server, 'server').url);
  return {
    [ATTRIBUTE.serverAddress]: hostname,
    [ATTRIBUTE.serverPort]: Number(port || (protocol === 'https:' ? 443 : 80)),
  };
}
