/** What Go's JSON decoder answers in place of a value. */
export class GoError extends Error {}

/** The error of a body without a value. */
export const EOF = 'EOF';

const GO_MAX_DEPTH = 10_000;
const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };
/** Control characters that Go's `strconv.Quote` writes with a letter. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
  '\\': String.raw`\\`,
  "'": String.raw`\'`,
};

/**
 * Reads the first JSON value of a body, and ignores what follows it, as Go's `json.Decoder` does. Throws
 * a {@link GoError} with Go's words.
 */
export function decodeFirst(body: Buffer): unknown {
  // One character per byte: Go names the byte that is wrong.
  const end = findValueEnd(body.toString('latin1'));
  return JSON.parse(body.toString('utf8', 0, end));
}

/** Where the first value ends. Works without recursion, so depth costs no stack. */
function findValueEnd(text: string): number {
  const open: string[] = [];
  let expected: 'value' | 'first element' | 'first key' | 'key' | 'colon' | 'separator' = 'value';
  let at = 0;

  for (;;) {
    if (expected === 'separator' && open.length === 0) return at;
    at = skipSpace(text, at);
    const char = text[at];
    if (char === undefined) throw new GoError(text.trim() ? 'unexpected EOF' : EOF);
    const closes = char === (open.at(-1) === '{' ? '}' : ']');
    if (closes && (expected === 'separator' || expected.startsWith('first'))) {
      open.pop();
      at++;
      expected = 'separator';
    } else if (expected === 'separator') {
      const inObject = open.at(-1) === '{';
      if (char !== ',') {
        throw invalid(char, inObject ? 'after object key:value pair' : 'after array element');
      }
      at++;
      expected = inObject ? 'key' : 'value';
    } else if (expected === 'key' || expected === 'first key') {
      if (char !== '"') throw invalid(char, 'looking for beginning of object key string');
      at = skipString(text, at + 1);
      expected = 'colon';
    } else if (expected === 'colon') {
      if (char !== ':') throw invalid(char, 'after object key');
      at++;
      expected = 'value';
    } else if (char === '{' || char === '[') {
      if (open.length === GO_MAX_DEPTH) throw invalid(char, 'exceeded max depth');
      open.push(char);
      at++;
      expected = char === '{' ? 'first key' : 'first element';
    } else {
      at = skipScalar(text, at, char);
      expected = 'separator';
    }
  }
}

function skipScalar(text: string, at: number, char: string): number {
  if (char === '"') return skipString(text, at + 1);
  const literal = LITERALS[char];
  if (literal !== undefined) return skipLiteral(text, at, literal);
  if (char === '-' || isDigit(char)) return skipNumber(text, at);
  throw invalid(char, 'looking for beginning of value');
}

function skipLiteral(text: string, start: number, literal: string): number {
  for (let n = 1; n < literal.length; n++) {
    const expected = literal.charAt(n);
    const char = read(text, start + n);
    if (char !== expected) throw invalid(char, `in literal ${literal} (expecting '${expected}')`);
  }
  return start + literal.length;
}

function skipNumber(text: string, start: number): number {
  let at = text[start] === '-' ? start + 1 : start;
  if (text[at] === '0') at++;
  else at = skipDigits(text, at, 'in numeric literal');
  if (text[at] === '.') at = skipDigits(text, at + 1, 'after decimal point in numeric literal');
  if (text[at] === 'e' || text[at] === 'E') {
    at += text[at + 1] === '+' || text[at + 1] === '-' ? 2 : 1;
    at = skipDigits(text, at, 'in exponent of numeric literal');
  }
  return at;
}

/** At least one digit, or an error with the place. */
function skipDigits(text: string, start: number, place: string): number {
  const char = read(text, start);
  if (!isDigit(char)) throw invalid(char, place);
  let at = start + 1;
  while (isDigit(text[at])) at++;
  return at;
}

/** From the character after the opening quote to the one after the closing quote. */
function skipString(text: string, start: number): number {
  for (let at = start; ; at++) {
    const char = read(text, at);
    if (char === '"') return at + 1;
    if (char < ' ') throw invalid(char, 'in string literal');
    if (char === '\\') at = skipEscape(text, at + 1);
  }
}

/** The index of the last character of an escape. */
function skipEscape(text: string, start: number): number {
  const char = read(text, start);
  if (char !== 'u') {
    if (!'"\\/bfnrt'.includes(char)) throw invalid(char, 'in string escape code');
    return start;
  }
  for (let at = start + 1; at <= start + 4; at++) {
    const digit = read(text, at);
    if (!/[\da-f]/i.test(digit)) {
      throw invalid(digit, String.raw`in \u hexadecimal character escape`);
    }
  }
  return start + 4;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at++;
  return at;
}

function read(text: string, at: number): string {
  const char = text[at];
  if (char === undefined) throw new GoError('unexpected EOF');
  return char;
}

const isDigit = (char: string | undefined): boolean =>
  char !== undefined && char >= '0' && char <= '9';

function invalid(char: string, place: string): GoError {
  return new GoError(`invalid character '${quoteChar(char)}' ${place}`);
}

function quoteChar(char: string): string {
  const code = char.charCodeAt(0);
  const isControl = code < 0x20 || (code >= 0x7f && code <= 0xa0) || code === 0xad;
  // Go writes a control character above ASCII with four digits.
  const hex = code < 0x80 ? `x${toHex(code, 2)}` : `u${toHex(code, 4)}`;
  return ESCAPES[char] ?? (isControl ? `\\${hex}` : char);
}

const toHex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');
