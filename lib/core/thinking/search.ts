/**
 * How a text spells something: text in any case, and expressions for what may stand in between. It
 * begins and ends with text.
 */
export type Spelling = readonly (string | RegExp)[];

/** What ends one phase of a text and begins another. */
export interface Mark {
  readonly spelling: Spelling;
  /** What the text after it is. */
  readonly begins: 'thinking' | 'answer';
  /** What to look for after it. */
  next(): Search;
}

/** A mark in a text, or its beginning at the end of the text. */
interface Find {
  readonly index: number;
  readonly text: string;
  /** Absent if the text ends before it is certain. */
  readonly mark?: Mark | undefined;
}

/** Looks for the first of several marks in a text that is still growing. */
export interface Search {
  /** Whether there is something to find. */
  test(text: string): boolean;
  find(text: string): Find | undefined;
}

/** Where one mark begins with another, the longer one counts. The work is done when a text is searched. */
export function createSearch(marks: readonly Mark[]): Search {
  const lengthOf = ({ spelling }: Mark): number => spelling.filter(isText).join('').length;
  const sorted = marks.filter(lengthOf).sort((a, b) => lengthOf(b) - lengthOf(a));
  let compiled: RegExp | undefined;
  const pattern = (): RegExp => (compiled ??= compile(sorted.map(({ spelling }) => spelling)));

  return {
    // Nearly all text is searched for nothing.
    test: (text) => sorted.length > 0 && pattern().test(text),
    find(text) {
      const match = pattern().exec(text);
      if (!match) return undefined;
      const captured = match.slice(1).findIndex(Boolean);
      return { index: match.index, text: match[0], mark: sorted[captured] };
    },
  };
}

/**
 * The expression matches what may become a mark at the end of the text, or a whole mark, which it
 * captures. An example, for `<a>` and `[b]`:
 *
 * ```none
 *  (?:<(?:a)?|\[(?:b)?)$|(<a>)|(\[b\])
 * ```
 */
function compile(spellings: readonly Spelling[]): RegExp {
  const units = spellings.map((spelling) => spelling.flatMap(toUnits));
  const begun = units.map((each) =>
    each.slice(0, -1).reduceRight((rest, unit) => `${unit}(?:${rest})?`, ''),
  );
  const whole = units.map((each) => `(${each.join('')})`);
  return spellings.length
    ? new RegExp(`(?:${begun.filter(Boolean).join('|') || '(?!)'})$|${whole.join('|')}`, 'i')
    : /(?!)/;
}

function isText(part: string | RegExp): part is string {
  return typeof part === 'string';
}

/** The expressions that a text may end between. */
function toUnits(part: string | RegExp): string[] {
  if (!isText(part)) return [part.source];
  return part.split('').map((unit) => unit.replace(/[\\^$.*+?()[\]{}|]/, '\\$&'));
}
