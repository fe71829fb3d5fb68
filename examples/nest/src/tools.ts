import { Inject, Injectable } from '@nestjs/common';
import { defineTool, type DefinedTool } from 'rxjs-ollama';
import { z } from 'zod';
import { askService } from './askService.js';
import { CONFIG, type Config } from './config.js';
import { McpServer } from './mcp.js';
import type { Stock } from './shop/inventory.js';
import type { Order } from './shop/orders.js';

/** What the model can do: tools that call other services of the app in the name of the user, and those of an MCP server. */
@Injectable()
export class Tools {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(McpServer) private readonly mcp: McpServer,
  ) {}

  /** @param run whose calls they are */
  of(user: string, run: string): DefinedTool[] {
    const { INVENTORY_URL, ORDERS_URL } = this.config;
    const findStock = (search: string, signal?: AbortSignal): Promise<Stock[]> =>
      askService(`${INVENTORY_URL}/stock?search=${encodeURIComponent(search)}`, {
        ...(signal && { signal }),
      });

    const checkStock = defineTool({
      name: 'check_stock',
      description: 'Finds articles of the shop by a part of their name, with prices and stock',
      parameters: z.object({ search: z.string().max(100) }),
      execute: ({ search }, { signal }) => findStock(search, signal),
    });

    const placeOrder = defineTool({
      name: 'place_order',
      description: 'Orders an article of the shop, by its full name',
      parameters: z.object({ item: z.string().max(100), quantity: z.int().min(1).max(100) }),
      needsApproval: async ({ item, quantity }) => {
        const stock = (await findStock(item)).find((found) => found.item === item);
        const price = stock ? ` for ${String(quantity * stock.price)} €` : '';
        return { reason: `Order ${String(quantity)} × ${item}${price}?` };
      },
      async *execute({ item, quantity }, { signal, call }) {
        yield { status: 'placing the order' };
        yield await askService<Order>(`${ORDERS_URL}/orders`, {
          body: { user, item, quantity },
          // The call may be made again after a crash, and must not order twice.
          headers: { 'Idempotency-Key': `${run}:${call.id}` },
          signal,
        });
      },
    });
    return [checkStock, placeOrder, ...this.mcp.tools];
  }
}
