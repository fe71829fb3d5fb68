import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Headers,
  Inject,
  Module,
  Post,
  Query,
  type DynamicModule,
} from '@nestjs/common';
import { z } from 'zod';
import { askService } from '../askService.js';
import type { Stock } from './inventory.js';

const ordering = z.object({
  user: z.string().min(1),
  item: z.string().min(1),
  quantity: z.int().min(1).max(100),
});
type Ordering = z.infer<typeof ordering>;

export interface Order extends Ordering {
  readonly number: number;
  readonly total: number;
}

const INVENTORY_URL = Symbol('INVENTORY_URL');

/** A service of the app that changes something: the tool that calls it needs an approval. */
@Controller('orders')
class OrdersController {
  readonly #orders = new Map<string, Promise<Order>>();

  constructor(@Inject(INVENTORY_URL) private readonly inventory: string) {}

  /** With the same key it is the same order: a call of a tool may be made again after a crash. */
  @Post()
  order(
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: ordering }) ordered: Ordering,
  ): Promise<Order> {
    if (!key) throw new BadRequestException('Send an Idempotency-Key.');
    const known = this.#orders.get(key);
    if (known) return known;
    const order = this.#place(ordered, this.#orders.size + 1);
    this.#orders.set(key, order);
    // Nothing was ordered, so the same call may be made again.
    order.catch(() => this.#orders.delete(key));
    return order;
  }

  @Get()
  async list(@Query('user', { schema: z.string() }) user: string): Promise<Order[]> {
    const orders = await Promise.all(this.#orders.values());
    return orders.filter((order) => order.user === user);
  }

  async #place(ordered: Ordering, number: number): Promise<Order> {
    const { item, quantity } = ordered;
    const url = `${this.inventory}/stock/${encodeURIComponent(item)}/take`;
    const { price } = await askService<Stock>(url, { body: { quantity } });
    return { ...ordered, number, total: quantity * price };
  }
}

@Module({})
export class OrdersModule {
  static with(inventory: string): DynamicModule {
    return {
      module: OrdersModule,
      controllers: [OrdersController],
      providers: [{ provide: INVENTORY_URL, useValue: inventory }],
    };
  }
}
