/** Operators as they are said, and other ways in which people write. */
const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/\b(?:multiplied by|times)\b/gi, '×'],
  [/\bdivided by\b/gi, '÷'],
  [/\bplus\b/gi, '+'],
  [/\b(?:minus|negative)\b/gi, '−'],
  [/\b(?:raised )?to the power(?: of)?\b/gi, '^'],
  [/ ?\bsquared\b/gi, '^2'],
  [/ ?\bcubed\b/gi, '^3'],
  [/ ?\bpercent\b/gi, '%'],
  [/% of\b/gi, '% ×'],
  [/(?:\bthe )?\bsquare root of\b|\bsqrt\b(?: of\b)?/gi, '√'],
  [/(?<=[\d)]\s*)x(?=\s*[\d(.−-])/gi, '×'],
  // 1,000,000
  [/(?<=\d),(?=\d{3}(?!\d))/g, ''],
];

const SIGN = '+\\-−–';
const OPERATOR = '×✕✖*·⋅∙÷∕⁄/^';
const SUPERSCRIPT = '⁰¹²³⁴-⁹';
/** As much as can be one expression. */
const RUN = new RegExp(`[\\d.()\\s√%${SIGN}${OPERATOR}${SUPERSCRIPT}]+`, 'gu');
/** Has an operand with something to be done to it. */
const WHOLE = new RegExp(`√|^[^${OPERATOR}]*[\\d)]%?\\s*[${SIGN}${OPERATOR}${SUPERSCRIPT}]`, 'u');
/** Begins with what is to be done to the previous result. */
const SEQUEL = new RegExp(`^[${SIGN}${OPERATOR}]`, 'u');

/** Lacks its last operand. */
const HALF = new RegExp(`[√${SIGN}${OPERATOR}]$`, 'u');

const BEYOND = /\b(?:root|log|ln|sin|cos|tan|mod|modulo|factorial|hex\w*|binary)\b/i;
const DATE = /\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\/\d{1,2}\/\d{2,4}/;

/**
 * The expressions in a question, written with signs but not worked out. One that begins in the middle,
 * as in "and times 2?", continues with the previous result. Empty if a number belongs to no expression, or if a
 * word is beyond the calculator: a part of the answer would be wrong.
 */
export function findExpressions(question: string, previous?: string): string[] {
  const written = SPOKEN.reduce((text, [words, sign]) => text.replace(words, sign), question);
  if (BEYOND.test(written) || DATE.test(question)) return [];
  const expressions: string[] = [];
  const rest = written.replace(RUN, (run, at: number) => {
    const glued = /\p{L}$/u.test(written.slice(0, at)) && !/^\s/.test(run);
    const expression = glued ? undefined : complete(tidy(run), previous);
    if (expression !== undefined) expressions.push(expression);
    return expression === undefined ? run : ' ';
  });
  return /\d/.test(rest) ? [] : expressions;
}

function complete(expression: string, previous: string | undefined): string | undefined {
  if (!/\d/.test(expression) || HALF.test(expression)) return undefined;
  if (WHOLE.test(expression)) return expression;
  if (previous === undefined || !SEQUEL.test(expression)) return undefined;
  return `${previous.startsWith('-') ? `(${previous})` : previous} ${expression}`;
}

/** Without what belongs to the sentence: its full stop, and the end of a parenthesis around it. */
function tidy(run: string): string {
  const text = run.replace(/^[.\s]*\s|[.\s]+$/g, '');
  const count = (sign: string) => text.split(sign).length - 1;
  return text.endsWith(')') && count(')') > count('(') ? tidy(text.slice(0, -1)) : text;
}
