import { DestroyRef, Injectable, computed, inject, signal } from '@angular/core';

/** What the page shows. It stands in the address: it survives a reload, and "back" leads back. */
@Injectable({ providedIn: 'root' })
export class Place {
  readonly #hash = signal(location.hash);

  /** Of the conversation that is open. */
  readonly conversation = computed(() => /^#\/c\/([\w-]+)$/.exec(this.#hash())?.[1]);
  readonly isForm = computed(() => this.#hash() === '#/form');

  constructor() {
    const onChange = () => {
      this.#hash.set(location.hash);
      if (!this.conversation() && !this.isForm()) this.openNew();
    };
    addEventListener('hashchange', onChange);
    inject(DestroyRef).onDestroy(() => {
      removeEventListener('hashchange', onChange);
    });
    onChange();
  }

  open(id: string): void {
    location.hash = `/c/${id}`;
  }

  openNew(): void {
    this.open(crypto.randomUUID());
  }
}
