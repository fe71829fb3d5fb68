import { FONT } from './measure.js';

/** What of the picture has a color of its own in each theme. */
interface Theme {
  readonly paper: string;
  readonly frame: string;
  readonly ink: string;
  readonly dim: string;
  readonly grid: string;
  readonly call: string;
  readonly error: string;
}

const light: Theme = {
  paper: '#fff',
  frame: '#d1d9e0',
  ink: '#1f2328',
  dim: '#59636e',
  grid: '#e9edf0',
  call: '#eef1f4',
  error: '#c04000',
};

const dark: Theme = {
  paper: '#0d1117',
  frame: '#3d444d',
  ink: '#f0f6fc',
  dim: '#a0a8b1',
  grid: '#1f252d',
  call: '#212830',
  error: '#ff8c42',
};

const toRules = ({ paper, frame, ink, dim, grid, call, error }: Theme): string =>
  [
    `.paper{fill:${paper};stroke:${frame}}`,
    `.call{fill:${call};stroke:${frame}}`,
    `text{fill:${ink}}:not(.never)>.dot:not(.other)+.letter{fill:#111}`,
    `.dim{fill:${dim}}`,
    `.line,.tick,.end,.dot{stroke:${ink}}`,
    `.ghost,.span,.leave{stroke:${dim}}`,
    `.grid{stroke:${grid}}`,
    `.error{stroke:${error}}`,
    `.other,.never>.dot{fill:${paper}}`,
    `.never>text{fill:${dim}}.never>.dot,.never>.end{stroke:${dim}}`,
    `.middle{stroke:${paper}}`,
  ].join('');

/**
 * The colors of the phases are those of Okabe and Ito, which color-blind readers can tell apart, with
 * dark letters in both themes. Nothing of it needs a variable, which viewers other than browsers
 * may not know.
 */
export const STYLE = [
  `text{font:${String(FONT)}px system-ui,sans-serif}`,
  '.middle{text-anchor:middle;stroke-width:4;paint-order:stroke;stroke-linejoin:round}',
  '.letter{font-weight:700;text-anchor:middle}',
  'text.name{font-size:15px;font-weight:600;text-anchor:middle}',
  'text.caption{font-size:13px}',
  'path{fill:none;stroke-linecap:round;stroke-linejoin:round}',
  '.line,.ghost,.span,.tick,.dot{stroke-width:1.5}',
  '.end{stroke-width:3}.error{stroke-width:4}',
  '.ghost,.leave{stroke-dasharray:2 5}',
  '.thinking{fill:#cc79a7}.answer{fill:#56b4e9}.tools{fill:#e69f00}.done{fill:#009e73}',
  toRules(light),
  `@media (prefers-color-scheme:dark){${toRules(dark)}}`,
].join('\n');
