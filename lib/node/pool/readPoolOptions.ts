import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { toModelKey } from '../../core/modelKey.js';
import { checkCount, checkScheduler } from '../../time.js';
import { describeKind } from '../../transport/describeKind.js';
import { readHost } from '../../transport/host.js';
import { isObject } from '../../wire/line.js';

/** One server of a pool. */
export interface PoolHost {
  /** Its address, as `host` of a source has it. User information in it becomes a Basic header. */
  readonly url: string;
  /**
   * How many answers it generates at a time: its `OLLAMA_NUM_PARALLEL`. More requests wait in its own queue.
   * @defaultValue `1`
   */
  readonly parallel?: number | undefined;
  /** The models that it is used for. @defaultValue those that it lists in `/api/tags` */
  readonly models?: readonly string[] | undefined;
}

/** Which hosts a pool has, and how it asks them. */
export interface OllamaPoolOptions {
  /** The servers, as addresses or with more about each. Of equal ones, the first is taken first. */
  readonly hosts: readonly (string | PoolHost)[];
  /** How often each host is asked what it has, in ms, while the pool is in use. @defaultValue `5000` */
  readonly poll?: number | undefined;
  /** How long a host that is down is left alone before it is asked again, in ms. @defaultValue `2000` */
  readonly cooldown?: number | undefined;
  /** Sent with each request, to each host. */
  readonly headers?: HeadersInit | undefined;
  /** Makes the requests. @defaultValue the global `fetch` */
  readonly fetch?: typeof fetch | undefined;
  /** Where the time comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** A host as the pool needs it. */
export interface ReadHost {
  /** Without user information: what may be shown. */
  readonly url: string;
  /** As it was given. */
  readonly address: string;
  readonly parallel: number;
  readonly models: readonly string[] | undefined;
}

/** The options, checked and complete. */
export function readPoolOptions(options: OllamaPoolOptions) {
  const { hosts, poll = 5000, cooldown = 2000, scheduler = asyncScheduler, ...where } = options;
  checkCount('poll', poll);
  checkCount('cooldown', cooldown);
  checkScheduler(scheduler);
  return { hosts: readHosts(hosts), poll, cooldown, scheduler, where };
}

const EXAMPLE = "hosts: ['http://gpu1:11434', 'http://gpu2:11434']";

/** @throws TypeError or RangeError for what is not a list of different hosts */
function readHosts(hosts: unknown): readonly ReadHost[] {
  if (!Array.isArray(hosts) || !hosts.length) {
    const kind = Array.isArray(hosts) ? 'an empty list' : describeKind(hosts);
    throw new TypeError(`hosts is ${kind}. Pass a list of servers, as in ${EXAMPLE}.`);
  }
  const read = hosts.map(readPoolHost);
  for (const [at, { url }] of read.entries()) {
    const first = read.findIndex((each) => each.url === url);
    // Its slots would be counted twice.
    if (first !== at) {
      throw new TypeError(
        `hosts[${String(at)}] is the same server as hosts[${String(first)}]: ${url}. Name each once.`,
      );
    }
  }
  return read;
}

function readPoolHost(host: unknown, at: number): ReadHost {
  const name = `hosts[${String(at)}]`;
  const { url: address, parallel = 1, models } = isObject(host) ? host : { url: host };
  if (typeof address !== 'string') {
    throw new TypeError(`${name} is ${describeKind(host)}. Pass an address, as in ${EXAMPLE}.`);
  }
  checkCount(`${name}.parallel`, parallel as number);
  if (models !== undefined && !(Array.isArray(models) && models.every(isName))) {
    throw new TypeError(
      `${name}.models is not a list of names. Pass one such as ['qwen3'], or omit it.`,
    );
  }
  return {
    url: readHost(address, name).url,
    address,
    parallel: parallel as number,
    models: models?.map(toModelKey),
  };
}

const isName = (model: unknown): model is string => typeof model === 'string';
