import { check, type InferSchema, type Schema } from '../core/json/schema.js';
import type { IdentifiedToolCall, Result, Tool } from '../types/index.js';
import { describeValue } from '../wire/excerpt.js';
import { checkDefinition, toParameters } from './checkDefinition.js';

/** What a tool gets besides its arguments. */
export interface ToolContext {
  /** Aborted when the run ends before the tool does, or the tool takes too long. */
  readonly signal: AbortSignal;
  /** The call as the model made it. */
  readonly call: IdentifiedToolCall;
}

/** A tool that a model can call. */
export interface ToolDefinition<S extends Schema = Schema> {
  /** How the model calls it. */
  readonly name: string;
  /** What the tool is for, for the model. */
  readonly description: string;
  /** The arguments: a Standard Schema that can be converted to JSON Schema, or a JSON Schema. */
  readonly parameters: S;
  /**
   * Carries out a call. May return a value, a promise, an async iterable or an Observable. Of the latter
   * two each value is progress, and the last one is the result.
   */
  execute(args: InferSchema<S>, context: ToolContext): Result<unknown>;
  /**
   * Whether a call needs approval before it is made, for all calls or by the arguments. A function may
   * also return the reason, or answer later.
   * @defaultValue `false`
   */
  readonly needsApproval?:
    | boolean
    | ((args: InferSchema<S>, call: IdentifiedToolCall) => Result<NeedsApproval>)
    | undefined;
}

/** Whether a call needs approval, or why it does: the reason is shown to the person who is asked. */
export type NeedsApproval =
  | boolean
  | {
      /** Why it needs approval. */
      readonly reason: string;
    };

/** A tool ready for `runTools`. */
export interface DefinedTool {
  /** The tool as a request has it, for `tools` in a request of your own. */
  readonly tool: Tool & {
    /** Its function has a name. */
    readonly function: {
      /** `name` is how the model calls it. */
      readonly name: string;
    };
  };
  /** The valid arguments, or a promise of them; fails with an `OllamaValidationError`. */
  validate(args: unknown): unknown;
  /** Whether the call waits for an approval, or why. */
  needsApproval(args: unknown, call: IdentifiedToolCall): Result<NeedsApproval>;
  /** Carries out a call with valid arguments. */
  execute(args: unknown, context: ToolContext): Result<unknown>;
}

/**
 * Defines a tool that a model can call. The types of its arguments are inferred from their schema.
 *
 * _It's like a function, but its arguments come from a model and are validated first._
 *
 * The schema may be of any library that implements Standard Schema and Standard JSON Schema: zod from
 * 4.2, arktype from 2.1.28, valibot through `toStandardJsonSchema`. A plain JSON Schema is sent to the
 * model, but arguments are not checked against it, so the types of their values are unknown.
 *
 * ```ts
 * import { defineTool } from 'rxjs-ollama';
 * import { z } from 'zod';
 *
 * const add = defineTool({
 *   name: 'add',
 *   description: 'Adds two numbers',
 *   parameters: z.object({ x: z.number(), y: z.number() }),
 *   execute: ({ x, y }) => x + y,
 * });
 * ```
 *
 * @throws TypeError if the schema can't be converted to JSON Schema, or the definition is incomplete
 * @see {@link runTools}
 */
export function defineTool<const S extends Schema>(definition: ToolDefinition<S>): DefinedTool {
  checkDefinition(definition);
  const { name, description, parameters, needsApproval = false } = definition;
  return {
    tool: {
      type: 'function',
      function: { name, description, parameters: toParameters(name, parameters) },
    },
    validate(args) {
      const valid = check(parameters, args, toText(args));
      return 'then' in valid ? valid.then(({ value }) => value) : valid.value;
    },
    needsApproval: (args, call) =>
      typeof needsApproval === 'function'
        ? needsApproval(args as InferSchema<S>, call)
        : needsApproval,
    execute: (args, context) => definition.execute(args as InferSchema<S>, context),
  };
}

/** The arguments as JSON, for an error. Very deep ones can't be written, and are shown in part. */
function toText(args: unknown): string {
  try {
    return JSON.stringify(args);
  } catch {
    return describeValue(args);
  }
}
