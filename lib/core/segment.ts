/** The units in which text is shown. */
export type Segmentation = 'grapheme' | 'word' | 'sentence' | 'line' | RegExp | Intl.Segmenter;

/** Finds where segments end in a text that is still growing. */
export interface TextSegmenter {
  /** The length of the text's start that no further text can change. */
  finished(text: string): number;
  /** Where the segment ends that holds the character before `position`. */
  endAfter(text: string, position: number): number;
}

/** Characters of scripts that set no spaces: nothing is waited for after one of these. */
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}가-힣、-〕！-～]$/u;

/**
 * Cuts text into segments. A pattern ends one where it matches; the names stand for Unicode's
 * segments (UAX 29). The last segment is never finished, with one exception: Chinese, Japanese and
 * Korean characters are, in `'grapheme'` and `'word'`.
 */
export function createSegmenter(by: Segmentation, locale?: string): TextSegmenter {
  if (by === 'line') by = /\n/;
  if (by instanceof RegExp) {
    const pattern = new RegExp(by.source, by.flags.replace(/[gy]/g, '') + 'g');
    const ends = (text: string) =>
      Array.from(text.matchAll(pattern), (match) => match.index + match[0].length);
    return {
      finished: (text) => ends(text).at(-1) ?? 0,
      endAfter: (text, position) => ends(text).find((end) => end >= position) ?? text.length,
    };
  }

  const segmenter = typeof by === 'string' ? new Intl.Segmenter(locale, { granularity: by }) : by;
  const readable = by === 'grapheme' || by === 'word';
  return {
    finished(text) {
      if (readable && IDEOGRAPH.test(text.slice(-2))) return text.length;
      const segments = segmenter.segment(text);
      let last = segments.containing(text.length - 1);
      if (by === 'word' && !last?.segment.trim()) return text.length;
      // What follows a word may belong to it: "don'" may become "don't", and "3." become "3.14".
      while (by === 'word' && last?.isWordLike === false && last.index > 0) {
        const before = segments.containing(last.index - 1);
        if (!before?.segment.trim()) break;
        last = before;
      }
      return last?.index ?? 0;
    },
    endAfter(text, position) {
      const segment = segmenter.segment(text).containing(position - 1);
      return segment ? segment.index + segment.segment.length : text.length;
    },
  };
}
