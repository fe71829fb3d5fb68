/** A call of `pipe` in a piece of code, and the texts of its arguments. */
export interface PipeCall {
  /** Where `.pipe(` begins. */
  readonly at: number;
  readonly args: readonly string[];
}

const OPENING = '([{';
const CLOSING = ')]}';
/** After these a slash begins a regular expression, and is no division. */
const BEFORE_REGEX = /(?:^|[([{,;:=!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of))\s*$/;

/** The end of what begins at `at` if it is no code: a string, a comment, a regular expression. */
function skip(code: string, at: number): number {
  const rest = code.slice(at);
  const quoted = /^(?:'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*"|\/\/.*|\/\*[^]*?\*\/)/.exec(rest);
  if (quoted) return at + quoted[0].length;
  if (rest.startsWith('/') && BEFORE_REGEX.test(code.slice(Math.max(0, at - 50), at))) {
    const [regex = ''] = /^\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/\w*/.exec(rest) ?? [];
    return at + regex.length;
  }
  return at;
}

/** The end of the template that begins at `at`. The code in it is skipped as well. */
function skipTemplate(code: string, at: number): number {
  for (let i = at + 1; i < code.length; i++) {
    if (code[i] === '\\') i++;
    else if (code[i] === '`') return i + 1;
    else if (code.startsWith('${', i)) i = findEnd(code, i + 1);
  }
  return code.length;
}

/** Visits what is code, character by character. */
function walk(code: string, from: number, visit: (at: number) => boolean): number {
  for (let at = from; at < code.length;) {
    const next = code[at] === '`' ? skipTemplate(code, at) : skip(code, at);
    if (next > at) at = next;
    else if (visit(at)) return at;
    else at++;
  }
  return code.length;
}

/** The place of the bracket that closes the one at `at`. */
function findEnd(code: string, at: number): number {
  let depth = 0;
  return walk(code, at, (i) => {
    const sign = code.charAt(i);
    if (OPENING.includes(sign)) depth++;
    if (CLOSING.includes(sign)) depth--;
    return depth === 0;
  });
}

/** The arguments between the brackets at `from` and `to`. */
function splitArgs(code: string, from: number, to: number): string[] {
  const args: string[] = [];
  let [depth, start] = [0, from + 1];
  const cut = (end: number): void => {
    const text = code.slice(start, end).trim();
    if (text) args.push(text.replace(/\s+/g, ' '));
    start = end + 1;
  };
  walk(code.slice(0, to), from + 1, (i) => {
    const sign = code.charAt(i);
    if (OPENING.includes(sign)) depth++;
    if (CLOSING.includes(sign)) depth--;
    if (sign === ',' && !depth) cut(i);
    return false;
  });
  cut(to);
  return args;
}

/** Finds the calls of `pipe` in a piece of code, in the order in which they stand there. */
export function findPipes(code: string): PipeCall[] {
  const calls: PipeCall[] = [];
  walk(code, 0, (at) => {
    const [found] = /^\.\s*pipe\s*\(/.exec(code.slice(at, at + 40)) ?? [];
    if (found) {
      const open = at + found.length - 1;
      calls.push({ at, args: splitArgs(code, open, findEnd(code, open)) });
    }
    return false;
  });
  return calls;
}

/**
 * Replaces each `.pipe(` by `.$pipe(n, `, in which `n` says which call it is. So the stages of a pipeline have the
 * words of the user.
 */
export function markPipes(code: string, calls = findPipes(code)): string {
  return calls.reduceRight(
    (marked, { at }, n) =>
      marked.slice(0, at) + marked.slice(at).replace(/^\.\s*pipe\s*\(/, `.$pipe(${String(n)}, `),
    code,
  );
}

/** The names in a piece of code, but not those of fields and keys. */
export function listNames(code: string): Set<string> {
  const names = new Set<string>();
  let last = -1;
  walk(code, 0, (at) => {
    const [name] = /^[A-Za-z_$][\w$]*/.exec(code.slice(at, at + 80)) ?? [];
    if (name && at > last) {
      last = at + name.length - 1;
      const [before, after] = [code.slice(0, at).trimEnd(), code.slice(last + 1).trimStart()];
      const isField = before.endsWith('.') && !before.endsWith('...');
      const isKey = after.startsWith(':') && /[{,]$/.test(before);
      if (!isField && !isKey) names.add(name);
    }
    return false;
  });
  return names;
}

/** Where statements may end: the semicolons and the ends of lines that no bracket encloses, the last one first. */
export function listBreaks(code: string): number[] {
  const breaks: number[] = [];
  let depth = 0;
  walk(code, 0, (at) => {
    const sign = code.charAt(at);
    if (OPENING.includes(sign)) depth++;
    if (CLOSING.includes(sign)) depth--;
    if (!depth && (sign === ';' || sign === '\n')) breaks.unshift(at);
    return false;
  });
  return breaks;
}
