/** Longer ones are refused, and with them a nesting that would exhaust the stack. */
const MAX_LENGTH = 1000;
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
/** A number, `**`, `sqrt`, superscript digits, or any other single character. */
const TOKEN = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|\*\*|sqrt|[⁰¹²³⁴-⁹]+|\S/giu;

const SPELLINGS: Readonly<Record<string, string>> = {
  '−': '-',
  '–': '-',
  '×': '*',
  '✕': '*',
  '✖': '*',
  '·': '*',
  '⋅': '*',
  '∙': '*',
  '÷': '/',
  '∕': '/',
  '⁄': '/',
  '**': '^',
  sqrt: '√',
};

/**
 * Works out an expression with `+ − × ÷ ^ √ %` and parentheses, in any of their usual spellings. Throws an
 * error that says what is wrong with it, to a model or to a person.
 *
 * ```none
 * sum      = product { (+ | −) product }
 * product  = sign { (× | ÷) sign }
 * sign     = { + | − } power                 so that −2² is −4
 * power    = operand [ superscript ] [ ^ sign ]    from the right: 2^3^2 is 2^9
 * operand  = ( number | ( sum ) | √ operand ) { % }
 * ```
 */
export function calculate(expression: string): number {
  if (expression.length > MAX_LENGTH) throw new Error('the expression is too long');
  const tokens = (expression.match(TOKEN) ?? []).map((token) => SPELLINGS[token] ?? token);
  let position = 0;

  const accept = (...wanted: readonly string[]): string | undefined => {
    const token = tokens[position];
    if (token === undefined || !wanted.includes(token)) return undefined;
    position++;
    return token;
  };

  const sum = (): number => {
    let value = product();
    for (let sign; (sign = accept('+', '-'));) {
      value = sign === '+' ? value + product() : value - product();
    }
    return value;
  };

  const product = (): number => {
    let value = signed();
    for (let sign; (sign = accept('*', '/'));) {
      value = sign === '*' ? value * signed() : divide(value, signed());
    }
    return value;
  };

  const signed = (): number => {
    if (accept('-')) return -signed();
    return accept('+') ? signed() : power();
  };

  const power = (): number => {
    const base = operand();
    const raised = tokens[position];
    if (raised !== undefined && SUPERSCRIPTS.includes(raised.charAt(0))) {
      position++;
      return raise(base, fromSuperscripts(raised));
    }
    return accept('^') ? raise(base, signed()) : base;
  };

  const operand = (): number => {
    let value = accept('√') ? Math.sqrt(operand()) : plainOperand();
    while (accept('%')) value /= 100;
    return value;
  };

  const plainOperand = (): number => {
    if (accept('(')) {
      const value = sum();
      if (!accept(')')) throw unexpected('")"');
      return value;
    }
    const token = tokens[position];
    if (token === undefined || !/^\.?\d/.test(token)) throw unexpected('a number');
    position++;
    return Number(token);
  };

  const unexpected = (wanted: string): Error => {
    const found = tokens[position];
    const at = found === undefined ? 'at the end' : `in place of "${found}"`;
    return new Error(`${wanted} is missing ${at}`);
  };

  const value = sum();
  if (position < tokens.length) throw unexpected('an operator');
  if (Number.isNaN(value)) throw new Error('the result is not a real number');
  if (!Number.isFinite(value)) throw new Error('the result is too large');
  return value;
}

/** As many digits as a double can vouch for: 0.1 + 0.2 is 0.3. */
export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(15)));
}

function divide(value: number, by: number): number {
  if (by === 0) throw new Error('division by zero');
  return value / by;
}

function raise(base: number, exponent: number): number {
  if (base === 0 && exponent < 0) throw new Error('division by zero');
  return base ** exponent;
}

function fromSuperscripts(digits: string): number {
  return Number(Array.from(digits, (digit) => SUPERSCRIPTS.indexOf(digit)).join(''));
}
