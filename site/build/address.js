/**
 * The address of a page from the root of the site, without `index` and without an ending.
 * @param {string} target the file that VitePress reads
 */
export const toAddress = (target) => `/${target.replace(/(?:(?<=^|\/)index)?\.md$/, '')}`;
