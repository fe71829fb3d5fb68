import { REQUEST, type Injector } from '@angular/core';
import { omit } from '../core/omit.js';
import { OLLAMA_OPTIONS } from '../tools/ollamaOptions.js';
import { pick } from '../tools/pick.js';
import { trimHost } from '../transport/host.js';
import type { ChatRequest, ModelOptions, OllamaOptions } from '../types/index.js';
import { isOnServer } from './context.js';
import { OLLAMA_CONFIG } from './provideOllama.js';

/** A config as requests use it. */
export interface Config {
  readonly every: 'frame' | number;
  /** Where requests go. */
  readonly where: OllamaOptions;
  /** What requests have that they have not set. */
  readonly defaults: Partial<ChatRequest>;
}

export function readConfig(injector: Injector): Config {
  const config = injector.get(OLLAMA_CONFIG);
  const { every = 'frame', model, defaults, host } = config;
  return {
    every,
    where: pick({ ...config, host: resolveHost(host, injector) }, ...OLLAMA_OPTIONS),
    defaults: { ...defaults, ...(model && { model }) },
  };
}

/** The fields that a request has, and the defaults of the others. */
export function fill<R extends { readonly options?: ModelOptions | undefined }>(
  request: R,
  defaults: Partial<ChatRequest>,
): R & { readonly model: string } {
  const options = { ...defaults.options, ...request.options };
  return {
    ...defaults,
    // A field that is `undefined` is not set.
    ...pick(request, ...(Object.keys(request) as (keyof R)[])),
    ...(Object.keys(options).length && { options }),
  } as R & { readonly model: string };
}

/** Defaults without those that only a plain chat has. */
export const withoutTools = (defaults: Partial<ChatRequest>): Partial<ChatRequest> =>
  omit(defaults, 'tools');

/** On a server, where there is no page yet, the origin of the page is that of the request. */
function resolveHost(host: string | undefined, injector: Injector): string | undefined {
  if (host === undefined || !isOnServer(injector)) return host;
  const path = trimHost(host);
  const request = injector.get(REQUEST, null);
  return request && /^(?:\/(?!\/)|$)/.test(path) ? new URL(request.url).origin + path : host;
}
