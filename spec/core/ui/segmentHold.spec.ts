import { describe, expect, it } from '@jest/globals';
import { createSegmentHold, type SegmentHold } from '../../../lib/core/ui/segmentHold.js';
import { createSegmenter, type FindEnd } from '../../../lib/core/ui/segmenter.js';
import { measureGrowth } from '../../support/growth.js';

const byWord = createSegmenter('word', 'en');
const byLine = createSegmenter('line');

const cut = (
  hold: SegmentHold,
  text: string,
  { start = 0, isOpen = true, due = Infinity, until = 0 } = {},
): string => {
  const endsInHalf = text.endsWith('\ud83d');
  return text.slice(0, hold.cut({ text, endsInHalf, start, isOpen, due }, until));
};

describe('createSegmentHold', () => {
  it('does what its comment says', () => {
    const hold = createSegmentHold(byWord, 250);
    hold.add(0, 9);
    expect(cut(hold, 'Hello wor', { until: 10 })).toBe('Hello ');
    const wor = { start: 6, until: 250 };
    expect(cut(hold, 'wor', wor)).toBe('');
    expect(cut(hold, 'wor', { ...wor, until: 251 })).toBe('wor');
    expect(cut(hold, 'wor', { ...wor, isOpen: false })).toBe('wor');
    expect(cut(hold, 'world and', { ...wor, due: 2 })).toBe('world');
  });

  it('says when text will have been held for long enough', () => {
    const hold = createSegmentHold(byWord, 250);
    hold.add(100, 3);
    hold.add(120, 7);
    expect([0, 2, 3, 6, 7].map((position) => hold.deadline(position))).toEqual([
      350,
      350,
      370,
      370,
      Infinity,
    ]);
    hold.rewind(3);
    expect([2, 3].map((position) => hold.deadline(position))).toEqual([350, Infinity]);
  });

  it('holds for ever with a maxHold of Infinity', () => {
    const hold = createSegmentHold(byWord, Infinity);
    hold.add(0, 3);
    expect(hold.deadline(0)).toBe(Infinity);
    expect(cut(hold, 'wor', { until: Number.MAX_VALUE })).toBe('');
    expect(cut(hold, 'wor', { isOpen: false })).toBe('wor');
  });

  it.each<[string, FindEnd | undefined]>([
    ['without segments', undefined],
    ['by word', byWord],
    ['by a pattern that matches half of a character', createSegmenter(/[\ud83da]/)],
  ])('never ends in half of a character while the other half may come, %s', (_, findEnd) => {
    const hold = createSegmentHold(findEnd, 0);
    hold.add(0, 2);
    expect(cut(hold, 'a\ud83d', { until: 1 })).toBe('a');
    expect(cut(hold, '\ud83d', { until: 1 })).toBe('');
    expect(cut(hold, '\ud83d', { until: 1, isOpen: false })).toBe('\ud83d');
    expect(cut(hold, '\ud83d\ude00', { until: 1, isOpen: false })).toBe('\ud83d\ude00');
  });

  it('does not tear a character that a pattern matches half of', () => {
    const hold = createSegmentHold(createSegmenter(/\ud83d/), Infinity);
    expect(cut(hold, 'a\ud83d\ude00b')).toBe('a\ud83d\ude00');
  });

  it('has no characters due: cuts nothing off', () => {
    expect(cut(createSegmentHold(byWord), 'one two', { due: 0 })).toBe('');
    expect(cut(createSegmentHold(byWord), 'one two', { due: -3, isOpen: false })).toBe('');
  });

  it('looks for an end as soon as a character is due', () => {
    const hold = createSegmentHold(byLine);
    const text = 'a\n' + 'b'.repeat(8_000);
    expect(cut(hold, text, { due: 0 })).toBe('');
    expect(cut(hold, text, { due: 1 })).toBe('a\n');
  });

  it.each([1, 100, 1_023, 1_024, 5_000, 70_000])(
    'finds the end of a segment of %i characters in a long text',
    (length) => {
      const text = 'a'.repeat(length) + '\n' + 'b\n'.repeat(100_000);
      expect(cut(createSegmentHold(byLine), text, { due: 1 })).toHaveLength(length + 1);
    },
  );

  it('finds the end of a long segment at the latest when the text is longer by an eighth', () => {
    const hold = createSegmentHold(byLine);
    const long = 'a'.repeat(8_000);
    expect(cut(hold, long)).toBe('');
    expect(cut(hold, long + '\n')).toBe('');
    expect(cut(hold, long + '\n' + 'a'.repeat(999))).toBe(long + '\n');
    // From then on it looks each time.
    expect(cut(hold, 'a\n')).toBe('a\n');
  });

  it.each([16, 4_096])('looks each time at a text of %i characters', (length) => {
    const hold = createSegmentHold(byLine);
    const text = 'a'.repeat(length);
    expect(cut(hold, text)).toBe('');
    expect(cut(hold, text + '\n')).toBe(text + '\n');
  });

  it('looks each time after a text was emitted without an end, or is void', () => {
    const long = 'a'.repeat(8_000);
    for (const next of [
      (hold: SegmentHold) => cut(hold, long, { isOpen: false }),
      (hold: SegmentHold) => {
        hold.rewind(0);
      },
    ]) {
      const hold = createSegmentHold(byLine);
      cut(hold, long);
      next(hold);
      expect(cut(hold, 'a\n')).toBe('a\n');
    }
  });

  it('takes time in proportion to a text that has no end, however many pieces it comes in', () => {
    const growth = measureGrowth((size) => {
      const hold = createSegmentHold(byLine);
      let text = '';
      for (let i = 0; i < size; i++) {
        text += 'lorem ';
        const waiting = { text, endsInHalf: false, start: 0, isOpen: true, due: Infinity };
        hold.cut(waiting, 0);
      }
    }, 8_000);
    expect(growth).toBeLessThan(9);
  });

  it('takes time in proportion to a text of which one character is due at a time', () => {
    const byGrapheme = createSegmenter('grapheme');
    const growth = measureGrowth((size) => {
      const hold = createSegmentHold(byGrapheme);
      let text = 'lorem '.repeat(size);
      while (text) text = text.slice(cut(hold, text, { due: 1, isOpen: false }).length);
    }, 500);
    expect(growth).toBeLessThan(9);
  });
});
