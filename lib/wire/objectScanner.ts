const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const OPENING_BRACKET = 91;
const CLOSING_BRACKET = 93;
const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;

/**
 * Finds the end of one JSON object in text that comes in pieces. Returns a function that takes the next
 * piece. It says whether the text so far is one object to its closing brace, as far as brackets tell.
 * Each character is looked at once.
 */
export function createObjectScanner(): (piece: string) => boolean {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let closed = false;
  /** The text is not one object, whatever follows. */
  let broken = false;

  const scan = (code: number): void => {
    if (escaped) escaped = false;
    else if (inString) {
      if (code === BACKSLASH) escaped = true;
      else if (code === QUOTE) inString = false;
    } else if (code <= SPACE) {
      // White space may stand anywhere between tokens.
    } else if (depth === 0) {
      if (closed || code !== OPENING_BRACE) broken = true;
      else depth = 1;
    } else if (code === QUOTE) inString = true;
    else if (code === OPENING_BRACE || code === OPENING_BRACKET) depth++;
    else if (code === CLOSING_BRACE || code === CLOSING_BRACKET) closed = --depth === 0;
  };

  return (piece) => {
    for (let at = 0; at < piece.length && !broken; at++) scan(piece.charCodeAt(at));
    return closed && !broken;
  };
}
