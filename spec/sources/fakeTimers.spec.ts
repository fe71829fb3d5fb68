import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Step } from '../../lib/testing/node/index.js';
import { REQUEST, forbidConsole, listen, start, toContents } from './support.js';

forbidConsole();

afterEach(() => {
  jest.useRealTimers();
});

type Source = typeof import('../../lib/sources/fromOllamaChat.js');

/** The source, as an app gets it that imports it now. */
function load(): Source['fromOllamaChat'] {
  let source: Source | undefined;
  jest.isolateModules(() => {
    source = jest.requireActual<Source>('../../lib/sources/fromOllamaChat.js');
  });
  if (!source) throw new Error('it was not loaded');
  return source.fromOllamaChat;
}

const TEXTS = Array.from({ length: 1000 }, (_, place) => String(place));
const BURST: readonly Step[] = [...TEXTS, { done: true }];

describe('with fake timers, which nobody advances', () => {
  it.each(['before', 'after'])(
    'that are installed %s the import, requests are made and streams flow',
    async (when) => {
      const ollama = await start(BURST);
      if (when === 'before') jest.useFakeTimers();
      const fromOllamaChat = load();
      if (when === 'after') jest.useFakeTimers();
      for (let n = 1; n <= 3; n++) {
        const { values, error } = await listen(fromOllamaChat(REQUEST, { host: ollama.url }));
        expect(error).toBeUndefined();
        expect(toContents(values)).toEqual([...TEXTS, '']);
        expect(ollama.requests).toHaveLength(n);
      }
      expect(ollama.connections).toBe(1);
      expect(jest.getTimerCount()).toBe(0);
    },
  );

  it.each(['before', 'after'])(
    'that are installed %s the import, a chat can be left',
    async (when) => {
      const ollama = await start(['a', { fault: 'hang' }]);
      if (when === 'before') jest.useFakeTimers();
      const fromOllamaChat = load();
      if (when === 'after') jest.useFakeTimers();
      const chat = fromOllamaChat(REQUEST, { host: ollama.url });
      chat.subscribe().unsubscribe();
      await new Promise<void>((resolve) => {
        const subscription = chat.subscribe(() => {
          subscription.unsubscribe();
          resolve();
        });
      });
      expect(await (await ollama.received()).closed).toBe('aborted');
      expect(ollama.requests).toHaveLength(1);
    },
  );
});
