// Makes what a new operator needs, but for what is made of it: npm run new:operator -- camelName
// What it makes lets every chunk through, is green, and waits to be changed. docs/contributing.md has the steps.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import { format, resolveConfig } from 'prettier';

/** @param {string} name */
const renderOperator = (name) => `
import { map, type MonoTypeOperatorFunction } from 'rxjs';
import type { ChatChunk } from '../types/index.js';

/**
 * Lets every chunk through as it is.
 *
 * _It's like \`identity\`, until somebody says what it is for._
 *
 * \`\`\`none
 *  source:  --a---b---(d|)    a: 'Hel'  b: 'lo'  d: done
 *           ${name}()
 *  result:  --a---b---(d|)
 * \`\`\`
 *
 * - **Completes:** with the source; an empty one gives an empty result.
 * - **Errors:** those of the source, unchanged; none of its own.
 * - **Unsubscribes:** from the source, in the same frame.
 * - **Memory:** nothing is kept.
 * - **Scheduler:** none.
 *
 * \`\`\`ts
 * import { fromOllamaChat, ${name} } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(${name}())
 *   .subscribe(({ message }) => process.stdout.write(message.content));
 * \`\`\`
 *
 * @see {@link splitThinking}
 */
export function ${name}<C extends ChatChunk>(): MonoTypeOperatorFunction<C> {
  return map((chunk) => chunk);
}
`;

/** @param {string} name */
const renderSpec = (name) => `
import { describe, it } from '@jest/globals';
import { ${name} } from '../../lib/operators/${name}.js';
import { chunk } from '../../lib/testing/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';

const { answer, done } = chunk;

describeOperatorContract({ name: '${name}', operator: () => ${name}(), keepsType: true });

const chunks = { a: answer('Hel'), b: answer('lo'), d: done() };

describe('${name}', () => {
  // prettier-ignore
  it('lets every chunk through as it is', diagram('${name}', (m) => {
    const source = m.cold('  --a---b---(d|)', chunks);
    const expected = '       --a---b---(d|)';
    const subs = '           ^---------!';
    m.expect(source.pipe(${name}())).toBeObservable(expected, chunks);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: '${name}()', results: { result: expected } };
  }));
});
`;

/** @param {string} name */
const renderTypeTest = (name) => `
import { expectTypeOf } from 'expect-type';
import { of, type Observable } from 'rxjs';
import { ${name}, type ChatChunk, type PhasedChunk } from '../../lib/index.js';

declare const chat$: Observable<ChatChunk>;
declare const phased$: Observable<PhasedChunk>;

// It keeps the type, whatever kind of chunk it is.
expectTypeOf(chat$.pipe(${name}())).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(phased$.pipe(${name}())).toEqualTypeOf<Observable<PhasedChunk>>();

// @ts-expect-error -- text is no chunk
void of('text').pipe(${name}());
`;

/**
 * @typedef {{ file: string, text: string, isNew: boolean }} Change
 *
 * @param {string} file
 * @param {string} text
 * @returns {Promise<Change>}
 */
async function create(file, text) {
  const options = await resolveConfig(file);
  return { file, text: await format(text, { ...options, filepath: file }), isNew: true };
}

/**
 * Inserts a line where what comes before it ends.
 * @param {string} file
 * @param {string} line
 * @param {(text: string) => RegExpExecArray | undefined | null} findBefore
 * @returns {Promise<Change>}
 */
async function insert(file, line, findBefore) {
  const text = await readFile(file, 'utf8');
  const before = findBefore(text);
  if (!before) throw new Error(`${file} has no place for "${line}".`);
  const at = before.index + before[0].length;
  return { file, text: `${text.slice(0, at)}${line}\n${text.slice(at)}`, isNew: false };
}

const EXPORTS = /^export \{[^}]*\} from '\.\/operators\/(\w+)\.js';\n/gm;

/**
 * The export that comes before that of a name.
 * @param {string} text
 * @param {string} name
 */
function findExportBefore(text, name) {
  const others = Array.from(text.matchAll(EXPORTS));
  return others.findLast(([, other = '']) => other < name) ?? others.at(-1);
}

/**
 * Everything is found out before anything is written.
 * @param {string} name
 */
const prepare = (name) =>
  Promise.all([
    create(`lib/operators/${name}.ts`, renderOperator(name)),
    create(`spec/operators/${name}.spec.ts`, renderSpec(name)),
    insert('lib/index.ts', `export { ${name} } from './operators/${name}.js';`, (text) =>
      findExportBefore(text, name),
    ),
    create(`spec/types/${name}.types.ts`, renderTypeTest(name)),
    insert('docs/choose.yml', `  them as they are: ${name}`, (text) =>
      /^I have a stream of chunks.*:\n/m.exec(text),
    ),
    insert('CHANGELOG.md', `- \`${name}\`: lets every chunk through.`, (text) =>
      /^## Unreleased\n+### Added\n+(?:[- ].*\n)*/m.exec(text),
    ),
  ]);

/** @param {string} name */
async function run(name) {
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) throw new Error(`"${name}" is no name in camelCase.`);
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
Say what it does: in its comment, its specs, docs/choose.yml and CHANGELOG.md. What is made of that:
UPDATE_DOCS=1 npx jest spec/operators/${name}.spec.ts
UPDATE_DOCS=1 npx jest spec/docs/pages.spec.ts spec/docs/choose.spec.ts
npm run build && npm run api -- --write && npm run size -- --write`);
}

try {
  await run(process.argv[2] ?? '');
} catch (error) {
  console.error(`${String(error)}\nUsage: npm run new:operator -- camelName`);
  process.exitCode = 1;
}
