/**
 * Why Ollama's grammar engine refuses a pattern, as it was seen of a real server and is in the source of
 * llama.cpp; `undefined` if it takes it.
 */
export function findRefused(pattern: string): string | undefined {
  if (!/^\^[^]*\$$/.test(pattern)) return "Pattern must start with '^' and end with '$'";
  const inside = pattern.slice(1, -1);
  // An escape in a class, or elsewhere, and what is in a lookahead too.
  const inClass = /^\\(?:[nrt\\\][]|x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4})$/;
  const outside = /^\\[nrt.^$[\](){}|*+?]$/;
  const token = /\[(?:\\[^]|[^\]\\])*\]|\\[^]|\(\?<|\{\d+(?:,\d*)?\}|[^]/g;
  let depth = 0;
  let anchors = 0;
  for (const [found] of inside.matchAll(token)) {
    if (found.startsWith('[') && found.length > 1) {
      const escapes = found.match(/\\(?:x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|[^])/g) ?? [];
      const unknown = escapes.find((escape) => !inClass.test(escape));
      if (unknown !== undefined) return `unknown escape ${unknown} in ${found}`;
      if (/^\[\^?\]$/.test(found)) return 'an empty class';
    } else if (found.startsWith('\\')) {
      if (!outside.test(found)) return `unknown escape ${found}`;
    } else if (found === '(?<') {
      return 'a lookbehind, or a name';
    } else if (found.length > 1) {
      if ((found.match(/\d+/g) ?? []).some((times) => Number(times) >= 2000)) return found;
    } else if (found === '(') {
      depth++;
    } else if (found === ')') {
      depth--;
    } else if (found === '^' || found === '$') {
      anchors++;
    } else if (']}{'.includes(found)) {
      return `a lone ${found}`;
    }
  }
  if (depth !== 0) return 'Unbalanced parentheses';
  return anchors > 0 && !/\(\?[=!]/.test(inside) ? 'an anchor inside' : undefined;
}
