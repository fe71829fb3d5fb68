import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { measure } from '../support/diagram/measure.js';
import { listFiles, readDocument } from './documents.js';

const pictures = listFiles('docs/diagrams', '.svg');
const names = pictures.map((file) => path.basename(file, '.svg'));
const drawn = listFiles('spec', '.spec.ts')
  .filter((file) => file !== 'spec/support/diagram.spec.ts')
  .flatMap((file) => [...readDocument(file).text.matchAll(/\bdiagram\('([\w-]+)'/g)])
  .map(([, name = '']) => name);

/** Operators and sources, by the file that they are exported from. */
const exported = Array.from(
  readDocument('lib/index.ts').text.matchAll(/'\.\/(?:operators|sources)\/(\w+)\.js'/g),
  ([, name = '']) => name,
).concat('runTools', 'runChunks', 'runMessage');

describe('the diagrams', () => {
  it('show every operator and every source', () => {
    expect(exported).toContain('fromOllamaChat');
    expect(exported).toContain('bufferForUi');
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

interface Label {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

const LABEL = /<text x="([\d.]+)" y="([\d.]+)" class="middle">([^<]*)</g;

function readLabels(svg: string): Label[] {
  return Array.from(svg.matchAll(LABEL), ([, x, y, content = '']) => {
    const text = content.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    const half = measure(text) / 2;
    return { text, left: Number(x) - half, right: Number(x) + half, y: Number(y) };
  });
}

describe.each(pictures.map((file) => [path.basename(file), readDocument(file).text]))(
  'the picture %s',
  (_, svg) => {
    const labels = readLabels(svg);

    it('has no labels that touch', () => {
      const touching = labels.flatMap((label, i) =>
        labels
          .slice(i + 1)
          .filter((other) => Math.abs(other.y - label.y) < 12)
          .filter((other) => other.left < label.right && label.left < other.right)
          .map((other) => [label.text, other.text]),
      );
      expect(labels).not.toEqual([]);
      expect(touching).toEqual([]);
    });

    it('has all of its labels within it', () => {
      const width = Number(/ width="(\d+)"/.exec(svg)?.[1]);
      expect(Math.min(...labels.map(({ left }) => left))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...labels.map(({ right }) => right))).toBeLessThanOrEqual(width);
    });

    it('says what it shows to those who do not see it', () => {
      expect(svg).toMatch(/^<svg [^>]*role="img">\n<title>[^<]+<\/title>\n<desc>[^<]+<\/desc>/);
    });
  },
);
