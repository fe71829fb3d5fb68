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
    `text{fill:${ink}}:not(.never)>.dot:not(.value)+.letter{fill:#111}`,
    `.dim,.inside{fill:${dim}}`,
    `.line,.tick,.end,.dot,.stem{stroke:${ink}}`,
    `.ghost,.span,.leave,.leader,.link,.timer,.hand,.dial{stroke:${dim}}`,
    `.fired{fill:${dim}}.in{fill:${ink}}`,
    `.grid{stroke:${grid}}`,
    `.error{stroke:${error}}`,
    `.value,.never>.dot{fill:${paper}}.held.value{fill:${dim}}`,
    `.never>text{fill:${dim}}.never>.dot,.never>.end,.never>.stem,.never>.line{stroke:${dim}}`,
    `.dial{fill:${call}}.gap{fill:${paper}}`,
    `.middle,.side,.label,.caption{stroke:${paper}}.inside,text.name{stroke:${call}}`,
  ].join('');

/**
 * The colors of the phases are those of Okabe and Ito, which color-blind readers can tell apart. Their letters
 * are dark in both themes. There are no variables, since some viewers do not know them.
 */
const BASE = [
  `text{font:${String(FONT)}px system-ui,sans-serif}`,
  '.middle,.side,.inside,.label,.caption,text.name{stroke-width:5;paint-order:stroke;stroke-linejoin:round}',
  '.middle,.inside,.letter,text.name{text-anchor:middle}',
  '.letter{font-weight:700}.label{font-weight:600}',
  'text.name{font-size:14px;font-weight:600}',
  'text.caption{font-size:13px}',
  'path{fill:none;stroke-linecap:round;stroke-linejoin:round}',
  '.line,.span,.tick,.dot,.stem,.timer,.dial,.hand{stroke-width:1.5}',
  '.end{stroke-width:3}.error{stroke-width:4}',
  '.ghost,.leave{stroke-width:1.5;stroke-dasharray:2 5}.timer{stroke-dasharray:1 4}',
  '.thinking{fill:#cc79a7}.answer{fill:#56b4e9}.tools{fill:#e69f00}.done{fill:#009e73}',
].join('\n');

/** The rules of a page whose theme is set by a class, and not by the system. The playground has one. */
export const THEMES = { light: `${BASE}\n${toRules(light)}`, dark: toRules(dark) };

/** The rules of a file. */
export const STYLE = `${THEMES.light}\n@media (prefers-color-scheme:dark){${THEMES.dark}}`;
