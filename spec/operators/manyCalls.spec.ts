import { describe, expect, it } from '@jest/globals';
import { from, lastValueFrom, type OperatorFunction } from 'rxjs';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { collectToolCalls } from '../../lib/operators/collectToolCalls.js';
import { toolCalls } from '../../lib/operators/toolCalls.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { measureAsyncGrowth, measureGrowth } from '../support/growth.js';

const SIZE = 5000;

/** How many times as much four times the calls may cost: 16 is quadratic. */
const LINEAR = 8;

const chunksOf = (calls: number): ChatChunk[] => [
  ...Array.from({ length: calls }, (_, n) =>
    // Every other call has an id of its own.
    chunk.toolCall('add', { n }, n % 2 ? `own_${String(n)}` : undefined),
  ),
  chunk.done(),
];

const sources = new Map([SIZE, 4 * SIZE].map((size) => [size, chunksOf(size)]));

describe('a message of many calls, one per chunk, costs linear time', () => {
  it.each<[string, () => OperatorFunction<ChatChunk, unknown>]>([
    ['toolCalls', toolCalls],
    ['collectToolCalls', collectToolCalls],
    ['accumulateMessage', accumulateMessage],
  ])('with %s', (_, operator) => {
    const growth = measureGrowth((size) => {
      from(sources.get(size) ?? [])
        .pipe(operator())
        .subscribe();
    }, SIZE);
    expect(growth).toBeLessThan(LINEAR);
  });

  it('with fromOllamaChat alone', async () => {
    const bodies = new Map(
      [...sources].map(([size, chunks]) => [
        size,
        chunks.map((each) => `${JSON.stringify(each)}\n`).join(''),
      ]),
    );
    const growth = await measureAsyncGrowth(async (size) => {
      const fetch = () => Promise.resolve(new Response(bodies.get(size)));
      const last = await lastValueFrom(fromOllamaChat({ model: 'qwen3' }, { fetch }));
      expect(last.done).toBe(true);
    }, SIZE);
    expect(growth).toBeLessThan(LINEAR);
  });
});

it('a message of 40,000 calls has each of them once', () => {
  const chunks = chunksOf(40_000);
  let calls: readonly unknown[] = [];
  from([...chunks.slice(0, -1), ...chunks])
    .pipe(collectToolCalls())
    .subscribe((all) => (calls = all));
  // Those with an id of their own came twice. Those without are two calls each.
  expect(calls).toHaveLength(60_000);
});
