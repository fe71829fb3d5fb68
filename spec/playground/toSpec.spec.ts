import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as marbles from 'rxjs-marbles/jest';
import { toProgram } from '../../site/playground/evaluate.js';
import { PRESETS } from '../../site/playground/presets.js';
import { SCOPE } from '../../site/playground/scope.js';
import { parseScript, type Script } from '../../site/playground/script.js';
import { toCode } from '../../site/playground/toCode.js';
import { splitResult, toSpec } from '../../site/playground/toSpec.js';
import { chunk } from '../../lib/testing/chunk.js';

const DIAGRAMS = join(__dirname, '../../site/playground/diagrams');

const scripts: (readonly [name: string, script: Script])[] = [
  ...PRESETS.map((preset) => [preset.name, preset] as const),
  ...readdirSync(DIAGRAMS).map(
    (file) => [file, JSON.parse(readFileSync(join(DIAGRAMS, file), 'utf8')) as Script] as const,
  ),
];

function exportSpec(script: Script): string {
  const { rows, inputs } = parseScript(script);
  return toSpec(script, rows, toProgram(script.code)(inputs, script.stopAt));
}

/** Runs the test of a spec in the test that is running. The types of a spec are those of its file: none are in it. */
function runSpec(spec: string): void {
  const tests: (() => unknown)[] = [];
  const names = ['test', 'expect', 'marbles', ...Object.keys(SCOPE)];
  const values = [
    (_: string, test: () => unknown) => tests.push(test),
    expect,
    marbles.marbles,
    ...Object.values(SCOPE),
  ];
  const body = spec
    .replace(/^import .*$/gm, '')
    .replace('seen: unknown[]', 'seen')
    .replace('!);', ');');
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is the spec that the playground has written
  (new Function(...names, body) as (...all: unknown[]) => void)(...values);
  expect(tests).toHaveLength(1);
  for (const test of tests) test();
}

describe('a spec that the playground has written', () => {
  it.each(scripts)('passes: %s', (_, script) => {
    runSpec(exportSpec(script));
  });

  it.each(scripts.slice(0, 6))('fails when something else is emitted: %s', (_, script) => {
    const spec = exportSpec(script);
    const delayed = spec.replace(/(const result\$ = [^;]*);/, '$1.pipe(delay(1));');
    expect(delayed).not.toBe(spec);
    expect(() => {
      runSpec(delayed);
    }).toThrow();
  });

  it('imports what it names, and nothing else', () => {
    const [first] = PRESETS;
    if (!first) throw new Error('There is a preset.');
    const imports = exportSpec(first)
      .split('\n')
      .filter((line) => line.startsWith('import'));
    expect(imports).toEqual([
      "import { test } from '@jest/globals';",
      "import { accumulateMessage, bufferForUi, splitThinking } from 'rxjs-ollama';",
      "import { chunk, marbleChat } from 'rxjs-ollama/testing';",
      "import { marbles } from 'rxjs-marbles/jest';",
    ]);
  });

  it('lists times where marbles can say nothing so close', () => {
    const code = 'source$.pipe(mergeMap((chunk) => merge(of(chunk, chunk), timer(1))))';
    const spec = exportSpec({ code, marbles: '-a|', letters: '', frame: 10, stopAt: 12 });
    expect(spec).toContain('timestamp: 10');
    runSpec(spec);
  });
});

describe('a value as code', () => {
  const { answer, toolCall, done } = chunk;
  it.each<[unknown, string]>([
    ["it's", "'it\\'s'"],
    [{ a: undefined, 'b-c': [1n, -0, null, NaN] }, "{ a: undefined, 'b-c': [1n, -0, null, NaN] }"],
    [answer('Hi'), "chunk.answer('Hi')"],
    [
      { ...answer('Hi'), phase: 'answer', merged: 2 },
      "{ ...chunk.answer('Hi'), phase: 'answer', merged: 2 }",
    ],
    [toolCall('f', { a: 1 }, 'x'), "chunk.toolCall('f', { a: 1 }, 'x')"],
    [done(), 'chunk.done()'],
  ])('%j', (value, code) => {
    expect(toCode(value)).toBe(code);
  });

  it.each([new Map(), () => 1, Symbol('s')])('does not exist for %p', (value) => {
    expect(() => toCode(value)).toThrow("A spec can't say what this value is");
  });
});

describe('the last statement of a code', () => {
  it.each([
    ['a$', '', 'a$'],
    ['const a$ = of(1);\na$;\n', 'const a$ = of(1);', 'a$'],
    ['const a$ = of(1)\na$\n  .pipe(map(x => x))', 'const a$ = of(1)', 'a$\n  .pipe(map(x => x))'],
    ['const a = 1;\n({ one: a })', 'const a = 1;', '({ one: a })'],
  ])('of %j', (code, before, result) => {
    expect(splitResult(code)).toEqual([before, result]);
  });
});
