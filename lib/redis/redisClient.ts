/**
 * A connection to Redis: a client of the package `redis` fits as it is. For `ioredis`, wrap one:
 * `{ sendCommand: ([name, ...args]) => client.call(name, ...args), on: (...args) => client.on(...args) }`.
 */
export interface RedisClientLike {
  /** Sends a command and resolves to its reply. */
  sendCommand(args: string[]): Promise<unknown>;
  /** Without a listener for errors, a lost connection would end the process. */
  on(event: 'error', listener: (error: unknown) => void): unknown;
}
