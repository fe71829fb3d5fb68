/** What stands in a source, and what does in its place. @typedef {readonly (readonly [string, string])[]} Changes */

/**
 * A source of VitePress with these changes. A part that is not there means that VitePress has changed it.
 *
 * @param {string} what it is
 * @param {Changes} changes
 * @param {string} code
 * @throws Error if a part is not there
 */
export const changeSource = (what, changes, code) =>
  changes.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`${what} of VitePress has no ${from}`);
    return changed.replaceAll(from, () => to);
  }, code);
