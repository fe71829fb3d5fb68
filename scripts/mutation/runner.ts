import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import TestRunner from 'jest-runner';

interface Notes {
  readonly names: readonly string[];
  readonly time: number;
}

/**
 * Runs the mutated file's own spec first, and no more files once a test has failed: one is enough. Of
 * the others only those run that have a test which Stryker asks for. Nearly all of the time of a mutant
 * goes into loading files.
 */
export default class MutationRunner extends TestRunner {
  override async runTests(...[tests, watcher, options]: Parameters<TestRunner['runTests']>) {
    const { rootDir, nonFlagArgs, testNamePattern } = this._globalConfig;
    // The run without a mutant, which is the first one, notes which tests there are in which file.
    const notesFile = join(rootDir, 'mutation-notes.json');
    const isFirst = !existsSync(notesFile);
    const notes: Partial<Record<string, Notes>> = isFirst ? {} : read(notesFile);

    const pattern = new RegExp(testNamePattern ?? '', 'i');
    const own = nonFlagArgs.map((path) =>
      relative(rootDir, path).replace(/^lib\/(.*)\.ts$/, 'spec/$1.'),
    );
    const rank = (path: string): number => {
      const isOwn = own.some((start) => relative(rootDir, path).startsWith(start));
      return isOwn ? -1 : (notes[path]?.time ?? 0);
    };
    const wanted = tests
      .filter(({ path }) => isFirst || notes[path]?.names.some((name) => pattern.test(name)))
      .sort((one, other) => rank(one.path) - rank(other.path));

    let failed = 0;
    this.on('test-file-success', ([{ path }, { numFailingTests, testResults, perfStats }]) => {
      failed += numFailingTests;
      notes[path] = { names: testResults.map(({ fullName }) => fullName), time: perfStats.runtime };
    });
    for (const test of wanted) {
      if (failed === 0) await super.runTests([test], watcher, options);
    }
    if (isFirst) writeFileSync(notesFile, JSON.stringify(notes));
  }
}

function read(path: string): Partial<Record<string, Notes>> {
  return JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<string, Notes>>;
}
