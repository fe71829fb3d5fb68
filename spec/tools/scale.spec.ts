import { describe, expect, it } from '@jest/globals';
import { from, lastValueFrom, of } from 'rxjs';
import { chunk } from '../../lib/testing/index.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import { runTools } from '../../lib/tools/runTools.js';
import type { ChatChunk, OllamaClient } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import { measureGrowth } from '../support/growth.js';
import { rawCall, run, tool } from './support.js';

const { answer, done, toolCall } = chunk;

const x = tool('x', () => 'ok');

/** A client that answers synchronously and keeps nothing. */
function calling(steps: number, ...chunks: readonly ChatChunk[]): OllamaClient {
  let asked = 0;
  return { chat: () => (asked++ < steps ? of(...chunks, done()) : of(answer('Hello'), done())) };
}

/** A message of so many calls. */
const many = (count: number): ChatChunk =>
  delta({
    tool_calls: Array.from({ length: count }, (_, n) =>
      rawCall('x', {}, { id: `id_${String(n)}` }),
    ),
  });

describe('a run of any size', () => {
  it('makes two thousand synchronous steps', async () => {
    const result = run(calling(2000, toolCall('x')), [x], { maxSteps: Infinity });
    const finish = await lastValueFrom(result);
    expect(finish).toMatchObject({ type: 'finish', step: 2001, reason: 'stop' });
  });

  it('makes thousands of synchronous calls in one message, however many may run', async () => {
    for (const concurrency of [1, 4, Infinity]) {
      const result = run(calling(1, many(3000)), [x], { concurrency });
      const finish = await lastValueFrom(result);
      expect((finish as { messages?: unknown[] }).messages).toHaveLength(1 + 1 + 3000 + 1);
    }
  });

  it('makes thousands of calls that wait for a place', async () => {
    const later = tool('x', async () => 'ok');
    const finish = await lastValueFrom(run(calling(1, many(3000)), [later], { concurrency: 2 }));
    expect(finish).toMatchObject({ type: 'finish', reason: 'stop' });
  });

  it('takes time in proportion to the number of calls, in one chunk or in many', () => {
    const play = (...chunks: readonly ChatChunk[]) => {
      const seen: ToolRunEvent['type'][] = [];
      const client: OllamaClient = {
        chat: ({ messages }) => (messages?.length ? of(answer('Hello'), done()) : from(chunks)),
      };
      runTools({ model: 'm' }, { tools: [x] }, { client }).subscribe(({ type }) => seen.push(type));
      expect(seen.at(-1)).toBe('finish');
    };
    expect(
      measureGrowth((size) => {
        play(many(size), done());
      }, 500),
    ).toBeLessThan(8);
    const each = (size: number) =>
      Array.from({ length: size }, (_, n) => toolCall('x', {}, `id_${String(n)}`));
    expect(
      measureGrowth((size) => {
        play(...each(size), done());
      }, 500),
    ).toBeLessThan(8);
  });
});
