import { element, escapeText, path, text } from './diagram/elements.js';
import { measure, wrap } from './diagram/measure.js';

/** A message from one to another, or what happens at one of them. */
export type Moment = Message | Note;

interface Message {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** It ends something. */
  readonly stops?: boolean;
}

interface Note {
  readonly at: string;
  readonly text: string;
  /** Nothing of it is left from here on, until it is in a moment again. */
  readonly ends?: boolean;
}

/** Who sends what to whom, from top to bottom. */
export interface Sequence {
  readonly title: string;
  readonly description: string;
  /** From left to right. */
  readonly lanes: readonly string[];
  readonly moments: readonly Moment[];
}

const WIDTH = 480;
const TOP = 44;
const ROW = 36;
const LINE = 15;
const HEAD = 6;
const CROSS = 5;

const light = {
  ...{ paper: '#fff', frame: '#d1d9e0', ink: '#1f2328', dim: '#59636e', box: '#eef1f4' },
  stop: '#c04000',
};
const dark: typeof light = {
  ...{ paper: '#0d1117', frame: '#3d444d', ink: '#f0f6fc', dim: '#9198a1', box: '#212830' },
  stop: '#ff9b73',
};

const toRules = ({ paper, frame, ink, dim, box, stop }: typeof light): string =>
  [
    `.paper{fill:${paper};stroke:${frame}}.box{fill:${box};stroke:${frame}}`,
    `text{fill:${ink}}.middle{stroke:${paper}}.inside{stroke:${box}}`,
    `.go{stroke:${ink}}.life{stroke:${dim}}.stop{stroke:${stop}}text.red{fill:${stop}}`,
  ].join('');

/** The style of `docs/pictures/backends.svg`. Words cover the lines behind them. */
const STYLE = [
  'text{font:12px system-ui,sans-serif;text-anchor:middle}.name{font-size:14px;font-weight:600}',
  '.middle,.inside{stroke-width:5;paint-order:stroke;stroke-linejoin:round}',
  'path{fill:none;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}',
  '.life{stroke-dasharray:2 5}.stop{stroke-dasharray:5 4}.stop.head{stroke-dasharray:none}',
  toRules(light),
  `@media (prefers-color-scheme:dark){${toRules(dark)}}`,
].join('\n');

/** Draws a sequence as an SVG of 480 px, for both themes. */
export function drawSequence({ title, description, lanes, moments }: Sequence): string {
  const step = WIDTH / lanes.length;
  const xOf = (lane: string): number => {
    const index = lanes.indexOf(lane);
    if (index < 0) throw new Error(`${lane} is not one of ${lanes.join(', ')}.`);
    return step * (index + 0.5);
  };
  const lives = new Map(lanes.map((lane) => [lane, TOP - 10]));
  const lines: string[] = [];
  const words: string[] = [];
  let y = TOP;

  const endLife = (lane: string): void => {
    const start = lives.get(lane);
    if (start !== undefined) lines.unshift(path('life', xOf(lane), start, xOf(lane), y));
    lives.delete(lane);
  };
  const beginLife = (lane: string): void => {
    if (!lives.has(lane)) lives.set(lane, y);
  };

  for (const moment of moments) {
    if ('at' in moment) {
      y += drawNote(moment, xOf(moment.at), y, { lines, words });
      if (moment.ends) {
        endLife(moment.at);
        lines.push(drawCross(xOf(moment.at), y));
      } else beginLife(moment.at);
      y += 8;
    } else {
      const [from, to] = [xOf(moment.from), xOf(moment.to)];
      y += ROW;
      beginLife(moment.from);
      beginLife(moment.to);
      lines.push(drawArrow(from, to, y, moment.stops ? 'stop' : 'go'));
      const name = moment.stops ? 'middle red' : 'middle';
      words.push(text([clamp((from + to) / 2, moment.text), y - 8], moment.text, name));
    }
  }
  y += 16;
  for (const lane of lanes) endLife(lane);

  const height = y + 12;
  const size = { width: WIDTH, height, viewBox: `0 0 ${String(WIDTH)} ${String(height)}` };
  const content = [
    element('title', {}, escapeText(title)),
    element('desc', {}, escapeText(description)),
    element('style', {}, STYLE),
    element('rect', {
      ...{ class: 'paper', x: 0.5, y: 0.5, width: WIDTH - 1, height: height - 1, rx: 6 },
    }),
    ...lanes.map((lane) => text([xOf(lane), 26], lane, 'name')),
    ...lines,
    ...words,
  ];
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', ...size, role: 'img' };
  return `${element('svg', attributes, `\n${content.join('\n')}\n`)}\n`;
}

/** The place of words that keeps them within the picture. */
function clamp(x: number, words: string): number {
  const half = measure(words) / 2 + 8;
  return Math.min(WIDTH - half, Math.max(half, x));
}

function drawArrow(from: number, to: number, y: number, name: string): string {
  const back = from < to ? -HEAD : HEAD;
  const [start, tip] = [from - back / 2, to + back / 2];
  return (
    path(name, start, y, tip, y) +
    path(`${name} head`, tip + back, y - 5, tip, y, tip + back, y + 5)
  );
}

const drawCross = (x: number, y: number): string =>
  path('stop head', x - CROSS, y, x + CROSS, y + 2 * CROSS) +
  path('stop head', x - CROSS, y + 2 * CROSS, x + CROSS, y);

/** Words in a box on the line of a lane. Returns how much room they took. */
function drawNote(
  { text: note, ends }: Note,
  x: number,
  y: number,
  { lines, words }: { lines: string[]; words: string[] },
): number {
  const each = wrap(note, 150);
  const width = Math.max(...each.map((line) => measure(line))) + 12;
  const center = Math.min(WIDTH - width / 2 - 6, Math.max(width / 2 + 6, x));
  const top = y + 12;
  const height = each.length * LINE + 8;
  lines.push(
    element('rect', { class: 'box', x: center - width / 2, y: top, width, height, rx: 4 }),
  );
  for (const [index, line] of each.entries()) {
    words.push(text([center, top + 15 + index * LINE], line, ends ? 'inside red' : 'inside'));
  }
  return 12 + height;
}
