/** Latin with accents to Cyrillic, and Chinese. */
export const MORE_LETTERS = ['Àԯ', '一鿋'];

/** The letters of these ranges. None of them is a sign of marbles, or a digit. */
export function* letters(...ranges: readonly string[]): Generator<string, undefined> {
  for (const range of ranges) {
    const [first = 0, last = 0] = Array.from(range, (letter) => letter.charCodeAt(0));
    for (let code = first; code <= last; code++) {
      const letter = String.fromCharCode(code);
      if (/\p{L}/u.test(letter)) yield letter;
    }
  }
}
