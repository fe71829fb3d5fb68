/** As many repetitions are refused by the engine; fewer are not. */
export const MAX_REPETITIONS = 2000;

const SPACES =
  ' \\t\\n\\r\\x0B\\x0C\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000\\uFEFF';
/** The inside of a class that is equal to an escape. */
const SETS: Readonly<Record<string, string>> = { d: '0-9', w: 'A-Za-z0-9_', s: SPACES };
const ANY = '[\\x00-\\uFFFF]';
const CONTROLS: Readonly<Record<string, string>> = { f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
/** Characters that the engine takes only with a backslash. */
const SPECIAL = '^$.[]()|{}*+?';

/** An escape, a class, the beginning of a group, or a single character. */
const TOKEN =
  /\\(?:u[\dA-Fa-f]{4}|x[\dA-Fa-f]{2}|c[A-Za-z]|[^])|\[\^?(?:\\[^]|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|<[^>]*>|)|[^]/y;
/** An escape, or a single character. */
const CLASS_TOKEN = /\\(?:u[\dA-Fa-f]{4}|x[\dA-Fa-f]{2}|c[A-Za-z]|[^])|[^]/g;
/** A lazy quantifier matches the same whole strings as a greedy one. */
const QUANTIFIER = /([*+?]|\{(\d+)(?:,(\d*))?\})\??/y;

/** A group that is open. */
interface Group {
  /** It only looks ahead: the engine skips it. */
  readonly isLook: boolean;
  /** The length of the result before the group. */
  readonly start: number;
  /** Whether a character was matched before it. */
  readonly consumed: boolean;
  /** Whether what stands before it in its sequence can be empty. */
  readonly nullable: boolean;
  /** Whether one of its alternatives so far can be empty. */
  canBeEmpty: boolean;
}

interface State {
  /** Whether the sequence so far has matched a character. */
  consumed: boolean;
  /** The outermost lookahead that is open. */
  look: Group | undefined;
  /** Whether something in the lookahead has no equal: then the lookahead is left out. */
  lookFails: boolean;
  /** Whether something else has no equal. */
  fails: boolean;
}

/**
 * A regular expression as Ollama's grammar engine takes it, or `undefined` if it has no equal there. The
 * result matches every string that the expression matches, apart from line breaks outside an anchor.
 *
 * The engine wants `^…$`. It takes literals, classes, groups, `|` and quantifiers, and skips lookaheads.
 * It refuses class escapes (`\d`, `\w`, `\s`, `\p{…}`) and most escaped characters (`\-`, `\/`). It reads
 * a quantifier after an escaped character as one of the whole literal, so such a character becomes a
 * class: `\.+` is `[.]+`. It writes literals as they are, so a literal quote or backslash, which JSON
 * escapes, has no equal.
 */
export function toGrammarPattern(pattern: string): string | undefined {
  if (!isRegExp(pattern)) return undefined;
  const alternatives: string[] = [];
  const groups: Group[] = [];
  let result = '';
  let at = 0;
  // Of the alternative at the top: whether it has anchors.
  let startsAnchored = false;
  let endsAnchored = false;
  /** Whether the sequence so far can be empty. */
  let nullable = true;
  const state: State = { consumed: false, look: undefined, lookFails: false, fails: false };

  const fail = (): void => {
    if (state.look) state.lookFails = true;
    else state.fails = true;
  };

  const match = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at;
    const found = expression.exec(pattern);
    if (found) at = expression.lastIndex;
    return found;
  };

  /** Appends what can be repeated; `quoted` is what it is when it is repeated. */
  const add = (atom: string | undefined, quoted = atom, canBeEmpty = false): void => {
    const [, quantifier = '', least, most] = match(QUANTIFIER) ?? [];
    const repeats = Number(most || least) >= MAX_REPETITIONS;
    const isEndless = '*+'.includes(quantifier || '?') || most === '';
    // The engine takes the repetition of what can be empty for a left recursion.
    if (atom === undefined || repeats || (isEndless && canBeEmpty)) fail();
    result += quantifier ? `${quoted ?? ''}${quantifier}` : (atom ?? '');
    const isOptional = quantifier === '*' || quantifier === '?' || Number(least) === 0;
    if (!canBeEmpty && !isOptional) nullable = false;
    state.consumed = true;
  };

  const addCharacter = (character: string, isEscaped: boolean): void => {
    const code = character.charCodeAt(0);
    if ('"\\'.includes(character) || isSurrogate(code)) {
      const next = pattern.charCodeAt(at);
      const isPair = !isEscaped && code < 0xdc00 && isSurrogate(next);
      if (!isPair || isQuantifier(pattern, at + 1)) fail();
      else add(character + pattern.charAt(at++));
      return;
    }
    const inClass = `[${spell(character, isEscaped, true, state.look !== undefined)}]`;
    if (SPECIAL.includes(character)) add(`\\${character}`, inClass);
    else if (isEscaped && '\n\r\t'.includes(character)) add(inClass.slice(1, -1), inClass);
    else if (isEscaped && (code < 32 || code > 126)) add(inClass);
    else add(character, code < 127 ? character : inClass);
  };

  const close = (): void => {
    const group = groups.pop();
    if (!group) return;
    const canBeEmpty = group.canBeEmpty || nullable;
    ({ nullable } = group);
    if (!group.isLook) {
      result += ')';
      add('', '', canBeEmpty);
      return;
    }
    state.consumed = group.consumed;
    result = state.lookFails && group === state.look ? result.slice(0, group.start) : `${result})`;
    if (group === state.look) {
      state.look = undefined;
      state.lookFails = false;
    }
    if (match(QUANTIFIER)) fail();
  };

  const nextAlternative = (): void => {
    const group = groups.at(-1);
    if (group) {
      result += '|';
      group.canBeEmpty ||= nullable;
      state.consumed = group.consumed;
    } else {
      const before = startsAnchored || result.startsWith('.*') ? '' : '.*';
      const after = endsAnchored || `${before}${result}`.endsWith('.*') ? '' : '.*';
      alternatives.push(before + result + after);
      result = '';
      state.consumed = startsAnchored = endsAnchored = false;
    }
    nullable = true;
  };

  for (let found; (found = match(TOKEN));) {
    const [token] = found;
    if (token === '|') {
      nextAlternative();
    } else if (token.startsWith('(')) {
      const isLook = token === '(?=' || token === '(?!';
      const { consumed } = state;
      const group = { isLook, start: result.length, consumed, nullable, canBeEmpty: false };
      groups.push(group);
      if (isLook) state.look ??= group;
      const isNamed = /^\(\?<[^=!]/.test(token);
      // A lookbehind, or flags.
      if (!isLook && !isNamed && token !== '(' && token !== '(?:') fail();
      result += isNamed ? '(' : token;
      nullable = true;
    } else if (token === ')') {
      close();
    } else if (token === '^') {
      if (state.look) result += token;
      else if (state.consumed || (groups.length && !startsAnchored)) fail();
      else startsAnchored = true;
    } else if (token === '$') {
      if (state.look) result += token;
      else if (groups.length || (at < pattern.length && pattern.charAt(at) !== '|')) fail();
      else endsAnchored = true;
    } else if (token === '.') {
      add(token);
    } else if (token.startsWith('[')) {
      add(toClass(token, state.look !== undefined));
    } else if (!token.startsWith('\\')) {
      addCharacter(token, false);
    } else if (/\\[dws]/i.test(token)) {
      add(toClass(`[${token}]`, false));
    } else {
      const character = unescape(token);
      if (character === undefined) fail();
      else addCharacter(character, true);
    }
    if (state.fails) return undefined;
  }
  nextAlternative();
  const [first = ''] = alternatives;
  return alternatives.length > 1 ? `^(?:${alternatives.join('|')})$` : `^${first}$`;
}

/** A class as the engine takes it. */
function toClass(source: string, inLook: boolean): string | undefined {
  const isNegated = source.startsWith('[^');
  const inside = source.slice(isNegated ? 2 : 1, -1);
  if (!inside) return isNegated ? ANY : undefined;
  const tokens: readonly string[] = inside.match(CLASS_TOKEN) ?? [];
  // A negated set can be alone only, or together with its opposite.
  const negated = tokens.find((token) => /^\\[DWS]$/.test(token));
  if (negated) {
    const set = negated.slice(1).toLowerCase();
    if (tokens.length === 1) return `[${isNegated ? '' : '^'}${SETS[set] ?? ''}]`;
    return tokens.includes(`\\${set}`) && !isNegated ? ANY : undefined;
  }
  let result = '';
  let hasDash = false;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] ?? '';
    const set = /^\\[dws]$/.test(token) && SETS[token.charAt(1)];
    if (set) {
      result += set;
      continue;
    }
    const character = unescapeInClass(token);
    if (character === undefined || isSurrogate(character.charCodeAt(0))) return undefined;
    const end = tokens[index + 1] === '-' ? tokens[index + 2] : undefined;
    if (end !== undefined && !/^\\[dws]$/.test(end)) {
      const last = unescapeInClass(end);
      if (last === undefined || isSurrogate(last.charCodeAt(0))) return undefined;
      const from = spell(character, token !== character, true, inLook);
      result += `${from}-${spell(last, end !== last, true, inLook)}`;
      index += 2;
    } else if (character === '-') {
      if (result) hasDash = true;
      else result = character;
    } else {
      result += spell(character, token !== character, !result && !isNegated, inLook);
    }
  }
  // A dash stands for itself only at the beginning and at the end.
  return `[${isNegated ? '^' : ''}${result}${hasDash ? '-' : ''}]`;
}

