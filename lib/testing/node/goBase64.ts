const PADDED = /^[A-Za-z0-9+/]*={0,2}$/;
const CHAR = /[A-Za-z0-9+/]/;

/** What Go's `base64.StdEncoding` says about a text that is not base64. */
export function findBase64Error(text: string): string | undefined {
  if (text.length % 4 === 0 && PADDED.test(text)) return undefined;
  const at = findCorruptByte(Buffer.from(text).toString('latin1'));
  return at === undefined ? undefined : `illegal base64 data at input byte ${String(at)}`;
}

function findCorruptByte(text: string): number | undefined {
  let inGroup = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (isNewline(char)) continue;
    if (CHAR.test(char)) inGroup = (inGroup + 1) % 4;
    else return char === '=' && inGroup >= 2 ? findAfterPadding(text, at, inGroup) : at;
  }
  // Go points at the start of the group that is not complete.
  return inGroup ? text.length - inGroup : undefined;
}

/** What is wrong after the first `=` of a group with two or three characters. */
function findAfterPadding(text: string, padding: number, inGroup: number): number | undefined {
  let at = skipNewlines(text, padding + 1);
  if (inGroup === 2) {
    if (at === text.length) return at;
    if (text[at] !== '=') return at - 1;
    at = skipNewlines(text, at + 1);
  }
  return at < text.length ? at : undefined;
}

function skipNewlines(text: string, start: number): number {
  let at = start;
  while (at < text.length && isNewline(text.charAt(at))) at++;
  return at;
}

const isNewline = (char: string): boolean => char === '\n' || char === '\r';
