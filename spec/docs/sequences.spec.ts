import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { listFiles, readDocument } from './documents.js';
import { findOverlaps, readFonts, readShapes } from './pictures.js';

/** The pictures that `spec/servers/chaos/pictures.spec.ts` draws. */
const pictures = listFiles('docs/pictures', '.svg').filter((file) => file.includes('runs-'));
/** The width of a phone. */
const PHONE = 390;
const WIDTH = 480;

it('there is a picture of each case', () => {
  const names = pictures.map((file) => path.basename(file, '.svg'));
  expect(names.sort()).toEqual(['runs-kill', 'runs-leave', 'runs-reload', 'runs-stop']);
});

describe.each(pictures.map((file) => [path.basename(file), readDocument(file).text]))(
  'the picture %s',
  (_, svg) => {
    const texts = readShapes(svg);
    const height = Number(/ height="(\d+)"/.exec(svg)?.[1]);

    it('is 480 px wide, and has labels of at least 9 px on a phone', () => {
      expect(svg).toContain(` width="${String(WIDTH)}"`);
      expect((Math.min(...readFonts(svg)) * PHONE) / WIDTH).toBeGreaterThanOrEqual(9);
    });

    it('has no words that overlap, or that are cut off', () => {
      expect(texts.filter(({ what }) => what.startsWith('middle')).length).toBeGreaterThan(4);
      expect(findOverlaps(texts)).toEqual([]);
      expect(Math.min(...texts.map(({ left }) => left))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...texts.map(({ right }) => right))).toBeLessThanOrEqual(WIDTH);
      expect(Math.max(...texts.map(({ bottom }) => bottom))).toBeLessThanOrEqual(height);
    });

    it('has a title and a description', () => {
      expect(svg).toMatch(/role="img">\n<title>[^<]+<\/title>\n<desc>[^<]+<\/desc>/);
    });
  },
);
