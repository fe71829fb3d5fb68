import { clean } from './clean.js';
import { createWrapper, truncate } from './wrap.js';

export type Style = 'plain' | 'dim' | 'bold' | 'red';

/** Where text is written to, from top to bottom. */
export interface Page {
  write(text: string, style?: Style): void;
  /** Shows a line below the text, in place of the one before; an empty one takes it away. */
  status(line: string): void;
  /** How long a line can be. */
  readonly width: number;
}

/** What a page needs of `process.stdout`. */
export interface Output {
  readonly columns?: number;
  write(text: string): unknown;
}

const SGR = { dim: '2', bold: '1', red: '31' } as const;
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const ERASE_BELOW = '\x1b[J';
/** Longer lines are hard to read. */
const MAX_WIDTH = 100;

/** A page on a terminal. Each change is one write, so that no half of it is ever seen. */
export function createTerminalPage(output: Output, colors: boolean): Page {
  const columns = () => (output.columns ?? 80) - 1;
  const width = () => Math.max(1, Math.min(MAX_WIDTH, columns()));
  const wrapper = createWrapper(width);
  let status = '';

  const paint = (text: string, style: Style): string =>
    text && colors && style !== 'plain' ? `\x1b[${SGR[style]}m${text}\x1b[0m` : text;

  const update = (text: string): void => {
    const line = paint(truncate(status, columns()), 'dim');
    const below = line && `\n\n${line}\x1b[2A\x1b[${String(wrapper.column + 1)}G`;
    output.write(HIDE_CURSOR + ERASE_BELOW + text + below + SHOW_CURSOR);
  };

  return {
    get width() {
      return width();
    },
    write(text, style = 'plain') {
      update(paint(wrapper.add(clean(text)), style));
    },
    status(line) {
      if (line === status) return;
      status = line;
      update('');
    },
  };
}

/** A page on anything else: text and nothing but text. */
export function createPlainPage(output: Output): Page {
  return {
    width: Infinity,
    write(text) {
      output.write(clean(text));
    },
    status: () => undefined,
  };
}
