/**
 * As much of markdown-it as the rules of this site need.
 *
 * @typedef {object} Token
 * @property {string} type
 * @property {string} tag
 * @property {string} info
 * @property {string} content
 * @property {[string, string][] | null} attrs
 * @property {Token[] | null} children
 * @property {(name: string) => string | null} attrGet
 * @property {(name: string, value: string) => void} attrSet
 *
 * @typedef {object} State
 * @property {Token[]} tokens
 * @property {{ relativePath?: string }} env
 * @property {new (type: string, tag: string, nesting: 1 | 0 | -1) => Token} Token
 */

export {};
