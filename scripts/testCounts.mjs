// Adds up what the runs of jest left behind: the last line that CI prints.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const RESULTS = '.cache/test-results';

let passed = 0;
let failed = 0;
for (const file of await readdir(RESULTS)) {
  /** @type {Record<'numPassedTests' | 'numFailedTests' | 'numRuntimeErrorTestSuites', number>} */
  const results = JSON.parse(await readFile(join(RESULTS, file), 'utf8'));
  passed += results.numPassedTests;
  failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
}
console.log(`${String(passed)} passed, ${String(failed)} failed`);
