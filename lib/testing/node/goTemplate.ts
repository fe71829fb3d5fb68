const BLOCKS: ReadonlySet<string> = new Set(['if', 'range', 'with', 'block', 'define']);

/**
 * What Go's `text/template` has against a template, as far as braces and blocks are concerned. Fields and
 * functions are not checked.
 */
export function findTemplateError(template: string): string | undefined {
  let blocks = 0;
  for (let at = template.indexOf('{{'); at !== -1; at = template.indexOf('{{', at)) {
    const isComment = /^\{\{(?:- )?\/\*/.test(template.slice(at, at + 6));
    const end = isComment ? template.indexOf('*/', at) : template.indexOf('}}', at);
    if (end === -1) {
      return toTemplateError(template, at, isComment ? 'unclosed comment' : 'unclosed action');
    }
    const [keyword = ''] = /^\w+/.exec(template.slice(at + 2, end).replace(/^-?\s+/, '')) ?? [];
    if (BLOCKS.has(keyword)) blocks++;
    if (keyword === 'end' && blocks-- === 0)
      return toTemplateError(template, at, 'unexpected {{end}}');
    at = end + 2;
  }
  return blocks ? toTemplateError(template, template.length, 'unexpected EOF') : undefined;
}

function toTemplateError(template: string, at: number, problem: string): string {
  const line = template.slice(0, at).split('\n').length;
  return `template: :${String(line)}: ${problem}`;
}
