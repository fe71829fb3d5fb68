import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createSegmenter } from '../../../lib/core/ui/segmenter.js';
import { createUiBuffer, type UiBuffer } from '../../../lib/core/ui/uiBuffer.js';
import { chunk } from '../../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../../lib/types/index.js';
import { textOf } from '../../support/chunks.js';
import { anyRun, readMessages } from '../../support/messages.js';

const { answer, done, thinking, toolCall } = chunk;

type Chunk = ChatChunk & ChunkMarks;

const STEP = 10;
const byWord = createSegmenter('word', 'en');
const byGrapheme = createSegmenter('grapheme', 'en');

/** What the takes give, one every ten milliseconds from the time `from` on, until nothing is left. */
function takesOf(
  buffer: UiBuffer<Chunk>,
  { from = 0, ended = false } = {},
): Record<number, string> {
  if (ended) buffer.end();
  const takes: Record<number, string> = {};
  for (let now = from + STEP; buffer.nextAt() < Infinity; now += STEP) {
    const text = buffer.take(now - STEP, now).map(({ message }) => message.content);
    if (text.length) takes[now] = text.join('|');
  }
  return takes;
}

describe('createUiBuffer', () => {
  it('is empty until something comes, and when all is taken', () => {
    const buffer = createUiBuffer<Chunk>();
    expect(buffer.nextAt()).toBe(Infinity);
    buffer.add(answer('a'));
    expect(buffer.nextAt()).toBe(-Infinity);
    buffer.take(0, STEP);
    expect(buffer.nextAt()).toBe(Infinity);
    expect(buffer.take(STEP, 2 * STEP)).toEqual([]);
  });

  it.each([undefined, byWord])('keeps kinds apart and in order (segments: %p)', (findEnd) => {
    const call = toolCall('f');
    const end = done();
    const buffer = createUiBuffer<Chunk>(findEnd, 250);
    for (const chunk of [thinking('a'), thinking('b'), answer('c'), call, end]) buffer.add(chunk);
    expect(buffer.take(0, STEP)).toEqual([
      { ...thinking('ab'), merged: 2 },
      answer('c'),
      call,
      end,
    ]);
  });

  describe('with segments', () => {
    it('holds back the last one for its own time, not for that of the one before it', () => {
      const buffer = createUiBuffer<Chunk>(byGrapheme, 25);
      buffer.add(answer('a'));
      expect(textOf(buffer.take(0, 10)).answer).toBe('');
      buffer.add(answer('b'));
      expect(textOf(buffer.take(10, 20)).answer).toBe('a');
      expect(textOf(buffer.take(20, 30)).answer).toBe('b');
    });

    it('holds back the last one until another follows', () => {
      const buffer = createUiBuffer<Chunk>(byWord, 250);
      buffer.add(answer('Hello wor'));
      expect(textOf(buffer.take(0, 10)).answer).toBe('Hello ');
      buffer.add(answer('ld and'));
      expect(textOf(buffer.take(10, 20)).answer).toBe('world ');
    });

    it('holds nothing back once another kind has come', () => {
      const buffer = createUiBuffer<Chunk>(byWord, 250);
      for (const chunk of [answer('Hel'), toolCall('f')]) buffer.add(chunk);
      expect(buffer.take(0, 10)).toHaveLength(2);
    });

    it('holds nothing back at the end', () => {
      const buffer = createUiBuffer<Chunk>(byWord, 250);
      buffer.add(answer('Hello wor'));
      buffer.end();
      expect(textOf(buffer.take(0, 10)).answer).toBe('Hello wor');
    });

    it('holds back text no longer than it may, counted from when the oldest of it came', () => {
      const buffer = createUiBuffer<Chunk>(byWord, 50);
      buffer.add(answer('Hel'));
      const takes = [];
      for (let now = 10; now <= 50; now += 10) {
        takes.push(textOf(buffer.take(now - 10, now)).answer);
        buffer.add(answer('l'));
      }
      // The next take would have been at 60.
      expect(takes).toEqual(['', '', '', '', 'Helllll']);
    });

    it('holds back what has just come, however long what it finishes was held back', () => {
      const buffer = createUiBuffer<Chunk>(byWord, 50);
      buffer.add(answer('Hel'));
      for (let now = 10; now <= 40; now += 10) buffer.take(now - 10, now);
      buffer.add(answer('lo wor'));
      expect(textOf(buffer.take(40, 50)).answer).toBe('Hello ');
    });

    it('holds back nothing when the takes are too far apart for it', () => {
      const buffer = createUiBuffer<Chunk>(byWord, 50);
      buffer.add(answer('Hel'));
      expect(textOf(buffer.take(0, 51)).answer).toBe('Hel');
    });
  });

  describe('with a lag', () => {
    it('spreads text evenly, so that the last of it is in time', () => {
      const buffer = createUiBuffer<Chunk>(byGrapheme, 50, 50);
      buffer.add(answer('abcdefgh'));
      expect(takesOf(buffer, { ended: true })).toEqual({ 10: 'ab', 20: 'cd', 30: 'ef', 40: 'gh' });
    });

    it('shows less than a character at a take if there is little', () => {
      const buffer = createUiBuffer<Chunk>(byGrapheme, 110, 110);
      buffer.add(answer('ab!'));
      buffer.add(done());
      expect(takesOf(buffer)).toEqual({ 10: 'a', 40: 'b', 70: '!|' });
    });

    it('spreads whole segments', () => {
      const buffer = createUiBuffer<Chunk>(createSegmenter('line'), 90, 90);
      buffer.add(answer('one \ntwo \ntri \nfor \n'));
      expect(takesOf(buffer)).toEqual({ 10: 'one \n', 30: 'two \n', 50: 'tri \n', 70: 'for \n' });
    });

    it('spreads also what comes one after the other, as long as there is no pause', () => {
      const buffer = createUiBuffer<Chunk>(createSegmenter('line'), 90, 90);
      const takes: number[] = [];
      const add = (line: string, from: number) => {
        buffer.add(answer(line));
        takes.push(...Object.keys(takesOf(buffer, { from })).map(Number));
      };
      add('one \n', 0);
      add('two \n', 10);
      add('tri \n', 300);
      expect(takes).toEqual([10, 50, 320]);
    });

    it('goes faster as soon as more comes, as fast as that needs', () => {
      const buffer = createUiBuffer<Chunk>(byGrapheme, 90, 90);
      buffer.add(answer('abcd'));
      const first = [10, 20].map((now) => textOf(buffer.take(now - 10, now)).answer);
      buffer.add(answer('efghijkl.'));
      expect(first).toEqual(['a', '']);
      expect(Object.values(takesOf(buffer, { from: 20 }))).toEqual([
        'bc',
        'd',
        'ef',
        'g',
        'hi',
        'j',
        'kl',
        '.',
      ]);
    });

    it('follows takes that are closer together or farther apart', () => {
      const buffer = createUiBuffer<Chunk>(byGrapheme, 100, 100);
      buffer.add(answer('abcdefghijklmnopqrst'));
      buffer.add(done());
      const times = [0, 20, 25, 30, 60, 80];
      const takes = times.slice(1).map((now, i) => buffer.take(times[i] ?? 0, now));
      expect(takes.map((chunks) => textOf(chunks).answer.length)).toEqual([5, 1, 1, 10, 3]);
    });

    it('shows no call before the text that came before it', () => {
      const buffer = createUiBuffer<Chunk>(byGrapheme, 50, 50);
      for (const chunk of [answer('abcd'), toolCall('f'), answer('ef'), done()]) buffer.add(chunk);
      const takes = [10, 20, 30, 40].map((now) => buffer.take(now - 10, now));
      expect(takes.map((chunks) => chunks.map(({ message }) => message.content))).toEqual([
        ['ab'],
        ['c'],
        ['d', '', 'e'],
        ['f', ''],
      ]);
    });
  });

  it('shows text also when no time has passed', () => {
    const buffer = createUiBuffer<Chunk>(byWord, 250);
    buffer.add(answer('Hello '));
    expect(buffer.take(5, 5)).toEqual([answer('Hello ')]);
  });

  it('forgets all that was there when the message starts over', () => {
    const buffer = createUiBuffer<Chunk>(byWord, 250);
    for (const chunk of [thinking('hm'), answer('Hel')]) buffer.add(chunk);
    expect(buffer.take(0, 10)).toHaveLength(1);
    const again: Chunk = { ...answer('Good '), reset: true };
    buffer.add(again);
    expect(buffer.take(10, 20)).toEqual([again]);
    expect(buffer.nextAt()).toBe(Infinity);
  });

  it('forgets the messages before it, too, when the whole run starts over', () => {
    const buffer = createUiBuffer<Chunk>();
    for (const chunk of [answer('One'), done(), answer('Two')]) buffer.add(chunk);
    const restart: Chunk = { ...answer('New'), reset: true, restart: true };
    buffer.add(restart);
    expect(buffer.take(0, 10)).toEqual([restart]);
  });

  it('counts from the new start how long text is held back', () => {
    const buffer = createUiBuffer<Chunk>(byWord, 50);
    buffer.add(answer('Hel'));
    buffer.take(0, 10);
    buffer.add({ ...answer('Goo'), reset: true });
    const takes = [20, 30, 40, 50, 60].map((now) => buffer.take(now - 10, now).length);
    expect(takes).toEqual([0, 0, 0, 0, 1]);
  });

  it('counts so behind a message that is complete, too', () => {
    const buffer = createUiBuffer<Chunk>(byWord, 50);
    for (const chunk of [answer('One'), done(), answer('Hel')]) buffer.add(chunk);
    buffer.add({ ...answer('Goo'), reset: true });
    const takes = [10, 20, 30, 40, 50].map((now) => buffer.take(now - 10, now).length);
    expect(takes).toEqual([2, 0, 0, 0, 1]);
  });

  it('spreads what follows a complete message and a new start as if that alone had come', () => {
    const buffer = createUiBuffer<Chunk>(byGrapheme, 50, 50);
    for (const chunk of [answer('ab'), done(), answer('Hel')]) buffer.add(chunk);
    buffer.add({ ...answer('cdefgh'), reset: true });
    expect(takesOf(buffer, { ended: true })).toEqual({
      10: 'ab|',
      20: 'cd',
      30: 'ef',
      40: 'gh',
    });
  });

  describe('says from when more can be emitted', () => {
    const after = (buffer: UiBuffer<Chunk>, ...chunks: readonly Chunk[]) => {
      for (const chunk of chunks) buffer.add(chunk);
      buffer.take(0, 10);
      return buffer.nextAt();
    };

    it('never, if it is empty', () => {
      const buffer = createUiBuffer<Chunk>();
      buffer.end();
      expect(buffer.nextAt()).toBe(Infinity);
      expect(after(buffer, answer('a'), done())).toBe(Infinity);
    });

    it('at the end of the longest hold of an unfinished segment', () => {
      expect(after(createUiBuffer<Chunk>(byWord, 250), answer('one two'))).toBe(250);
      expect(after(createUiBuffer<Chunk>(byWord, Infinity), answer('one two'))).toBe(Infinity);
      expect(after(createUiBuffer<Chunk>(byWord, 50, 50), answer('one'))).toBe(50);
      expect(after(createUiBuffer<Chunk>(byWord, 250), answer('one two\ud83d'))).toBe(250);
    });

    it('at once while text is spread', () => {
      const lag = createUiBuffer<Chunk>(byWord, 250, 1000);
      expect(after(lag, answer('one two three'))).toBe(11);
      const slow = createUiBuffer<Chunk>(byGrapheme, 250, Infinity);
      expect(after(slow, answer('abc'))).toBe(11);
    });

    it('never for half of a character, but for the end', () => {
      const buffer = createUiBuffer<Chunk>(byGrapheme, 0);
      expect(after(buffer, answer('a\ud83d'))).toBe(Infinity);
      buffer.end();
      expect(buffer.nextAt()).toBe(-Infinity);
      expect(buffer.take(20, 30)).toEqual([{ ...answer('\ud83d'), merged: 0 }]);
    });
  });

  it('gives all there is when asked to', () => {
    const buffer = createUiBuffer<Chunk>(byWord, 250, 1000);
    for (const chunk of [thinking('hm'), answer('Hel'), answer('lo'), done()]) buffer.add(chunk);
    expect(buffer.takeAll()).toEqual([thinking('hm'), { ...answer('Hello'), merged: 2 }, done()]);
    expect(buffer.nextAt()).toBe(Infinity);
    expect(buffer.takeAll()).toEqual([]);
  });

  it('emits the messages that came, whatever is requested again between two takes', () => {
    const takesAfter = fc.array(fc.boolean(), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(anyRun, takesAfter, fc.constantFrom(undefined, byWord), (chunks, takes, by) => {
        const buffer = createUiBuffer<Chunk>(by, 25, 25);
        const emitted = chunks.flatMap((each, i) => {
          buffer.add(each);
          return takes[i] ? buffer.take(i * STEP, (i + 1) * STEP) : [];
        });
        emitted.push(...buffer.takeAll());
        expect(readMessages(emitted)).toEqual(readMessages(chunks));
      }),
    );
  });

  // Work that grew with the square of the number would take minutes.
  it.each([
    ['all at once', createUiBuffer<Chunk>()],
    ['with a lag', createUiBuffer<Chunk>(byGrapheme, 250, 250)],
  ])(
    'takes 100,000 changes of the kind, %s',
    (_, buffer) => {
      const pair = [thinking('a'), answer('b')];
      for (let i = 0; i < 50_000; i++) for (const chunk of pair) buffer.add(chunk);
      buffer.end();
      const chunks: Chunk[][] = [];
      for (let now = STEP; buffer.nextAt() < Infinity; now += STEP) {
        chunks.push(buffer.take(now - STEP, now));
      }
      expect(chunks.flat()).toHaveLength(100_000);
    },
    30_000,
  );
});
