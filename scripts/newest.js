// When files were changed last, for scripts that build only what is out of date.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * In ms since 1970; 0 for a file that does not exist.
 * @param {string} file
 */
export const timeOf = async (file) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;

/**
 * Of all files in a folder.
 * @param {string} folder
 */
export async function newestIn(folder) {
  const names = await readdir(folder, { recursive: true });
  return Math.max(...(await Promise.all(names.map((name) => timeOf(join(folder, name))))));
}
