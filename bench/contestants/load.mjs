// What bench/ installs for itself is loaded by name at run time, so that the types check without it.

/**
 * @param {string} name
 * @returns {Promise<any>}
 */
export const load = (name) => import(name);
