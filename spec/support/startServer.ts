import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that is there for this machine alone. */
export interface StartedServer {
  readonly url: string;
  /** Ends its connections too. */
  readonly close: () => Promise<void>;
}

/** Starts a server at a port that is free. */
export async function startServer(server: Server): Promise<StartedServer> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