/** A character as it stands in a class. */
function spell(character: string, isEscaped: boolean, isFirst: boolean, inLook: boolean): string {
  const code = character.charCodeAt(0);
  if (character === '\\' || character === ']') return `\\${character}`;
  if (character === '\t') return '\\t';
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  const isMisread = '^-'.includes(character) && isFirst;
  // The engine counts parentheses to find the end of a lookahead.
  const isParenthesis = '()'.includes(character) && inLook;
  if (code < 32 || isMisread || isParenthesis) return `\\x${hex(code, 2)}`;
  return isEscaped && code > 126 ? `\\u${hex(code, 4)}` : character;
}

/** The character that an escape stands for; `undefined` for a back reference, a boundary, a property. */
function unescape(token: string): string | undefined {
  const [, kind = ''] = token;
  if (token.length > 2) {
    return kind === 'c'
      ? String.fromCharCode(token.charCodeAt(2) % 32)
      : String.fromCharCode(parseInt(token.slice(2), 16));
  }
  if (kind === '0') return '\0';
  return CONTROLS[kind] ?? (/\w/.test(kind) ? undefined : kind);
}

function unescapeInClass(token: string): string | undefined {
  if (!token.startsWith('\\')) return token;
  return token === '\\b' ? '\b' : unescape(token);
}

function isQuantifier(pattern: string, at: number): boolean {
  QUANTIFIER.lastIndex = at;
  return QUANTIFIER.test(pattern);
}

function isSurrogate(code: number): boolean {
  return (code & 0xf800) === 0xd800;
}

function hex(code: number, length: number): string {
  return code.toString(16).toUpperCase().padStart(length, '0');
}

function isRegExp(pattern: string): boolean {
  try {
    return Boolean(new RegExp(pattern));
  } catch {
    return false;
  }
}
