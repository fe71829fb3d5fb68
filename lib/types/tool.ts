import type { JsonSchema } from './request.js';

/**
 * A call of a tool that the model asks for. A chunk of `fromOllamaChat` has a call only when it is
 * complete, also where a server sends it in pieces.
 *
 * Servers before 0.12.10 send no `id`, and those before 0.12.6 leave out `index` 0, so neither can
 * serve as a key.
 */
export interface ToolCall {
  readonly id?: string;
  readonly function: {
    readonly index?: number;
    readonly name: string;
    /**
     * An object. Where a server sent a string or nothing, it is the object in the string, or `{}`. If
     * the string is not an object, it stays a string, and `toolCalls` and `runTools` refuse the call.
     *
     * An integer that is not safe (`Number.isSafeInteger`) is the string of its digits: a number would
     * be rounded.
     */
    readonly arguments: Readonly<Record<string, unknown>>;
  };
}

/** A call that has an `id`: the server's own, or one made of its place, such as `call_0`. */
export interface IdentifiedToolCall extends ToolCall {
  readonly id: string;
}

/** A function that the model may call. `parameters` may nest as deeply as JSON Schema allows. */
export interface Tool {
  readonly type: string;
  readonly function: {
    readonly name?: string;
    readonly description?: string;
    readonly type?: string;
    readonly parameters?: JsonSchema;
  };
}
