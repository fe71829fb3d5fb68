import { DestroyRef, Injectable, computed, inject, signal } from '@angular/core';
import type { ConversationMessage, ConversationStore } from 'rxjs-ollama';
import { openDatabase, type ConversationRecord } from './database';
import { Drafts } from './drafts';
import type { Settings } from './settings';

const LONGEST_TITLE = 60;

/** All conversations of this browser. */
@Injectable({ providedIn: 'root' })
export class Library {
  readonly #drafts = inject(Drafts);
  readonly #database = openDatabase();
  /** A conversation that is still open when it is deleted saves itself when it is closed. */
  readonly #removed = new Set<string>();
  /** Other windows of this page show the same list. */
  readonly #channel = new BroadcastChannel('rxjs-ollama-chat');
  readonly #records = signal<readonly ConversationRecord[] | undefined>(undefined);

  /** Why conversations can't be kept, if they can't. */
  readonly failure = signal<unknown>(undefined);
  readonly isReady = computed(() => this.#records() !== undefined);
  /** The latest first. */
  readonly records = computed(() =>
    [...(this.#records() ?? [])].sort((a, b) => b.updated - a.updated),
  );

  constructor() {
    this.#channel.onmessage = () => {
      void this.#load();
    };
    inject(DestroyRef).onDestroy(() => {
      this.#channel.close();
    });
    void this.#load();
  }

  find(id: string): ConversationRecord | undefined {
    return this.#records()?.find((record) => record.id === id);
  }

  /** Where `createConversation` keeps the messages of one conversation. */
  storeOf(id: string, settings: () => Settings): ConversationStore {
    return {
      load: async () => (await this.#database).get('messages', id),
      save: (_, entries) => this.save(id, entries, settings()),
    };
  }

  async save(
    id: string,
    entries: readonly ConversationMessage[],
    settings: Settings,
  ): Promise<void> {
    if (this.#removed.has(id)) return;
    const first = entries.find(({ message }) => message.role === 'user');
    if (!first) return;
    const known = this.find(id);
    const record: ConversationRecord = {
      id,
      title: known?.title ?? toTitle(first),
      updated: Date.now(),
      settings,
    };
    this.#records.update((records = []) => [record, ...records.filter((one) => one.id !== id)]);
    const transaction = (await this.#database).transaction(
      ['conversations', 'messages'],
      'readwrite',
    );
    const puts = [
      transaction.objectStore('conversations').put(record),
      transaction.objectStore('messages').put(entries, id),
    ];
    // Without it, a page that is being left would not wait for the end.
    transaction.commit();
    await Promise.all([...puts, transaction.done]);
    this.#channel.postMessage(id);
  }

  /** Settings that were changed between two questions. A conversation without messages has no record. */
  async saveSettings(id: string, settings: Settings): Promise<void> {
    const known = this.find(id);
    if (!known) return;
    const record = { ...known, settings };
    this.#records.update((records = []) => records.map((one) => (one.id === id ? record : one)));
    await (await this.#database).put('conversations', record);
  }

  async remove(id: string): Promise<void> {
    this.#removed.add(id);
    this.#drafts.write(id, '');
    this.#records.update((records = []) => records.filter((record) => record.id !== id));
    const transaction = (await this.#database).transaction(
      ['conversations', 'messages'],
      'readwrite',
    );
    await Promise.all([
      transaction.objectStore('conversations').delete(id),
      transaction.objectStore('messages').delete(id),
      transaction.done,
    ]);
    this.#channel.postMessage(id);
  }

  async #load(): Promise<void> {
    try {
      this.#records.set(await (await this.#database).getAll('conversations'));
    } catch (error) {
      this.failure.set(error);
      this.#records.set([]);
    }
  }

  async messagesOf(id: string): Promise<readonly ConversationMessage[]> {
    return (await (await this.#database).get('messages', id)) ?? [];
  }
}

function toTitle({ message: { content, images } }: ConversationMessage): string {
  const text = content.replace(/\s+/g, ' ').trim();
  if (!text) return images?.length ? 'An image' : 'Untitled';
  return text.length > LONGEST_TITLE ? `${text.slice(0, LONGEST_TITLE - 1)}…` : text;
}
