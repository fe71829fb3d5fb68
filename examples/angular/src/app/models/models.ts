import { httpResource } from '@angular/common/http';
import { Injectable, computed, signal } from '@angular/core';

/** A model as `/api/tags` lists it. */
export interface Model {
  readonly name: string;
  readonly size?: number;
  readonly details?: { readonly parameter_size?: string; readonly quantization_level?: string };
}

/** What a model can do, from `/api/show`. */
export interface Abilities {
  readonly thinking: boolean;
  readonly tools: boolean;
  readonly vision: boolean;
}

const NONE: Abilities = { thinking: false, tools: false, vision: false };

/** The name without the tag that goes without saying. */
export const toShortName = (name: string): string => name.replace(/:latest$/, '');

/** The models of the server. */
@Injectable({ providedIn: 'root' })
export class Models {
  readonly #tags = httpResource(() => '/api/tags', {
    parse: (answer) => (answer as { models?: readonly Model[] }).models ?? [],
  });
  /** The model whose abilities are wanted. */
  readonly selected = signal('');
  readonly #show = httpResource(
    () => {
      const model = this.selected();
      return model ? { url: '/api/show', method: 'POST', body: { model } } : undefined;
    },
    { parse: readShow },
  );

  readonly list = computed(() => (this.#tags.hasValue() ? this.#tags.value() : []));
  readonly isLoading = this.#tags.isLoading;
  readonly error = this.#tags.error;
  readonly abilities = computed(() =>
    this.#show.hasValue() ? this.#show.value().abilities : NONE,
  );
  /** In tokens; `undefined` if the server doesn't say. */
  readonly contextLength = computed(() =>
    this.#show.hasValue() ? this.#show.value().contextLength : undefined,
  );

  /** Asks again: a model may have been added. */
  reload(): void {
    this.#tags.reload();
    this.#show.reload();
  }
}

function readShow(answer: unknown): { abilities: Abilities; contextLength: number | undefined } {
  const { capabilities = [], model_info = {} } = answer as {
    capabilities?: readonly string[];
    model_info?: Readonly<Record<string, unknown>>;
  };
  const length = Object.entries(model_info).find(([key]) => key.endsWith('.context_length'))?.[1];
  return {
    abilities: {
      thinking: capabilities.includes('thinking'),
      tools: capabilities.includes('tools'),
      vision: capabilities.includes('vision'),
    },
    contextLength: typeof length === 'number' ? length : undefined,
  };
}
