import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What stands in front of the gateways. A proxy such as nginx does the same, with health checks. */
export interface Balancer {
  readonly url: string;
  /** Breaks all connections. New ones go to the next gateway. */
  toNext(): void;
  close(): void;
}

/** Passes connections on to the first gateway that accepts them, beginning with the one whose turn it is. */
export async function startBalancer(ports: readonly number[], port = 0): Promise<Balancer> {
  const open = new Set<Socket>();
  let first = 0;

  const pass = (client: Socket, turn: number): void => {
    const target = connect(ports[turn % ports.length] ?? 0, '127.0.0.1');
    target.once('connect', () => {
      client.pipe(target).pipe(client);
      client.once('close', () => target.destroy());
      target.once('close', () => client.destroy());
    });
    target.once('error', () => {
      if (target.connecting || target.pending) retry();
      else client.destroy();
    });
    const retry = (): void => {
      if (turn + 1 < first + ports.length && !client.destroyed) pass(client, turn + 1);
      else client.destroy();
    };
  };
  const server = createServer((client) => {
    open.add(client);
    client.once('close', () => open.delete(client));
    client.on('error', () => undefined);
    pass(client, first);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    toNext() {
      first++;
      for (const client of open) client.destroy();
    },
    close() {
      server.close();
      for (const client of open) client.destroy();
    },
  };
}
