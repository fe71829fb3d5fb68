import type { JsonSchema } from '../types/index.js';

/** A tool as an MCP server lists it. All of it is the server's claim: none of it is checked or safe. */
export interface McpTool {
  /** How the server names it. The model's name for it is made of this one. */
  readonly name: string;
  /** A name for people. */
  readonly title?: string | undefined;
  /** What it is for. The model reads it: a hostile server can write instructions into it. */
  readonly description?: string | undefined;
  /** The arguments. */
  readonly inputSchema: JsonSchema;
  /** Hints such as `readOnlyHint`, which an untrusted server may set as it likes. */
  readonly annotations?: Readonly<object> | undefined;
  /** How it is run. */
  readonly execution?:
    | {
        /** `taskSupport: 'required'` is a tool that `callTool` can't call. */
        readonly taskSupport?: string | undefined;
      }
    | undefined;
}

/** A progress notification of a running call: the `value` of a `tool-progress` event. */
export interface McpProgress {
  /** How far the call is. Increases with each notification. */
  readonly progress: number;
  /** How far it has to get, if that is known. */
  readonly total?: number | undefined;
  /** What it is doing, for people. */
  readonly message?: string | undefined;
}

/** What a call sends besides its arguments. */
export interface McpCallOptions {
  /** Cancels the call at the server. */
  readonly signal: AbortSignal;
  /** The client's time limit, in ms. */
  readonly timeout: number;
  /** Asks for progress. */
  readonly onprogress: (progress: McpProgress) => void;
}

/** Which page of a list a client asks for. */
export interface McpPageParams {
  /** The `nextCursor` of the page before; absent for the first page. */
  readonly cursor?: string;
}

/** A page of a server's tools. */
export interface McpPage {
  /** The tools of the page. */
  readonly tools: readonly McpTool[];
  /** Where the next page begins; absent on the last page. */
  readonly nextCursor?: string | undefined;
}

/** What a server is asked to do. */
export interface McpCallParams {
  /** The server's name of the tool. */
  name: string;
  /** What the model passed. */
  arguments: Record<string, unknown>;
}

/**
 * The part of an MCP client that `mcpTools` uses: the `Client` of `@modelcontextprotocol/sdk` 1.x, or of
 * `@modelcontextprotocol/client` 2.x, whose `callTool` has no `resultSchema`.
 */
export interface McpClient {
  /** Lists a page of tools. */
  listTools(params?: McpPageParams): Promise<McpPage>;
  /** Calls a tool. */
  callTool(
    params: McpCallParams,
    resultSchema?: undefined,
    options?: McpCallOptions,
  ): Promise<unknown>;
}
