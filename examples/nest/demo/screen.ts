import { styleText } from 'node:util';

const { stdout, env } = process;
const hasColors = stdout.isTTY && !env['NO_COLOR'];
const WIDTH = Math.min(stdout.columns || 80, 80) - 1;
const MARGIN = '   ';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'cyan' | 'magenta' | 'yellow';

/** Colored on a terminal, and nothing but the text elsewhere. */
const paint = (style: Style, text: string): string => (hasColors ? styleText(style, text) : text);

let column = 0;
let isEmpty = true;

function newLine(): void {
  if (column) stdout.write('\n');
  column = 0;
}

/** A line of its own. */
export function line(text = '', style?: Style): void {
  newLine();
  stdout.write(`${style ? paint(style, text) : text}\n`);
  isEmpty = text === '';
}

/** What comes next is about this. */
export function heading(text: string): void {
  newLine();
  if (!isEmpty) line();
  line(text, 'bold');
}

/** What was shown to be true, or was not. */
export function proof(holds: boolean, text: string): void {
  line(`${MARGIN}${holds ? paint('green', '✓') : paint('red', '✗')} ${text}`);
  if (!holds) process.exitCode = 1;
}

/** Text that streams: it is wrapped at spaces. */
export function stream(text: string, style?: Style): void {
  for (const word of text.match(/\s*\S+/g) ?? []) {
    const isFirst = column === 0 || column + word.length > WIDTH;
    if (isFirst) newLine();
    const shown = isFirst ? MARGIN + word.trimStart() : word;
    stdout.write(style ? paint(style, shown) : shown);
    column += shown.length;
  }
}
