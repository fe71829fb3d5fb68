/** The units in which text is shown. */
export type Segmentation = 'grapheme' | 'word' | 'sentence' | 'line' | RegExp | Intl.Segmenter;

/**
 * Finds the end of a segment in a text that is still growing: the first one at `position` or after it,
 * or else the last one that no further text can change; 0 if there is none.
 */
export type FindEnd = (text: string, position: number) => number;

/** Ends in a character of a script without spaces between words. Some emoji belong to these scripts too. */
const ENDS_IN_CJK = /(?!\p{Emoji})[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}가-힣！-～]$/u;

/**
 * Cuts text into segments. A pattern ends a segment where it matches. The names are those of Unicode's
 * segments (UAX 29). The last segment is unfinished, with one exception: with `'grapheme'` and `'word'`,
 * Chinese, Japanese and Korean characters are finished.
 */
export function createSegmenter(by: Segmentation, locale?: string): FindEnd {
  if (by === 'line') by = /\n/;
  if (by instanceof RegExp) {
    const pattern = new RegExp(by, 'g' + by.flags.replace('g', ''));
    return (text, position) => {
      let end = 0;
      for (const match of text.matchAll(pattern)) {
        end = match.index + match[0].length;
        if (end >= position) break;
      }
      return end;
    };
  }

  const segmenter = typeof by === 'string' ? new Intl.Segmenter(locale, { granularity: by }) : by;
  const byWord = by === 'word';
  const isFinished = (segment: string) =>
    ((byWord || by === 'grapheme') && ENDS_IN_CJK.test(segment)) || (byWord && !segment.trim());
  return (text, position) => {
    // Half of a character has no properties that tell where segments end.
    const whole = text.replace(/[\ud800-\udbff]$/, '');
    const segments = segmenter.segment(whole);
    let finished = whole.length;
    // By word, the last two are unfinished: "don'" may become "don't", and "3." may become "3.14".
    for (let open = byWord ? 2 : 1; open > 0; open--) {
      const last = segments.containing(finished - 1);
      if (!last || isFinished(last.segment)) break;
      finished = last.index;
    }
    const wanted = segments.containing(position - 1);
    return Math.min(finished, wanted ? wanted.index + wanted.segment.length : finished);
  };
}
