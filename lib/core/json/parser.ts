import { createJsonProse } from './prose.js';
import { createJsonTree, type JsonElements } from './tree.js';

/** Why a text is not the JSON that it should be. */
export class JsonError extends Error {
  constructor(
    message: string,
    /** Where in the text, in UTF-16 code units. */
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Reads one JSON value from text that comes in pieces, and shows it as far as it has come. */
export interface JsonParser {
  /** Takes the next piece. Throws a {@link JsonError} at the first character that can't follow. */
  push(text: string): void;
  /** Ends the text. Throws a {@link JsonError} if it has no JSON, or not the end of it. */
  end(): void;
  /**
   * The value so far; `undefined` before it begins. A value that was read never changes: a closed member
   * is the same object in all later values, and an open one is copied after it has grown. If nothing
   * has grown, this is the value that was read last.
   */
  readonly value: unknown;
  /**
   * Whether the value has grown, and the text so far pays for the copies that reading it makes. Reading
   * it only then is work linear in the text, however many members are open. It is seldom `false`, and
   * only for long texts.
   */
  readonly due: boolean;
  /** Whether the value is complete. What follows in the text is ignored. */
  readonly done: boolean;
}

type State =
  | 'prose' // before the value
  | 'first' // member, or the end of an empty container
  | 'next' // member, after a comma
  | 'colon'
  | 'value' // after a colon
  | 'after' // a member
  | 'scalar' // a number, true, false or null
  | 'string'
  | 'escape';

const whitespace = ' \t\n\r';
const delimiters = `${whitespace},:"{}[]`;

/**
 * Makes a parser for one text. However the text is cut, it shows the same at the same place:
 *
 * - A string as far as it has come, but never half an escape or half a surrogate pair; a number,
 *   `true`, `false` and `null` once something follows; a key together with its value. So members are
 *   added and strings get longer, and nothing else changes, unless the text has a key twice.
 * - The value begins with the first bracket, if only white space or the opening line of a fence is
 *   before it. In prose it begins with a `{` that a key follows. It may also begin with a `[`, if a string,
 *   a bracket, or a scalar and a comma follow. An empty `{}` or `[]` in prose is the value if no other
 *   follows. Other brackets, such as `[1]` and `{name}`, belong to the prose.
 * - A text may also begin with a string, or be one number, `true`, `false` or `null`.
 *
 * The value is what `JSON.parse` makes of it, with two exceptions. Control characters in a string, line
 * breaks above all, are taken as they are. An integer of which a number would change digits is a string.
 */
export function createJsonParser(elements?: JsonElements): JsonParser {
  const prose = createJsonProse();
  const tree = createJsonTree(elements);
  let state: State = 'prose';
  /** Where the piece begins in the text. */
  let offset = 0;
  /** What was opened is JSON, not a bracket of the prose. */
  let certain = false;
  let done = false;
  /** The latest character opened a container. */
  let fresh = false;
  /** The first empty container in prose. */
  let empty: unknown;
  /** A string or another scalar, as far as it has come. */
  let text = '';
  let isKey = false;
  let escape = '';
  /** A high surrogate whose other half may follow. */
  let high = '';

  const refuse = (what: string, at: number): void => {
    if (certain) throw new JsonError(`Unexpected ${JSON.stringify(what)}`, offset + at);
    prose.refuse();
    tree.clear();
    state = 'prose';
  };

  const finish = (): void => {
    state = 'after';
    done = tree.finish();
  };

  const begin = (character: string, at: number): void => {
    if (character === '"') {
      text = '';
      state = 'string';
      if (!isKey) tree.add(text);
    } else {
      tree.open(character === '{' ? '}' : ']');
      state = 'first';
      fresh = true;
      if (tree.repeated) throw new JsonError('There is a second array at the path', offset + at);
    }
  };

  const show = (piece: string): void => {
    text += piece;
    if (piece && !isKey) tree.replace(text);
  };

  const append = (piece: string): void => {
    const all = high + piece;
    const end = all.length - Number((all.charCodeAt(all.length - 1) & 0xfc00) === 0xd800);
    high = all.slice(end);
    show(all.slice(0, end));
    state = 'string';
  };

  // Each of these takes what it can of a piece from `at` on, and returns where it stopped.

  const readString = (piece: string, at: number): number => {
    let end = at;
    while (end < piece.length && !isStringEnd(piece.charCodeAt(end))) end++;
    if (end > at) append(piece.slice(at, end));
    if (end === piece.length) return end;
    if (piece.charAt(end) === '\\') {
      escape = '\\';
      state = 'escape';
    } else {
      show(high);
      high = '';
      if (isKey) {
        tree.key(text);
        state = 'colon';
      } else {
        finish();
      }
    }
    return end + 1;
  };

  const readEscape = (character: string, at: number): number => {
    escape += character;
    if (escape.length === (escape[1] === 'u' ? 6 : 2)) {
      const unit = parse(`"${escape}"`);
      if (typeof unit === 'string') append(unit);
      else refuse(escape, at + 1 - escape.length);
    }
    return at + 1;
  };

  const readScalar = (piece: string, at: number): number => {
    let end = at;
    while (end < piece.length && !delimiters.includes(piece.charAt(end))) end++;
    text += piece.slice(at, end);
    if (end === piece.length) return end;
    const next = piece.charAt(end);
    const scalar = parseScalar(text);
    certain ||= scalar !== undefined && next === ',';
    if (certain && scalar !== undefined) {
      tree.add(scalar);
      finish();
    } else {
      refuse(text || next, end - text.length);
    }
    return end;
  };

  const readBetween = (character: string, at: number): number => {
    const isEmpty = fresh && character === tree.closer;
    fresh = false;
    if (whitespace.includes(character)) return at + 1;
    if (isEmpty && !certain) empty ??= character === '}' ? {} : [];
    const isString = character === '"';
    const isBracket = character === '{' || character === '[';
    const inObject = tree.closer === '}';
    const isMember = state === 'first' || state === 'next';
    certain ||= isString || (isBracket && !inObject);
    isKey = inObject && isMember;
    if (character === tree.closer && certain && (state === 'first' || state === 'after')) {
      tree.close();
      finish();
    } else if (state === 'after' && character === ',') {
      state = 'next';
    } else if (state === 'colon' && character === ':') {
      state = 'value';
    } else if (state === 'after' || state === 'colon' || (isKey && !isString)) {
      refuse(character, at);
      return at;
    } else if (isString || isBracket) {
      begin(character, at);
    } else {
      text = '';
      state = 'scalar';
      return at;
    }
    return at + 1;
  };

  const read = (piece: string, at: number): number => {
    if (state === 'string') return readString(piece, at);
    if (state === 'scalar') return readScalar(piece, at);
    const character = piece.charAt(at);
    if (state === 'escape') return readEscape(character, at);
    if (state !== 'prose') return readBetween(character, at);
    const found = prose.read(character);
    if (found) {
      certain = found === 'certain';
      isKey = false;
      begin(character, at);
    }
    return at + 1;
  };

  return {
    push(piece) {
      tree.earn(piece.length);
      for (let at = 0; at < piece.length && !done;) at = read(piece, at);
      offset += piece.length;
    },
    end() {
      if (done) return;
      if (certain) throw new JsonError('The text ends before its JSON does', offset);
      let whole = state === 'prose' ? parseScalar(prose.text) : undefined;
      if (whole === undefined) whole = empty;
      if (whole === undefined) throw new JsonError('There is no JSON in the text', offset);
      certain = true;
      tree.clear();
      tree.add(whole);
      finish();
    },
    get value() {
      return certain ? tree.value : undefined;
    },
    get due() {
      return certain && tree.due;
    },
    get done() {
      return done;
    },
  };
}

/** Whether a character ends a string or begins an escape: a quote or a backslash. */
function isStringEnd(code: number): boolean {
  return code === 34 || code === 92;
}

/**
 * The value of a number, `true`, `false` or `null`; `undefined` if the text is none. An integer of which
 * a JavaScript number would change digits, such as an id of 19 digits, stays text. What `JSON.stringify`
 * has written is never such an integer.
 */
function parseScalar(text: string): unknown {
  const value = parse(text);
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const digits = text.trim();
  return /^-?\d+$/.test(digits) && String(value) !== digits ? digits : value;
}

/** Parses a whole text that has to be JSON and nothing else; throws what `JSON.parse` throws. */
export function parseStrictly(text: string): unknown {
  JSON.parse(text);
  const json = createJsonParser();
  json.push(text);
  json.end();
  return json.value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
