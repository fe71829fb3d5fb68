import {
  Body,
  ConflictException,
  Controller,
  Get,
  HttpCode,
  Module,
  NotFoundException,
  Param,
  Post,
  Query,
} from '@nestjs/common';
import { z } from 'zod';

/** An article, and how many of it there are. */
export interface Stock {
  readonly item: string;
  readonly price: number;
  readonly inStock: number;
}

const taking = z.object({ quantity: z.int().min(1) });

/** A service of the app, that a tool reads from. */
@Controller('stock')
class InventoryController {
  readonly #stock = new Map<string, Stock>(
    [
      { item: 'desk lamp', price: 39, inStock: 7 },
      { item: 'floor lamp', price: 89, inStock: 2 },
      { item: 'oak desk', price: 320, inStock: 0 },
    ].map((stock) => [stock.item, stock]),
  );

  @Get()
  find(@Query('search', { schema: z.string() }) search: string): Stock[] {
    return [...this.#stock.values()].filter(({ item }) => item.includes(search.toLowerCase()));
  }

  @Post(':item/take')
  @HttpCode(200)
  take(
    @Param('item') item: string,
    @Body({ schema: taking }) { quantity }: z.infer<typeof taking>,
  ): Stock {
    const stock = this.#stock.get(item);
    if (!stock) throw new NotFoundException(`There is no "${item}".`);
    const inStock = stock.inStock - quantity;
    if (inStock < 0) throw new ConflictException(`There are only ${String(stock.inStock)}.`);
    const left = { ...stock, inStock };
    this.#stock.set(item, left);
    return left;
  }
}

@Module({ controllers: [InventoryController] })
export class InventoryModule {}
