import { element, path, text } from '../support/diagram/elements.js';
import type { ExportedSpan } from './collector.js';

/** A span in its place: below its parent, in the order of the starts. */
export interface Row {
  readonly label: string;
  readonly depth: number;
  readonly span: ExportedSpan;
}

/** The spans of one trace, in the order of a picture. */
export function toRows(spans: readonly ExportedSpan[], parent?: string, depth = 0): Row[] {
  return spans
    .filter((span) => span.parent === parent)
    .sort((one, other) => one.start - other.start || toLabel(one).localeCompare(toLabel(other)))
    .flatMap((span) => [
      { label: toLabel(span), depth, span },
      ...toRows(spans, span.id, depth + 1),
    ]);
}

/** Requests have their path besides. */
function toLabel({ name, attributes }: ExportedSpan): string {
  const to = attributes['url.path'];
  return typeof to === 'string' ? `${name} ${to}` : name;
}

const WIDTH = 480;
const ROW = 26;
const TOP = 34;
const INDENT = 14;
const LEFT = 12;
/** Where the bars begin, and how much room they have. */
const BARS = 210;
const ROOM = WIDTH - BARS - LEFT;
/** What may stand between two lines of the scale, in ms. */
const STEPS = [50, 100, 200, 500, 1000, 2000, 5000];

const THEMES = {
  light: { paper: '#fff', frame: '#d1d9e0', ink: '#1f2328', dim: '#59636e', grid: '#e9edf0' },
  dark: { paper: '#0d1117', frame: '#3d444d', ink: '#f0f6fc', dim: '#a0a8b1', grid: '#1f252d' },
};
const toRules = ({ paper, frame, ink, dim, grid }: (typeof THEMES)['light']): string =>
  `.paper{fill:${paper};stroke:${frame}}text{fill:${ink}}.dim{fill:${dim}}.grid{stroke:${grid}}`;
/** The colors are those of the phases in the diagrams: of tools, of the model, and of what is neither. */
const STYLE = [
  'text{font:12px system-ui,sans-serif}.dim{font-size:11px}',
  '.tool{fill:#e69f00}.chat{fill:#56b4e9}.run{fill:#009e73}.http{fill:#8b949e}',
  toRules(THEMES.light),
  `@media (prefers-color-scheme:dark){${toRules(THEMES.dark)}}`,
].join('\n');

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^execute_tool/, 'tool'],
  [/^chat/, 'chat'],
  [/^invoke_agent/, 'run'],
];
const toKind = (label: string): string => KINDS.find(([name]) => name.test(label))?.[1] ?? 'http';

/** A trace as a picture: a row per span, with a bar for its time. */
export function drawTrace(rows: readonly Row[]): string {
  const starts = rows.map(({ span }) => span.start);
  const [begin, end] = [Math.min(...starts), Math.max(...rows.map(({ span }) => span.end))];
  const height = TOP + rows.length * ROW + 8;
  const place = (at: number): number => BARS + Math.round(((at - begin) / (end - begin)) * ROOM);
  const step = STEPS.find((ms) => (end - begin) / ms <= 5) ?? end - begin;
  // The last one would have no room for its words.
  const ticks = Array.from({ length: Math.round((end - begin) / step) }, (_, at) => at * step);

  const drawn = rows.map(({ label, depth, span }, at) => {
    const y = TOP + at * ROW;
    const from = place(span.start);
    return (
      text([LEFT + depth * INDENT, y + 17], label, 'label') +
      element('rect', {
        x: from,
        y: y + 7,
        width: Math.max(2, place(span.end) - from),
        height: 12,
        rx: 2,
        class: toKind(label),
      })
    );
  });
  const scale = ticks.map((ms) => {
    const x = place(begin + ms);
    return path('grid', x, TOP - 6, x, height - 8) + text([x, 20], `${String(ms)} ms`, 'dim');
  });
  const attributes = [
    'xmlns="http://www.w3.org/2000/svg"',
    `width="${String(WIDTH)}" height="${String(height)}"`,
    `viewBox="0 0 ${String(WIDTH)} ${String(height)}" role="img"`,
  ].join(' ');
  return [
    `<svg ${attributes}>`,
    '<title>The trace of one request</title>',
    `<desc>${rows.map(({ label, depth }) => `${'· '.repeat(depth)}${label}`).join('; ')}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" x=".5" y=".5" width="${String(WIDTH - 1)}" height="${String(height - 1)}" rx="6"/>`,
    ...scale,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}
