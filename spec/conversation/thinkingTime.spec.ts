import { describe, expect, it } from '@jest/globals';
import { createThinkingTime } from '../../lib/conversation/thinkingTime.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';

const { answer, done, thinking, toolCall } = chunk;

type Timed = readonly [number, ChatChunk & ChunkMarks, number | undefined];

describe('the time of thinking', () => {
  it.each<[string, readonly Timed[]]>([
    [
      'is absent without thinking',
      [
        [5, answer('Hi'), undefined],
        [9, done(), undefined],
      ],
    ],
    [
      'begins with the first thinking, and ends with the first text',
      [
        [10, thinking('H'), 0],
        [15, thinking('m'), 5],
        [30, answer('Hi'), 20],
        [90, answer('!'), 20],
        [99, done(), 20],
      ],
    ],
    [
      'ends with a call',
      [
        [10, thinking('H'), 0],
        [30, toolCall('x'), 20],
        [90, done(), 20],
      ],
    ],
    [
      'ends with the final chunk',
      [
        [10, thinking('H'), 0],
        [30, done(), 20],
      ],
    ],
    [
      'is not changed by thinking after the answer',
      [
        [1, thinking('H'), 0],
        [2, answer('a'), 1],
        [9, thinking('m'), 1],
      ],
    ],
    [
      'includes an answer that turns out to be thinking',
      [
        [5, answer(''), undefined],
        [10, answer('Hm'), undefined],
        [20, { ...answer(''), reclassify: true }, 10],
        [30, answer('Hi'), 20],
        [40, done(), 20],
      ],
    ],
    [
      'begins again with a message that is requested again',
      [
        [10, thinking('H'), 0],
        [20, answer('Hi'), 10],
        [50, { ...thinking('H'), reset: true }, 0],
        [53, answer('Hi'), 3],
      ],
    ],
    [
      'is that of each message',
      [
        [10, thinking('H'), 0],
        [20, done(), 10],
        [30, answer('Hi'), undefined],
      ],
    ],
  ])('%s', (_, timed) => {
    const thinkingTime = createThinkingTime();
    expect(timed.map(([now, each]) => thinkingTime(each, now))).toEqual(
      timed.map(([, , expected]) => expected),
    );
  });
});
