// npm run bench:report: renders bench/report/performance.md with the results into docs/performance.md
// and docs/charts/. With --check it writes nothing, and fails where they are not what it would write.
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { RESULTS } from './harness/results.mjs';
import { render } from './report/render.mjs';

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    results: { type: 'string', default: RESULTS },
  },
});
const docs = fileURLToPath(new URL('../docs/', import.meta.url));
const files = await render(values.results);

if (values.check) {
  const charts = (await readdir(`${docs}charts`)).map((file) => `charts/${file}`);
  const stale = charts.filter((file) => !files.has(file));
  for (const [file, text] of files) {
    const current = await readFile(docs + file, 'utf8').catch(() => undefined);
    if (current !== text) stale.push(file);
  }
  for (const file of stale) {
    console.error(`docs/${file} is not what the results render to: run npm run bench:report`);
    process.exitCode = 1;
  }
} else {
  await rm(`${docs}charts`, { recursive: true, force: true });
  await mkdir(`${docs}charts`, { recursive: true });
  for (const [file, text] of files) await writeFile(docs + file, text);
}
