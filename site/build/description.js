/** @type {readonly (readonly [RegExp, string])[]} The marks of Markdown, which a description has no use for. */
const LINKS = [
  [/!?\[([^\]]*)\]\([^)]*\)/g, '$1'],
  [/\\([<>[\]_|])/g, '$1'],
  [/\s+/g, ' '],
];
const MARKS = /[*`]+|(?<![\p{L}\d])_|_(?![\p{L}\d])/gu;

/** A heading, a list, a table, a quotation, a picture, code, or the status of a decision. */
const NO_PROSE = /^(#|- |\||>|!\[|\d+\.|```|<|Status:|_?It's like )/;

/**
 * What a page is about, for search engines and for llms.txt: the first sentence of its first paragraph.
 * Empty if there is none.
 *
 * @param {string} text Markdown
 */
export function describePage(text) {
  const blocks = text
    .replace(/<!--[^]*?-->|^(```+)[^]*?^\1$/gm, '')
    .split(/\n\s*\n/)
    .map((block) => block.trim());
  const prose = blocks.find((block) => block && !NO_PROSE.test(block)) ?? '';
  const plain = LINKS.reduce((rest, [mark, by]) => rest.replace(mark, by), prose);
  // It ends where the next one begins, with a capital or a name in code: "1.0 of" does not end it.
  const sentence = /^.*?[.?!:](?=[*_]* [\p{Lu}\d`"*_]|[*_]*$)/u.exec(plain)?.[0] ?? plain;
  // VitePress puts it into an attribute as it is.
  return sentence.replace(MARKS, '').replaceAll('"', "'").replace(/:$/, '.');
}
