// What npm run new:operator and npm run new:source share: files are made, lines are inserted, all or nothing.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import { format, resolveConfig } from 'prettier';

/** @typedef {{ file: string, text: string, isNew: boolean }} Change */

/**
 * @param {string} file
 * @param {string} text
 * @returns {Promise<Change>}
 */
export async function create(file, text) {
  const options = await resolveConfig(file);
  return { file, text: await format(text, { ...options, filepath: file }), isNew: true };
}

/**
 * @param {string} file
 * @param {string} line
 * @param {(text: string) => number | undefined} findPlace
 * @returns {Promise<Change>}
 */
async function insert(file, line, findPlace) {
  const text = await readFile(file, 'utf8');
  const at = findPlace(text);
  if (at === undefined) throw new Error(`${file} has no place for "${line}".`);
  return { file, text: `${text.slice(0, at)}${line}\n${text.slice(at)}`, isNew: false };
}

/** @param {RegExpExecArray | undefined | null} match */
const endOf = (match) => (match ? match.index + match[0].length : undefined);

/**
 * The export from lib/index.ts, among those of its room, in their order.
 * @param {string} name
 * @param {'operators' | 'sources'} room
 */
export const insertExport = (name, room) =>
  insert('lib/index.ts', `export { ${name} } from './${room}/${name}.js';`, (text) => {
    const exports = new RegExp(`^export \\{[^}]*\\} from '\\./${room}/(\\w+)\\.js';\\n`, 'gm');
    const others = Array.from(text.matchAll(exports));
    return endOf(others.findLast(([, other = '']) => other < name)) ?? others[0]?.index;
  });

/**
 * A leaf in docs/choose.yml, below a question.
 * @param {string} line
 * @param {RegExp} question
 */
export const insertQuestion = (line, question) =>
  insert('docs/choose.yml', line, (text) => endOf(question.exec(text)));

/** @param {string} line */
export const insertChange = (line) =>
  insert('CHANGELOG.md', line, (text) =>
    endOf(/^## Unreleased\n+### Added\n+(?:[- ].*\n)*/m.exec(text)),
  );

/**
 * Everything is found out before anything is written.
 * @param {string} command
 * @param {(name: string) => Promise<Change[]>} prepare
 * @param {(name: string) => string} toNextSteps
 */
export async function run(command, prepare, toNextSteps) {
  try {
    const name = process.argv[2] ?? '';
    if (!/^[a-z][A-Za-z0-9]*$/.test(name)) throw new Error(`"${name}" is not in camelCase.`);
    const exported = (await readFile('lib/index.ts', 'utf8')).match(/\w+/g);
    if (exported?.includes(name)) throw new Error(`There is a ${name} already.`);
    const changes = await prepare(name);
    const old = changes.find(({ file, isNew }) => isNew && existsSync(file));
    if (old) throw new Error(`There is a ${old.file} already.`);
    for (const { file, text, isNew } of changes) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      console.log(`${isNew ? 'created' : 'changed'} ${file}`);
    }
    console.log(`
Write what it does: in its comment, its specs, docs/choose.yml and CHANGELOG.md. Then run:
${toNextSteps(name)}
UPDATE_DOCS=1 npx jest spec/docs/pages.spec.ts spec/docs/choose.spec.ts
npm run build && npm run api -- --write && npm run size -- --write`);
  } catch (error) {
    console.error(`${String(error)}\nUsage: npm run ${command} -- camelName`);
    process.exitCode = 1;
  }
}
