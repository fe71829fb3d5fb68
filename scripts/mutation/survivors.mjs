// Prints the mutants that survived, by the function that they are in: lines move, names stay.
// node scripts/mutation/survivors.mjs [report.json …]
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import ts from 'typescript';

/** @typedef {{ line: number, column: number }} Place */
/** @typedef {{ status: string, replacement: string, location: { start: Place, end: Place } }} Mutant */
/** @typedef {{ files: Record<string, { source: string, mutants: Mutant[] }> }} Report */

const [, , ...given] = process.argv;
const reports = given.length ? given : ['.cache/mutation/report.json'];

/** The names of the declarations around a place, from the outside in. @param {ts.SourceFile} file @param {number} at */
function findNames(file, at) {
  /** @type {string[]} */
  const names = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (at < node.getStart(file) || at >= node.getEnd()) return;
    const { name } = /** @type {{ name?: ts.Node }} */ (node);
    const isNamed =
      ts.isFunctionLike(node) || ts.isClassDeclaration(node) || ts.isVariableDeclaration(node);
    if (isNamed && name) names.push(name.getText(file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

/** @param {string} text */
const toCode = (text) => `\`${text.replace(/\s+/g, ' ').replaceAll('|', '\\|')}\``;

for (const report of reports) {
  /** @type {Report} */
  const { files } = JSON.parse(await readFile(report, 'utf8'));
  let killed = 0;
  let survived = 0;
  for (const [path, { source, mutants }] of Object.entries(files)) {
    const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest);
    const starts = file.getLineStarts();
    const toOffset = (/** @type {Place} */ { line, column }) =>
      (starts[line - 1] ?? 0) + column - 1;
    for (const { status, replacement, location } of mutants) {
      if (status === 'Killed' || status === 'Timeout') killed++;
      if (status !== 'Survived' && status !== 'NoCoverage') continue;
      survived++;
      const start = toOffset(location.start);
      const names = findNames(file, start).join('.') || 'top level';
      const original = source.slice(start, toOffset(location.end));
      console.log(
        `| \`${path.replace('lib/', '')}\` ${names} | ${toCode(original)} → ${toCode(replacement)} |`,
      );
    }
  }
  const all = killed + survived;
  console.log(
    `${report}: ${String(killed)} of ${String(all)} killed, ${((killed / all) * 100).toFixed(1)} %`,
  );
}
