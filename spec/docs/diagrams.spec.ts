import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { listFiles, readDocument } from './documents.js';
import { findOverlaps, readFonts, readShapes, type Shape } from './pictures.js';

const pictures = listFiles('docs/diagrams', '.svg');
const names = pictures.map((file) => path.basename(file, '.svg'));
const drawn = listFiles('spec', '.spec.ts')
  .filter((file) => file !== 'spec/support/diagram.spec.ts')
  .flatMap((file) => [...readDocument(file).text.matchAll(/\bdiagram\('([\w-]+)'/g)])
  .map(([, name = '']) => name);

const listNames = (index: string, pattern: RegExp): string[] =>
  Array.from(readDocument(index).text.matchAll(pattern), ([, name = '']) => name);

/** Operators and sources, by the file that they are exported from. */
const exported = [
  ...listNames('lib/index.ts', /'\.\/(?:operators|sources)\/(\w+)\.js'/g),
  ...['runTools', 'runChunks', 'runMessage'],
  ...listNames('lib/node/index.ts', /^export \{ (to(?!Response|ReadableStream)\w+)/gm),
];

describe('the diagrams', () => {
  it('show every operator and every source', () => {
    expect(exported).toContain('fromOllamaChat');
    expect(exported).toContain('bufferForUi');
    expect(exported).toContain('toSse');
    expect(drawn).toEqual(expect.arrayContaining(exported));
  });

  it('are those that the specs draw, each by one test', () => {
    expect(names.sort()).toEqual(drawn.sort());
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  it('have modes of what there is', () => {
    const shown = names.map((name) => name.replace(/-.*/, ''));
    expect(exported).toEqual(expect.arrayContaining(shown));
  });
});

/** The width of a phone. */
const PHONE = 390;

describe.each(pictures.map((file) => [path.basename(file), readDocument(file).text]))(
  'the picture %s',
  (_, svg) => {
    const shapes = readShapes(svg);
    const [width = NaN, height = NaN] = [/ width="(\d+)"/, / height="(\d+)"/].map((pattern) =>
      Number(pattern.exec(svg)?.[1]),
    );

    it('is at most 480 px wide', () => {
      expect(width).toBeLessThanOrEqual(480);
    });

    it('shows labels of at least 9 px on a phone', () => {
      const smallest = Math.min(...readFonts(svg));
      expect((smallest * PHONE) / width).toBeGreaterThanOrEqual(9);
    });

    it('has no shapes that overlap', () => {
      expect(shapes.filter(({ what }) => what === 'dot').length).toBeGreaterThan(2);
      expect(shapes.filter(({ what }) => what === 'middle').length).toBeGreaterThan(0);
      expect(findOverlaps(shapes)).toEqual([]);
    });

    it('has all of its shapes within it', () => {
      expect(Math.min(...shapes.map(({ left }) => left))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...shapes.map(({ right }) => right))).toBeLessThanOrEqual(width);
      expect(Math.min(...shapes.map(({ top }) => top))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...shapes.map(({ bottom }) => bottom))).toBeLessThanOrEqual(height);
    });

    it('has its words in the calls', () => {
      const calls = shapes.filter(({ what }) => what === 'call');
      const words = shapes.filter(({ what }) => what === 'name' || what === 'inside');
      expect(words.length).toBeGreaterThan(0);
      const isIn = (word: Shape) => (call: Shape) =>
        call.left <= word.left &&
        word.right <= call.right &&
        call.top <= word.top &&
        word.bottom <= call.bottom;
      expect(words.filter((word) => !calls.some(isIn(word)))).toEqual([]);
    });

    it('has a title and a description', () => {
      expect(svg).toMatch(/^<svg [^>]*role="img">\n<title>[^<]+<\/title>\n<desc>[^<]+<\/desc>/);
    });
  },
);

describe('the check for overlaps', () => {
  const shape = (left: number, right: number): Shape => ({
    ...{ what: 'middle', name: 'a', left, right, top: 0, bottom: 10 },
  });

  it('finds two labels that touch', () => {
    expect(findOverlaps([shape(0, 10), shape(9, 20)])).toEqual([['a', 'a']]);
    expect(findOverlaps([shape(0, 10), shape(10, 20)])).toEqual([]);
  });
});
