import { Inject, Injectable } from '@nestjs/common';
import type { Message } from 'rxjs-ollama';
import { z } from 'zod';
import { Redis } from '../redis.js';

/** A chat as the server knows it. Nothing of it comes from the client but the words of the user. */
export interface Chat {
  readonly messages: readonly Message[];
  /** The last answer. */
  readonly run?: string;
  readonly isOver?: boolean;
  /** The `Idempotency-Key` that it was asked with. */
  readonly key?: string;
}

/** How clients name their chats. */
export const chatId = z.string().regex(/^[\w-]{1,64}$/, 'Send up to 64 letters, digits, - and _.');

const DAY = 24 * 60 * 60;
/** How many chats are kept in memory: the last ones. */
const MOST = 1000;

/** The chats of all users: in Redis for a day, or in the memory of this process. */
@Injectable()
export class Chats {
  readonly #kept = new Map<string, string>();

  constructor(@Inject(Redis) private readonly redis: Redis) {}

  async load(user: string, id: string): Promise<Chat> {
    const key = toKey(user, id);
    const { client } = this.redis;
    const json = client ? await client.get(key) : this.#kept.get(key);
    return json ? (JSON.parse(json) as Chat) : { messages: [] };
  }

  async save(user: string, id: string, chat: Chat): Promise<void> {
    const key = toKey(user, id);
    const json = JSON.stringify(chat);
    const { client } = this.redis;
    if (client) {
      await client.set(key, json, { expiration: { type: 'EX', value: DAY } });
      return;
    }
    this.#kept.delete(key);
    this.#kept.set(key, json);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest);
  }
}

const toKey = (user: string, id: string): string => `chat:${user}:${id}`;
