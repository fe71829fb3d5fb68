/** Control characters, and characters that are invisible or change the direction of the text. */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** Those that emoji and some scripts need. */
const NEEDED = /[\n\u200c\u200d\p{Variation_Selector}]/u;

/** A text that can't drive the terminal, or show another text than it has. A tab is two spaces. */
export function clean(text: string): string {
  return text
    .replaceAll('\t', '  ')
    .replace(/[\u2028\u2029]/g, '\n')
    .replace(HIDDEN, (character) => (NEEDED.test(character) ? character : ''));
}

/** The text in one line, in which nothing is hidden: each hidden character is an escape. */
export function reveal(text: string): string {
  return text
    .replace(/ {9,}/g, (run) => ` … ${String(run.length)} spaces … `)
    .replace(HIDDEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
