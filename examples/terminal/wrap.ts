const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;

/** How many columns of a terminal a grapheme takes. */
function widthOf(grapheme: string): number {
  if (/^[\p{Mn}\p{Cf}]+$/u.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/** The text's beginning, if it is longer than one line of the given width. */
export function truncate(text: string, width: number): string {
  let used = 0;
  let end = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > width) return `${text.slice(0, end)}…`;
    // The last column is that of the ellipsis.
    if (used < width) end = index + segment.length;
  }
  return text;
}

/** Breaks text into lines while it comes in, and knows where the cursor is. */
export interface Wrapper {
  readonly column: number;
  /** What to write to the terminal to have the text added. */
  add(text: string): string;
}

/**
 * Where a word outgrows its line, what is already there of it is taken back and moves to the next, so
 * that it makes no difference how words are cut when they come.
 */
export function createWrapper(width: () => number): Wrapper {
  let column = 0;
  let word = '';
  let wordWidth = 0;
  let wrapped = false;

  const breakLine = (): string => {
    // A word that fills the whole line is cut.
    const moves = wordWidth > 0 && wordWidth < column;
    const back = moves ? `\x1b[${String(wordWidth)}D\x1b[K` : '';
    if (!moves) endWord();
    column = wordWidth;
    wrapped = true;
    return `${back}\n${word}`;
  };
  const endWord = (): void => {
    word = '';
    wordWidth = 0;
  };

  const place = (grapheme: string): string => {
    if (grapheme === '\n') {
      endWord();
      column = 0;
      wrapped = false;
      return grapheme;
    }
    const size = widthOf(grapheme);
    if (grapheme === ' ') {
      endWord();
      // Between two lines the space is the break.
      if (column + size > width() || (wrapped && column === 0)) return '';
      column += size;
      return grapheme;
    }
    // Scripts that set no spaces break anywhere.
    if (size === 2) endWord();
    const broken = column + size > width() ? breakLine() : '';
    column += size;
    if (size < 2) {
      word += grapheme;
      wordWidth += size;
    }
    return broken + grapheme;
  };

  return {
    get column() {
      return column;
    },
    add: (text) => Array.from(graphemes.segment(text), ({ segment }) => place(segment)).join(''),
  };
}
