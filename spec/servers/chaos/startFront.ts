import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** One address in front of several gateways, as a balancer is. */
export interface Front {
  readonly url: string;
  /** Sends the connections from now on to the gateway at this port. */
  route(port: number): void;
  /** Sends them there, and breaks those that are open: their clients have to come again. */
  moveTo(port: number): void;
  /** How many connections have been passed on. */
  readonly connections: number;
  stop(): Promise<void>;
}

export async function startFront(port: number): Promise<Front> {
  let target = port;
  let connections = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const gateway = connect(target, '127.0.0.1');
    connections++;
    for (const [one, other] of [
      [client, gateway],
      [gateway, client],
    ] as const) {
      open.add(one);
      // A gateway that is killed resets its connections.
      one.on('error', () => undefined);
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    route(to) {
      target = to;
    },
    moveTo(to) {
      target = to;
      cut();
    },
    get connections() {
      return connections;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
