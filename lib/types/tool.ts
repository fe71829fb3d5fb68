import type { JsonSchema } from './request.js';

/**
 * A call of a tool that the model asks for. A chunk of `fromOllamaChat` has a call only when it is
 * complete, also where a server sends it in pieces.
 *
 * Servers before 0.12.10 send no `id`, and those before 0.12.6 leave out `index` 0, so neither can
 * serve as a key.
 */
export interface ToolCall {
  /** Names the call: `call_` and eight random characters, or whatever another server makes. */
  readonly id?: string;
  /** Which function the model calls, and with what. */
  readonly function: {
    /** `index` is the place of the call in its answer, from 0. Some models always have 0. */
    readonly index?: number;
    /** `name` is that of the tool. The model may call a tool that does not exist. */
    readonly name: string;
    /**
     * `arguments` is an object. Where a server sent a string or nothing, it is the object in the string,
     * or `{}`. If the string is not an object, it stays a string, and `toolCalls` and `runTools` refuse
     * the call.
     *
     * An integer that is not safe (`Number.isSafeInteger`) is the string of its digits: a number would
     * be rounded.
     */
    readonly arguments: Readonly<Record<string, unknown>>;
  };
}

/** A call that has an `id`: the server's own, or one made of its place, such as `call_0`. */
export interface IdentifiedToolCall extends ToolCall {
  /** Names the call in its message: a decision and a result refer to it. */
  readonly id: string;
}

/** A function that the model may call. `parameters` may nest as deeply as JSON Schema allows. */
export interface Tool {
  /** `'function'`. */
  readonly type: string;
  /** The function that the model may call. */
  readonly function: {
    /** `name` is how the model calls it. */
    readonly name?: string;
    /** `description` says what it is for. */
    readonly description?: string;
    /** `type` is in the types of the `ollama` package, and has no meaning. */
    readonly type?: string;
    /** `parameters` describes the object of arguments. */
    readonly parameters?: JsonSchema;
  };
}
