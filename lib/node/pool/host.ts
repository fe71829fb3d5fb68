import type { OllamaError } from '../../errors.js';

/** What a pool knows of one of its hosts. */
export interface HostState {
  /** Where it is, without user information. */
  readonly url: string;
  /**
   * - `'unknown'`: it has not answered yet
   * - `'up'`: it answers
   * - `'down'`: it could not be reached, or answered 502 or 503; it is asked again after `cooldown`
   */
  readonly status: 'unknown' | 'up' | 'down';
  /** How many answers of this pool it generates, or loads a model for. */
  readonly active: number;
  /** How many it can generate at a time. */
  readonly parallel: number;
  /** The models that it has, with their tags; `undefined` where it doesn't say. */
  readonly models: readonly string[] | undefined;
  /** The models that are in its memory, or that it is loading for this pool. */
  readonly loaded: readonly string[];
  /** Why it is down, or why it doesn't say which models it has. */
  readonly error: OllamaError | undefined;
}

/** The same with what only the pool needs. */
export interface Host extends HostState {
  /** How many answers it generates with each model. */
  readonly running: ReadonlyMap<string, number>;
  /** The number of the last request that it was sent, in the order of all requests of the pool. */
  readonly turn: number;
  /** When it is asked next: a new object with each new plan. */
  readonly plan: { readonly at: number };
}

/** What a host said of itself. */
export interface HostAnswer {
  /** `undefined` where it doesn't say. */
  readonly models: readonly string[] | undefined;
  readonly loaded: readonly string[] | undefined;
  readonly error: OllamaError | undefined;
  /** Whether it can't answer at all. */
  readonly isDown: boolean;
}

/** A host that has not been asked yet. */
export const createHost = (url: string, parallel = 1): Host => ({
  url,
  parallel,
  status: 'unknown',
  models: undefined,
  loaded: [],
  error: undefined,
  active: 0,
  running: new Map(),
  turn: 0,
  plan: { at: 0 },
});

export function toHostState({ running, turn, plan, ...state }: Host): HostState {
  return state;
}

/** It was sent a request, and loads the model if it has to. */
export const sent = (host: Host, model: string, turn: number): Host => ({
  ...host,
  turn,
  active: host.active + 1,
  running: count(host.running, model, 1),
  loaded: add(host.loaded, model),
});

/** It has ended an answer. */
export const ended = (host: Host, model: string): Host => ({
  ...host,
  active: host.active - 1,
  running: count(host.running, model, -1),
});

/** It is asked at that time, and not when it was planned. */
export const planned = (host: Host, at: number): Host => ({ ...host, plan: { at } });

/** It can't answer. What it had in its memory is gone when it comes back. */
export const failed = (host: Host, error: OllamaError, at: number): Host => ({
  ...host,
  status: 'down',
  error,
  loaded: [...host.running.keys()],
  plan: { at },
});

/** It answered, and is asked again at that time. What it loads for this pool is not on its list yet. */
export const heard = (host: Host, { models, loaded, error }: HostAnswer, at: number): Host => ({
  ...host,
  status: 'up',
  error,
  models,
  loaded: [...new Set([...(loaded ?? host.loaded), ...host.running.keys()])],
  plan: { at },
});

/** It has a model that it did not have. */
export const gained = (host: Host, model: string): Host => ({
  ...host,
  models: host.models && add(host.models, model),
});

/** It says that it doesn't have the model. */
export const lost = (host: Host, model: string): Host => ({
  ...host,
  models: host.models?.filter((each) => each !== model),
  loaded: host.loaded.filter((each) => each !== model),
});

const add = (models: readonly string[], model: string): readonly string[] =>
  models.includes(model) ? models : [...models, model];

function count(
  running: ReadonlyMap<string, number>,
  model: string,
  more: number,
): ReadonlyMap<string, number> {
  const counts = new Map(running);
  const next = (counts.get(model) ?? 0) + more;
  if (next > 0) counts.set(model, next);
  else counts.delete(model);
  return counts;
}
