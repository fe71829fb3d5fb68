import type { JsonSchema } from './request.js';

/**
 * A call that the model wants made. It always arrives whole: `arguments` are never partial.
 *
 * Servers before 0.12.10 send no `id`, and those before 0.12.6 leave out `index` 0, so neither can
 * serve as a key.
 */
export interface ToolCall {
  readonly id?: string;
  readonly function: {
    readonly index?: number;
    readonly name: string;
    readonly arguments: Readonly<Record<string, unknown>>;
  };
}

/** A call that has an `id`: the server's own, or its place in the message. */
export interface IdentifiedToolCall extends ToolCall {
  readonly id: string;
}

/** A function offered to the model; `parameters` may nest as deep as JSON Schema does. */
export interface Tool {
  readonly type: string;
  readonly function: {
    readonly name?: string;
    readonly description?: string;
    readonly type?: string;
    readonly parameters?: JsonSchema;
  };
}
