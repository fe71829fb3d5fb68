import { BadRequestException } from '@nestjs/common';
import { z } from 'zod';

/** A list with commas between its parts. */
const list = z.string().transform((text) => text.split(',').map((part) => part.trim()));

const url = z.url({ protocol: /^https?$/ });

const count = z.coerce.number().int().min(1);

/** `alice:a-long-key,bob:another-key`: the user of each key. */
const apiKeys = list.transform((pairs, context) => {
  const users = new Map<string, string>();
  for (const pair of pairs) {
    const [, user, key] = /^([\w-]{1,32}):(.{16,})$/.exec(pair) ?? [];
    if (user === undefined || key === undefined || users.has(key)) {
      // It says nothing of the key, which is a secret.
      context.addIssue('Write user:key,user:key, with keys of 16 characters or more.');
      return z.NEVER;
    }
    users.set(key, user);
  }
  return users;
});

/** What the environment says of a gateway. All times are in ms. */
const environment = z.object({
  /** Who may ask. There is no gateway without keys. */
  API_KEYS: apiKeys,
  /** Its name in the header `X-Gateway`, by which people see who answers. */
  NAME: z
    .string()
    .regex(/^[\w.-]+$/)
    .default('gateway'),
  /** The port on 127.0.0.1; 0 is a free one. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  OLLAMA_HOSTS: list.pipe(z.array(url).min(1)).default(['http://127.0.0.1:11434']),
  /** The models that clients may name. The first one is the default. */
  MODELS: list.pipe(z.array(z.string().min(1)).min(1)).default(['qwen3']),
  /** Where runs, histories and the queue are. Without it they are in the memory of this process. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  INVENTORY_URL: url.default('http://127.0.0.1:3101'),
  ORDERS_URL: url.default('http://127.0.0.1:3102'),
  /** An MCP server, over Streamable HTTP, whose tools the model can call as well. */
  MCP_URL: url.optional(),
  /** Origins of pages that may use the gateway, besides its own. */
  CORS_ORIGINS: list.pipe(z.array(url)).default([]),
  /** The longest body, in bytes. */
  BODY_LIMIT: count.default(256 * 1024),
  /** How many requests a user may make per minute. */
  REQUESTS_PER_MINUTE: count.default(120),
  /** How many answers a user may have at a time. Further ones wait in line. */
  ANSWERS_PER_USER: count.default(1),
  /** How long a run is kept alive for a client that has left. */
  GRACE: count.default(30_000),
  /** After how long without a sign of life another gateway takes a run over. */
  LEASE: count.default(15_000),
  /** How long answers may take to end when the gateway shuts down. */
  SHUTDOWN: count.default(30_000),
});

export type Config = Readonly<z.infer<typeof environment>>;

/** @throws Error that names each variable that is wrong, and not its value */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const { data, error } = environment.safeParse(variables);
  if (data) return data;
  const lines = error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new Error(`The environment is not complete:\n${lines.join('\n')}`);
}

/** The token by which Nest injects it. */
export const CONFIG = Symbol('CONFIG');

/** The model that a client names, or the first one. @throws BadRequestException for one that it may not name */
export function toModel({ MODELS }: Config, named: string | undefined = MODELS[0]): string {
  if (named !== undefined && MODELS.includes(named)) return named;
  throw new BadRequestException(`There is no such model. There is: ${MODELS.join(', ')}.`);
}
