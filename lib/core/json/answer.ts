import { OllamaValidationError } from '../../errors.js';
import type { ChatChunk, ChunkMarks } from '../../types/index.js';
import { createJsonParser, type JsonParser } from './parser.js';
import type { JsonElements } from './tree.js';
import { createMessage } from '../message/message.js';
import { validate, type Schema } from './schema.js';

/** Reads the JSON in an answer. */
export interface JsonAnswer {
  /** Takes in a chunk; throws an {@link OllamaValidationError} where the JSON can't go on like that. */
  add(chunk: ChatChunk & ChunkMarks): void;
  /**
   * The answer is complete; throws an {@link OllamaValidationError} if its JSON isn't, or lacks the
   * array whose items are wanted.
   */
  end(): void;
  /** Checks a value of the JSON, as `validate` does. */
  validate(schema: Schema | undefined, value: unknown): unknown;
  readonly json: Pick<JsonParser, 'value' | 'due' | 'done'>;
}

type Container = Record<string | number, unknown>;

/** Starts an answer. Thinking is never looked at, and what comes after a final chunk is a new answer. */
export function createJsonAnswer(elements?: JsonElements): JsonAnswer {
  const message = createMessage();
  let json = createJsonParser(elements);
  let reason: string | undefined;
  let ended: boolean | undefined;

  const orFail = (step: () => void): void => {
    try {
      step();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const all = reason === 'length' ? `${why}: the answer was cut at the length limit.` : why;
      const partial = message.snapshot();
      const issues = [{ message: all }];
      throw new OllamaValidationError(all, issues, partial.content, { cause, partial });
    }
  };

  return {
    add(chunk) {
      if (chunk.reset ?? chunk.reclassify ?? ended) json = createJsonParser(elements);
      message.add(chunk);
      ended = chunk.done;
      reason = chunk.done ? chunk.done_reason : undefined;
      orFail(() => {
        json.push(chunk.message.content || '');
      });
    },
    end() {
      // Nothing was asked, so nothing is missing.
      if (ended === undefined) return;
      orFail(() => {
        json.end();
        if (!elements) return;
        let found = json.value;
        for (const key of elements.path) found = (Object(found) as Container)[key];
        if (!Array.isArray(found)) throw new Error('There is no array at the path');
      });
    },
    validate(schema, value) {
      const partial = message.snapshot();
      return schema ? validate(schema, value, partial.content, partial) : value;
    },
    get json() {
      return json;
    },
  };
}
