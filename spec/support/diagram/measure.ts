/** The size of all text but the call's and the letters'. */
export const FONT = 12;

/** Widths in ems that few system fonts exceed. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[ijlI.,:;'|!()[\]tfr -]/, 0.42],
  [/[mwMW@%…]/, 1],
  [/[A-Z0-9{}"<>=+~&#?$_]/, 0.72],
  [/[\u2e80-\u{1ffff}]/u, 1.3],
];

/** How wide a text is at most. */
export function measure(text: string, size = FONT): number {
  const ems = Array.from(
    text,
    (character) => WIDTHS.find(([pattern]) => pattern.test(character))?.[1] ?? 0.63,
  );
  return ems.reduce((sum, width) => sum + width, 0) * size;
}

/** Where a line may end: between words, or else within a name, or else anywhere. */
const PARTS = [/\s*\S+/g, /\S[^A-Z-]*-?/g, /./gu];

/** The same for a call: best before one of its options. */
export const CALL_PARTS = [/.+?(?:,(?= (?:\w+:|\{|then ))|$)/g, ...PARTS];

/** Cuts a text into lines of at most `width`. */
export function wrap(text: string, width: number, size = FONT, parts = PARTS): string[] {
  const fits = (line: string): boolean => measure(line, size) <= width;
  const cut = (part: string, [pattern, ...finer]: readonly RegExp[]): string[] =>
    fits(part) || !pattern
      ? [part]
      : (part.match(pattern) ?? []).flatMap((each) => cut(each, finer));
  const lines: string[] = [''];
  for (const part of cut(text, parts)) {
    const longer = (lines.at(-1) ?? '') + part;
    if (fits(longer)) lines.splice(-1, 1, longer);
    else lines.push(part.trimStart());
  }
  return lines;
}
