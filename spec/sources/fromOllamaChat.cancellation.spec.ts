import { describe, expect, it } from '@jest/globals';
import type { Observable } from 'rxjs';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import type { Step } from '../../lib/testing/node/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { expectTable } from '../support/matrix.js';
import { leave, moments, ways } from './leaving.js';
import { ask, forbidConsole, roundTrip, start } from './support.js';

forbidConsole();

const dresses = {
  'the chat alone': (chat: Observable<unknown>): Observable<unknown> => chat,
  'with operators': (chat: Observable<unknown>): Observable<unknown> =>
    (chat as Observable<ChatChunk>).pipe(splitThinking(), bufferForUi(), accumulateMessage()),
};

function* endless(): Generator<Step> {
  yield { thinking: 'Hm.' };
  for (;;) yield 'on and on ';
}

const chat = {
  path: '/api/chat',
  ask: (host: string) =>
    fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }, { host }),
  steps: endless,
};

const cells = new Map<string, string>();

describe.each(Object.entries(ways))('a chat that is left by %s', (name, way) => {
  describe.each(Object.entries(dresses))('%s', (dressed, dress) => {
    it.each(moments)('is over at the server at once: %s', async (moment) => {
      const seen = await leave(way, moment, { ...chat, dress });
      expect(seen.outcomes).toEqual(Array(seen.attempts).fill('aborted'));
      expect(seen.later).toEqual(seen.atClose);
      expect(seen.atClose.every((lines) => (lines === 0) === (moment === 'headers pending'))).toBe(
        true,
      );
      expect(seen.after).not.toContain('chunk');
      expect(seen.after).not.toContain('next');
      const closed = seen.attempts === 1 ? 'closed' : `${String(seen.attempts)} closed`;
      cells.set(
        [name, dressed, moment].join(),
        `${closed}, ${seen.atClose.some(Boolean) ? 'lines stop' : 'no line'}`,
      );
    });
  });
});

describe('a chat that is unsubscribed from right after subscribing', () => {
  it.each(Object.entries(dresses))('is no request at all: %s', async (dressed, dress) => {
    const ollama = await start();
    dress(ask(ollama)).subscribe().unsubscribe();
    await roundTrip(ollama);
    const chats = ollama.requests.filter(({ path }) => path === '/api/chat');
    expect(chats).toEqual([]);
    cells.set(`frame,${dressed},headers pending`, 'no request');
    cells.set(`frame,${dressed},in mid-stream`, '–');
  });
});

describe('what was seen', () => {
  it('is in the table of docs/reliability.md', () => {
    const columns = Object.keys(dresses).flatMap((dressed) =>
      moments.map((moment) => `${dressed}, ${moment}`),
    );
    const toRow = (name: string, key = name) => [
      name,
      ...columns.map((column) => cells.get(`${key},${column.replace(', ', ',')}`) ?? 'not seen'),
    ];
    const rows = Object.keys(ways).map((name) => toRow(name));
    expectTable(
      'cancellation',
      ['left by', ...columns],
      [...rows, toRow('`unsubscribe()` right after subscribing', 'frame')],
    );
  });
});
