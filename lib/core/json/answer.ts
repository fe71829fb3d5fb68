import { OllamaValidationError } from '../../errors.js';
import type { ChatChunk, ChunkMarks } from '../../types/index.js';
import { createBoundaryReader } from '../message/boundary.js';
import { createMessage } from '../message/message.js';
import { createJsonParser, parseStrictly, type JsonParser } from './parser.js';
import { check, type Schema, type Valid } from './schema.js';
import type { JsonElements } from './tree.js';

/** Reads the JSON in an answer. */
export interface JsonAnswer {
  /** Takes in a chunk. Text after broken JSON still belongs to the answer, and to its error. */
  add(chunk: ChatChunk & ChunkMarks): void;
  /** Throws an {@link OllamaValidationError} if the JSON so far is broken. */
  assertIntact(): void;
  /**
   * The answer is complete: returns its value. Throws an {@link OllamaValidationError} if its JSON is
   * broken or unfinished, if there is none, or if the array of the elements is not in it. With a
   * `repair`, text that is not JSON is repaired first; what `repair` throws is thrown unchanged.
   */
  end(repair?: (text: string) => string): unknown;
  /** Checks a value of the JSON, as {@link check} does. */
  validate(schema: Schema | undefined, value: unknown): Valid | PromiseLike<Valid>;
  /** Whether a chunk has come. */
  readonly begun: boolean;
  readonly json: Pick<JsonParser, 'value' | 'due' | 'done'>;
  /** How many white-space characters the text ends with. */
  readonly trailing: number;
}

type Container = Record<string | number, unknown>;

/** Starts an answer. Thinking is ignored, and each message or attempt has JSON of its own. */
export function createJsonAnswer(elements?: JsonElements): JsonAnswer {
  const readBoundary = createBoundaryReader();
  const message = createMessage();
  let json = createJsonParser(elements);
  let begun = false;
  let trailing = 0;
  let reason: string | undefined;
  let failure: Error | undefined;

  const describe = (cause: Error): OllamaValidationError => {
    const partial = message.snapshot();
    const isThinking = !partial.content.trim() && partial.thinking;
    const what = isThinking
      ? "The answer is empty, and the model's text is in `thinking`"
      : cause.message;
    const why = reason === 'length' ? `${what}: the answer was cut at the length limit.` : what;
    return new OllamaValidationError(why, [{ message: why }], partial.content, { cause, partial });
  };

  const end = (): unknown => {
    if (failure) throw failure;
    json.end();
    if (!elements) return json.value;
    let found = json.value;
    for (const key of elements.path) found = (Object(found) as Container)[key];
    if (!Array.isArray(found)) throw new Error('There is no array at the path');
    return found;
  };

  return {
    add(chunk) {
      if (readBoundary(chunk) !== 'same' || chunk.reclassify) {
        json = createJsonParser(elements);
        failure = undefined;
      }
      begun = true;
      message.add(chunk);
      reason = chunk.done ? chunk.done_reason : undefined;
      const text = chunk.message.content || '';
      const rest = text.trimEnd();
      trailing = text.length - rest.length + (rest ? 0 : trailing);
      if (failure) return;
      try {
        json.push(text);
      } catch (error) {
        failure = error as Error;
      }
    },
    assertIntact() {
      if (failure) throw describe(failure);
    },
    end(repair) {
      try {
        return end();
      } catch (cause) {
        const { content } = message.snapshot();
        if (!repair || !content) throw describe(cause as Error);
        const repaired = repair(content);
        try {
          return parseStrictly(repaired);
        } catch {
          throw describe(new Error('The repaired text is not JSON', { cause }));
        }
      }
    },
    validate(schema, value) {
      const partial = message.snapshot();
      return schema ? check(schema, value, partial.content, partial) : { value };
    },
    get begun() {
      return begun;
    },
    get json() {
      return json;
    },
    get trailing() {
      return trailing;
    },
  };
}
