export { mcpTools, type McpToolsOptions } from './mcpTools.js';
export type {
  McpCallOptions,
  McpCallParams,
  McpClient,
  McpPage,
  McpPageParams,
  McpProgress,
  McpTool,
} from './mcpClient.js';
export type { McpPart } from './parts.js';
