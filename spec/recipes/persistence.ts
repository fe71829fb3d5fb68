import type { ConversationStore, SavedMessage } from 'rxjs-ollama';

/** Keeps a conversation in `localStorage`, or anything that has its two methods. */
export function storeIn(
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  key: string,
): ConversationStore {
  return {
    load: () => JSON.parse(storage.getItem(key) ?? '[]') as SavedMessage[],
    save: (_, entries) => {
      storage.setItem(key, JSON.stringify(entries));
    },
  };
}
