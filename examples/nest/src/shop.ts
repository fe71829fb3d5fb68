// Starts the other services of the app, which the tools of the gateways call.
import 'reflect-metadata';
import { StandardSchemaValidationPipe, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InventoryModule } from './shop/inventory.js';
import { OrdersModule } from './shop/orders.js';
import { tellParent } from './tellParent.js';

/** Starts a service, and resolves to its URL. */
async function start(module: Type | DynamicModule, port: number): Promise<string> {
  const app = await NestFactory.create(module, { logger: ['error', 'warn'] });
  app.useGlobalPipes(new StandardSchemaValidationPipe());
  app.enableShutdownHooks();
  await app.listen(port, '127.0.0.1');
  return app.getUrl();
}

const { INVENTORY_PORT = '3101', ORDERS_PORT = '3102' } = process.env;
const inventory = await start(InventoryModule, Number(INVENTORY_PORT));
const orders = await start(OrdersModule.with(inventory), Number(ORDERS_PORT));
console.log(`The inventory is at ${inventory}, the orders are at ${orders}.`);
tellParent({ inventory, orders });
