import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { ConversationMessage } from 'rxjs-ollama';
import type { Settings } from './settings';

/** What the list of conversations shows, and how a conversation asks. */
export interface ConversationRecord {
  readonly id: string;
  /** The beginning of the first question. */
  readonly title: string;
  /** When it was used last, in ms since 1970. */
  readonly updated: number;
  readonly settings: Settings;
}

interface Schema extends DBSchema {
  conversations: { key: string; value: ConversationRecord };
  /** By the id of the conversation. The list above doesn't need them. */
  messages: { key: string; value: readonly ConversationMessage[] };
}

export type Database = IDBPDatabase<Schema>;

export function openDatabase(): Promise<Database> {
  return openDB<Schema>('rxjs-ollama-chat', 1, {
    upgrade(database) {
      database.createObjectStore('conversations', { keyPath: 'id' });
      database.createObjectStore('messages');
    },
  });
}
