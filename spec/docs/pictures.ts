import { measure } from '../support/diagram/measure.js';

/** What takes room in a picture. */
export interface Shape {
  readonly what: string;
  /** That of the text, the marble or the call. */
  readonly name: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const unescape = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

const TEXT = /<text x="([\d.]+)" y="([\d.]+)" class="(?!letter)([^"]*)">([^<]*)</g;
const CIRCLE = /<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)" class="(dot [^"]*)"/g;
const PATH = /<path d="M([\d. ]+)" class="(dot [^"]*|end|error)"/g;
const CALL =
  /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" rx="\d+" class="call"/g;

const SIZES: Readonly<Record<string, number>> = { name: 14, caption: 13, label: 13 };
const CENTERED = /^(?:middle|inside|name)\b/;

function readText([, x, y, name = '', content = '']: RegExpExecArray): Shape {
  const size = SIZES[name] ?? 12;
  const text = unescape(content);
  const width = measure(text, size);
  const left = Number(x) - (CENTERED.test(name) ? width / 2 : 0);
  // From the top of a capital letter to the bottom of a comma.
  const [top, bottom] = [Number(y) - 0.75 * size, Number(y) + 0.15 * size];
  return { what: name, name: text, left, right: left + width, top, bottom };
}

function readCircle([, cx, cy, r, name = '']: RegExpExecArray): Shape {
  const [x, y, radius] = [Number(cx), Number(cy), Number(r)];
  const [left, right, top, bottom] = [x - radius, x + radius, y - radius, y + radius];
  return { what: 'dot', name, left, right, top, bottom };
}

function readPath([, numbers = '', name = '']: RegExpExecArray): Shape {
  const all = numbers.split(' ').map(Number);
  const xs = all.filter((_, i) => i % 2 === 0);
  const ys = all.filter((_, i) => i % 2 === 1);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  return { what: name.replace(/ .*/, ''), name, left, right, top, bottom };
}

function readCall([, x, y, width, height]: RegExpExecArray): Shape {
  const [left, top] = [Number(x), Number(y)];
  const [right, bottom] = [left + Number(width), top + Number(height)];
  return { what: 'call', name: 'call', left, right, top, bottom };
}

/** The texts, marbles, bars and calls of a picture. */
export function readShapes(svg: string): Shape[] {
  return [
    ...Array.from(svg.matchAll(TEXT), readText),
    ...Array.from(svg.matchAll(CIRCLE), readCircle),
    ...Array.from(svg.matchAll(PATH), readPath),
    ...Array.from(svg.matchAll(CALL), readCall),
  ];
}

const overlap = (a: Shape, b: Shape): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Whether a shape belongs into a call. */
const isInside = ({ what }: Shape): boolean => what === 'name' || what === 'inside';

/** The two lines of a cross, and words in a call. */
const belongTogether = (a: Shape, b: Shape): boolean =>
  (a.what === 'error' && b.what === 'error') ||
  (a.what === 'call' && isInside(b)) ||
  (b.what === 'call' && isInside(a));

/** All pairs that overlap and do not belong together. */
export function findOverlaps(shapes: readonly Shape[]): string[][] {
  return shapes.flatMap((a, i) =>
    shapes
      .slice(i + 1)
      .filter((b) => overlap(a, b) && !belongTogether(a, b))
      .map((b) => [a.name, b.name]),
  );
}

/** The sizes of all fonts of a picture, in its own px. */
export const readFonts = (svg: string): number[] =>
  Array.from(svg.matchAll(/\bfont(?:-size)?:(\d+)px/g), ([, size]) => Number(size));
