import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../lib/testing/node/index.js';
import { expectTable } from '../support/matrix.js';
import { streams } from './endpoints.js';
import { leave, moments, ways } from './leaving.js';
import { forbidConsole } from './support.js';

forbidConsole();

const cells = new Map<string, string>();

describe.each(streams)('$name', ({ name, method, ask, first }) => {
  const asked = {
    path: `/api/${method}`,
    ask: (host: string) => ask({ host }),
    *steps(): Generator<Step> {
      for (;;) yield first;
    },
  };

  describe.each(Object.entries(ways))('left by %s', (left, way) => {
    it.each(moments)('is over at the server at once: %s', async (moment) => {
      const seen = await leave(way, moment, asked);
      expect(seen.outcomes).toEqual(Array(seen.attempts).fill('aborted'));
      expect(seen.later).toEqual(seen.atClose);
      expect(seen.after).not.toContain('chunk');
      expect(seen.after).not.toContain('next');
      cells.set([left, name, moment].join(), `${String(seen.attempts)} closed`);
    });
  });
});

describe('what was seen', () => {
  it('is in the table of docs/reliability.md', () => {
    const rows = Object.keys(ways).map((left) => [
      left,
      ...streams.map(({ name }) => {
        const [pending, flowing] = moments.map((moment) => cells.get([left, name, moment].join()));
        // A spec that failed has said so itself: the table is about those that held.
        if (!pending || !flowing) throw new Error(`${name}, left by ${left}: its spec has failed.`);
        return pending === flowing ? pending : 'differs';
      }),
    ]);
    expectTable('endpoints', ['left by', ...streams.map(({ name }) => `\`${name}\``)], rows);
  });
});
