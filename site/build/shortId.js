/** @type {string[]} */
const paths = [];

/**
 * Names the scope of a component's styles: each element of it has the name as an attribute, on every page.
 * Both builds of VitePress ask in one process, so they get the same names.
 *
 * @param {string} path of the component
 */
export function toShortId(path) {
  if (!paths.includes(path)) paths.push(path);
  return paths.indexOf(path).toString(36);
}
