import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { DefinedTool } from 'rxjs-ollama';
import { mcpTools } from 'rxjs-ollama/mcp';
import { CONFIG, type Config } from './config.js';

/** The tools of the MCP server at `MCP_URL`, listed when the gateway starts. Each call needs approval. */
@Injectable()
export class McpServer implements OnModuleInit, OnApplicationShutdown {
  private readonly client = new Client({ name: 'shop-assistant', version: '0.0.0' });
  tools: readonly DefinedTool[] = [];

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  async onModuleInit(): Promise<void> {
    const { MCP_URL } = this.config;
    if (MCP_URL === undefined) return;
    await this.client.connect(new StreamableHTTPClientTransport(new URL(MCP_URL)));
    this.tools = await mcpTools(this.client, { prefix: 'mcp_' });
  }

  onApplicationShutdown(): Promise<void> {
    return this.client.close();
  }
}
