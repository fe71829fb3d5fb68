import { OllamaStreamError } from '../errors.js';
import type { ChatDeltaChunk, ChatFinalChunk, ChunkMessage, ToolCall } from '../types/index.js';

/** The figures of a final chunk; durations are nanoseconds, as on the wire. */
export interface DoneFields {
  /** @defaultValue `'stop'` */
  readonly reason?: string;
  /** Tokens generated. @defaultValue `100` */
  readonly evalCount?: number;
  /** Generating them, in ns. @defaultValue `2e9` */
  readonly evalDuration?: number;
  /** Tokens of the prompt. @defaultValue `26` */
  readonly promptEvalCount?: number;
  /** Reading the prompt, in ns. @defaultValue `5e8` */
  readonly promptEvalDuration?: number;
  /** Loading the model, in ns. @defaultValue `8e8` */
  readonly loadDuration?: number;
  /** From the request's arrival to the final chunk, in ns. @defaultValue the sum of the other durations */
  readonly totalDuration?: number;
}

const envelope = { model: 'test', created_at: '2026-01-01T00:00:00Z' };

function delta(message: Partial<ChunkMessage>): ChatDeltaChunk {
  return { ...envelope, message: { role: 'assistant', content: '', ...message }, done: false };
}

/**
 * Makes chunks as Ollama sends them. Fields that a test doesn't name have defaults.
 *
 * ```ts
 * import { of } from 'rxjs';
 * import { accumulateMessage } from 'rxjs-ollama';
 * import { chunk } from 'rxjs-ollama/testing';
 *
 * of(chunk.thinking('hm'), chunk.answer('Hel'), chunk.answer('lo'), chunk.done())
 *   .pipe(accumulateMessage())
 *   .subscribe(console.log);
 * ```
 */
export const chunk = {
  /** A piece of the answer. */
  answer: (content: string): ChatDeltaChunk => delta({ content }),

  /** A piece of native thinking. */
  thinking: (thinking: string): ChatDeltaChunk => delta({ thinking }),

  /** One tool call as servers send it. Servers before 0.12.10 sent no `id`. */
  toolCall: (
    name: string,
    args: ToolCall['function']['arguments'] = {},
    id?: string,
  ): ChatDeltaChunk => {
    const call = { name, arguments: args };
    return delta({
      tool_calls: [id ? { id, function: { index: 0, ...call } } : { function: call }],
    });
  },

  /** The final chunk, by default of 100 tokens in two seconds. */
  done: (fields: DoneFields = {}): ChatFinalChunk => {
    const {
      reason = 'stop',
      evalCount = 100,
      evalDuration = 2e9,
      promptEvalCount = 26,
      promptEvalDuration = 5e8,
      loadDuration = 8e8,
      totalDuration = loadDuration + promptEvalDuration + evalDuration,
    } = fields;
    return {
      ...envelope,
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: reason,
      total_duration: totalDuration,
      load_duration: loadDuration,
      prompt_eval_count: promptEvalCount,
      prompt_eval_duration: promptEvalDuration,
      eval_count: evalCount,
      eval_duration: evalDuration,
    };
  },

  /** The error of a stream whose server sends an error line. */
  error: (message: string): OllamaStreamError => new OllamaStreamError(message, { error: message }),
};

const PATTERNS = { token: /\s*\S{1,4}|\s+$/gu, word: /\s*\S+|\s+$/gu, character: /./gsu };

/**
 * Cuts a text into the chunks of an answer, without a final one: about as a model's tokens, by words, or by
 * characters.
 *
 * _It's like `split`, but each piece is a chunk._
 *
 * ```ts
 * import { from } from 'rxjs';
 * import { answerText } from 'rxjs-ollama';
 * import { chunk, chunks } from 'rxjs-ollama/testing';
 *
 * from([...chunks('The sky is blue.', { by: 'word' }), chunk.done()])
 *   .pipe(answerText())
 *   .subscribe(console.log); // 'The', ' sky', ' is', ' blue.'
 * ```
 *
 * @param text the answer
 * @param options how it is cut; by default `{ by: 'token' }`, in pieces of at most four characters
 */
export function chunks(
  text: string,
  options: { readonly by?: 'token' | 'word' | 'character' | undefined } = {},
): ChatDeltaChunk[] {
  const { by = 'token' } = options;
  return Array.from(text.match(PATTERNS[by]) ?? [], chunk.answer);
}
