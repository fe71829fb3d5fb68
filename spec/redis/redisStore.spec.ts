import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { redisStore, type RedisClientLike } from '../../lib/redis/index.js';

// What needs no server. The rest is in spec/servers, with a real one.

function createClient(
  answer: () => Promise<unknown> = () => Promise.reject(new Error('refused')),
): RedisClientLike & EventEmitter {
  return Object.assign(new EventEmitter(), { sendCommand: answer });
}

describe('redisStore', () => {
  it('listens for errors of each client once, so that a lost connection ends no process', () => {
    const [client, reader] = [createClient(), createClient()];
    expect(() => client.emit('error', new Error('lost'))).toThrow('lost');
    redisStore({ client, reader: [reader, client] });
    for (const each of [client, reader]) {
      expect(each.listenerCount('error')).toBe(1);
      each.emit('error', new Error('lost'));
    }
  });

  it('needs a connection that reads', () => {
    expect(() => redisStore({ client: createClient(), reader: [] })).toThrow(
      new TypeError(
        'redisStore has no reader. Pass a connection of its own, as client.duplicate().',
      ),
    );
  });

  it('fails as its client does, and asks again the next time', async () => {
    let isUp = false;
    const client = createClient(() =>
      isUp ? Promise.resolve(null) : Promise.reject(new Error('refused')),
    );
    const store = redisStore({ client, reader: createClient() });
    await expect(store.get('a')).rejects.toThrow('refused');
    await expect(store.signal('a', 'stop')).rejects.toThrow('refused');
    await expect(store.isPresent('a')).rejects.toThrow('refused');
    const reading = store.read('a', undefined, new AbortController().signal);
    await expect(reading[Symbol.asyncIterator]().next()).rejects.toThrow('refused');
    isUp = true;
    expect(await store.get('a')).toBeUndefined();
  });
});
