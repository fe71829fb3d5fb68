import { resource, signal, type ResourceStreamItem } from '@angular/core';
import { Ollama } from 'ollama/browser';

export function streamAnswer(question: () => string, client = new Ollama()) {
  return resource({
    params: () => question() || undefined,
    stream: async ({ params: content }) => {
      const data = signal<ResourceStreamItem<string>>({ value: '' });
      const messages = [{ role: 'user', content }];
      const parts = await client.chat({ model: 'qwen3', messages, stream: true });
      const read = async (): Promise<void> => {
        let value = '';
        for await (const { message } of parts) data.set({ value: (value += message.content) });
      };
      void read();
      return data;
    },
  });
}
