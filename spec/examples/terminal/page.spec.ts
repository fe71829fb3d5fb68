import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPlainPage, createTerminalPage } from '../../../examples/terminal/page.js';
import { truncate } from '../../../examples/terminal/wrap.js';

const ESCAPE = '\x1b';
const CODE_OR_CHARACTER = new RegExp(`${ESCAPE}\\[\\??(\\d*)([A-Za-z])|([^${ESCAPE}])`, 'gu');

/** As much of a terminal as the demo uses: rows of cells, without a bottom. */
function createTerminal(columns: number) {
  const rows: string[][] = [[]];
  let y = 0;
  let x = 0;
  const styles: string[] = [];

  const put = (char: string): void => {
    const wide = /\p{Script=Han}/u.test(char);
    const row = rows[y] ?? [];
    // A gap would be a cursor gone astray.
    while (row.length < x) row.push('_');
    row[x] = char;
    if (wide) row[x + 1] = '';
    x += wide ? 2 : 1;
    if (x > columns) throw new Error('The terminal would have wrapped the line.');
  };
  const control: Readonly<Record<string, (n: number) => void>> = {
    A: (n) => (y -= n),
    D: (n) => (x -= n),
    G: (n) => (x = n - 1),
    J: () => {
      rows.length = y + 1;
      rows[y]?.splice(x);
    },
    K: () => {
      rows[y]?.splice(x);
    },
    m: (n) => styles.push(String(n)),
    h: () => undefined,
    l: () => undefined,
  };

  return {
    columns,
    styles,
    lines: () => rows.map((row) => row.join('').trimEnd()),
    write(text: string) {
      for (const [, parameter, command, char = ''] of text.matchAll(CODE_OR_CHARACTER)) {
        if (command) control[command]?.(Number(parameter));
        else if (char === '\n') {
          y++;
          x = 0;
          rows[y] ??= [];
        } else put(char);
      }
    },
  };
}

const STATUS = '~~ status';

/** The page in one go: what the terminal shows in the end. */
function show(columns: number, pieces: readonly string[]): string[] {
  const terminal = createTerminal(columns);
  const page = createTerminalPage(terminal, true);
  for (const piece of pieces) page.write(piece, 'dim');
  return terminal.lines();
}

/** Words of all lengths, Chinese, spaces and new lines. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '.'), minLength: 1, maxLength: 9 }),
      fc.constantFrom(' ', ' ', ' ', '  ', '\n', '\n\n', '漢字', 'x'.repeat(30)),
    ),
    { maxLength: 40 },
  )
  .map((words) => words.join(''));
const columns = fc.integer({ min: 12, max: 40 });

function cut(whole: string, at: readonly number[]): string[] {
  const ends = [...at.map((part) => Math.round(part * whole.length)).sort((a, b) => a - b)];
  return [0, ...ends].map((start, i) => whole.slice(start, ends[i]));
}
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

describe('a page on a terminal', () => {
  it('breaks lines between words', () => {
    const pieces = ['The quick brown ', 'fox jumps over ', 'the lazy dog.'];
    expect(show(17, pieces)).toEqual(['The quick brown', 'fox jumps over', 'the lazy dog.']);
  });

  it('moves a word that turns out too long to the next line', () => {
    expect(show(12, ['one two thr', 'ee'])).toEqual(['one two', 'three']);
  });

  it('cuts a word that no line can hold', () => {
    expect(show(5, ['abcdefghij'])).toEqual(['abcd', 'efgh', 'ij']);
  });

  it('breaks anywhere in scripts that set no spaces', () => {
    expect(show(8, ['漢字漢字漢'])).toEqual(['漢字漢', '字漢']);
  });

  it('keeps indentation and empty lines', () => {
    expect(show(20, ['a\n\n  b\tc'])).toEqual(['a', '', '  b  c']);
  });

  it('looks the same however the text is cut, and all of it is there', () => {
    fc.assert(
      fc.property(text, cuts, columns, (whole, at, width) => {
        const lines = show(width, cut(whole, at));
        expect(lines).toEqual(show(width, [whole]));
        expect(lines.join('').replaceAll(' ', '')).toBe(whole.replace(/\s/g, ''));
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(width);
      }),
    );
  });

  it('tears no word that fits on a line', () => {
    const toWords = (line: string) => line.match(/[漢字]|[^\s漢字]+/g) ?? [];
    fc.assert(
      fc.property(text, columns, (whole, width) => {
        const words: readonly string[] = toWords(whole);
        const long = words.filter((word) => word.length >= width).join(' ');
        const torn = show(width, [whole])
          .flatMap(toWords)
          .filter((word) => !words.includes(word) && !long.includes(word));
        expect(torn).toEqual([]);
      }),
    );
  });

  it('shows the status two lines below the text at all times, and nowhere else', () => {
    fc.assert(
      fc.property(text, cuts, columns, (whole, at, width) => {
        const terminal = createTerminal(width);
        const page = createTerminalPage(terminal, true);
        page.status(STATUS);
        let soFar = '';
        for (const piece of cut(whole, at)) {
          page.write(piece);
          soFar += piece;
          expect(terminal.lines()).toEqual([...show(width, [soFar]), '', STATUS]);
        }
        page.status('');
        expect(terminal.lines()).toEqual(show(width, [whole]));
      }),
    );
  });

  it('writes once for each change, so that no half of it is ever seen', () => {
    const writes: string[] = [];
    const page = createTerminalPage({ columns: 80, write: (data) => writes.push(data) }, true);
    page.status(STATUS);
    page.write('a long text '.repeat(20));
    page.status(STATUS);
    expect(writes).toHaveLength(2);
  });

  it('cuts a status that is longer than a line', () => {
    const terminal = createTerminal(10);
    createTerminalPage(terminal, true).status('a very long status');
    expect(terminal.lines()).toEqual(['', '', 'a very l…']);
  });

  it('has colors only if they are wanted', () => {
    const styles = [true, false].map((colors) => {
      const terminal = createTerminal(20);
      createTerminalPage(terminal, colors).write('text', 'bold');
      return terminal.styles;
    });
    expect(styles).toEqual([['1', '0'], []]);
  });

  it('lets no text drive the terminal', () => {
    expect(show(20, ['a\x1b[2Jb\x07\r\nc'])).toEqual(['a[2Jb', 'c']);
  });
});

describe('a plain page', () => {
  it('is text and nothing but text', () => {
    const written: string[] = [];
    const page = createPlainPage({ write: (data) => written.push(data) });
    page.status('status');
    page.write('a long text '.repeat(20), 'bold');
    page.write('\x1b[2J\n');
    expect(written.join('')).toBe('a long text '.repeat(20) + '[2J\n');
  });
});

describe('truncate', () => {
  it.each([
    ['short', 5, 'short'],
    ['longer', 5, 'long…'],
    ['漢字漢字', 5, '漢字…'],
    ['', 5, ''],
  ])('of %s to %d columns is %s', (whole, width, start) => {
    expect(truncate(whole, width)).toBe(start);
  });
});
