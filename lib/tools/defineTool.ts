import { toJsonSchema, validate, type InferSchema, type Schema } from '../core/json/schema.js';
import type { Result } from '../types/index.js';
import type { IdentifiedToolCall, Tool } from '../types/index.js';

/** What a tool is told besides its arguments. */
export interface ToolContext {
  /** Aborted when the run ends before the tool does, or the tool takes too long. */
  readonly signal: AbortSignal;
  readonly call: IdentifiedToolCall;
}

/** What a model can call. */
export interface ToolDefinition<S extends Schema = Schema> {
  readonly name: string;
  /** Tells the model what the tool is for. */
  readonly description: string;
  /** The arguments: a Standard Schema that can tell its JSON Schema, or a JSON Schema. */
  readonly parameters: S;
  /**
   * Does it. May return a value, a promise, an async iterable or an Observable. Of the latter two each
   * value is progress, and the last one is the result.
   */
  execute(args: InferSchema<S>, context: ToolContext): Result<unknown>;
  /** Whether somebody has to approve a call before it is made. @defaultValue `false` */
  readonly needsApproval?: boolean | ((args: InferSchema<S>, call: IdentifiedToolCall) => boolean);
}

/** A tool ready for `runTools`. */
export interface DefinedTool {
  /** What the request tells the model, for `tools` in a request of your own. */
  readonly tool: Tool & { readonly function: { readonly name: string } };
  /** The valid arguments, or a promise of them; fails with an `OllamaValidationError`. */
  validate(args: unknown): unknown;
  needsApproval(args: unknown, call: IdentifiedToolCall): boolean;
  execute(args: unknown, context: ToolContext): Result<unknown>;
}

/**
 * Defines a tool that a model can call, with the types of its arguments inferred from their schema.
 *
 * _It's like a function with a contract that the model can read._
 *
 * The schema may be one of any library that speaks Standard Schema and Standard JSON Schema: zod from
 * 4.2, arktype from 2.1.28, valibot through `toStandardJsonSchema`. Then arguments are validated
 * before the tool sees them. A plain JSON Schema is told to the model and not checked, so that of the
 * arguments only the names are known.
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
 * @throws TypeError if the schema can't tell its JSON Schema
 * @see {@link runTools}
 */
export function defineTool<const S extends Schema>(definition: ToolDefinition<S>): DefinedTool {
  const { name, description, parameters, needsApproval = false } = definition;
  return {
    tool: {
      type: 'function',
      function: { name, description, parameters: toJsonSchema(parameters) },
    },
    validate: (args) => validate(parameters, args, JSON.stringify(args)),
    needsApproval: (args, call) =>
      typeof needsApproval === 'function'
        ? needsApproval(args as InferSchema<S>, call)
        : needsApproval,
    execute: (args, context) => definition.execute(args as InferSchema<S>, context),
  };
}
