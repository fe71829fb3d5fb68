import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const LIB = join(__dirname, '../lib');
const BASE = ['types', 'errors'];
/** Pure functions and state machines. */
const CORE = ['core', 'core/message', 'core/thinking', 'core/ui', 'core/json', 'wire'];
const ROOT = [
  ...BASE,
  ...CORE,
  'transport',
  'time',
  'backoff',
  'createOperator',
  ...['sources', 'operators', 'tools', 'conversation'],
];
const below = (folder: string): string[] => ROOT.slice(0, ROOT.indexOf(folder) + 1);

/** What each folder, or file of `lib` itself, may import: the picture in the design, as a list. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  index: ['operators', 'sources', 'tools', 'conversation', 'backoff', ...BASE, ...CORE],
  types: ['types', 'rxjs'],
  errors: ['types'],
  wire: ['wire', ...BASE, 'eventsource-parser'],
  'core/message': ['core/message', 'core', 'wire', ...BASE],
  'core/thinking': ['core/thinking', 'core/message', 'core', ...BASE],
  'core/ui': ['core/ui', 'core/message', 'core', ...BASE],
  // The schema package is types and nothing else.
  'core/json': ['core/json', 'core/message', 'core', ...BASE, '@standard-schema/spec'],
  core: ['core', 'core/message', 'wire', ...BASE],
  time: ['rxjs'],
  backoff: ['time'],
  createOperator: ['rxjs'],
  transport: [
    'transport',
    'wire',
    'core/message',
    'core',
    'time',
    ...BASE,
    'rxjs',
    'ollama/browser',
  ],
  // Of transport only what reads a callback's answer: no request is made here.
  operators: [
    ...['operators', 'transport/fromReply.ts', 'time', 'backoff', 'createOperator'],
    ...[...CORE, ...BASE, 'rxjs'],
  ],
  // Of the tools only the events, which a gateway may send.
  sources: ['sources', 'tools/events.ts', ...below('createOperator'), 'rxjs'],
  tools: ['tools', ...below('operators'), 'rxjs'],
  conversation: [...ROOT, 'rxjs'],
  node: ['node', 'node/pool', 'node/runs', 'node:', 'rxjs', ...ROOT],
  'node/pool': ['node/pool', 'rxjs', 'ollama/browser', ...ROOT],
  'node/runs': ['node/runs', 'node', 'rxjs', ...ROOT],
  redis: ['redis', 'node/runs', ...ROOT],
  // Any client of MCP fits: nothing of a package is loaded.
  mcp: ['mcp', 'rxjs', ...ROOT],
  otel: ['otel', '@opentelemetry/api', 'rxjs', ...ROOT],
  testing: ['testing', 'rxjs', 'rxjs/testing', ...ROOT],
  'testing/node': ['testing/node', 'testing', 'node/runs', 'node:', ...ROOT],
  angular: ['angular', ...ROOT, 'rxjs', '@angular/core'],
  'angular/testing': ['angular/testing', 'angular', 'testing', ...ROOT, 'rxjs', '@angular/core'],
};

interface Import {
  readonly from: string;
  /** Erased by the compiler: nothing of it is loaded. */
  readonly typeOnly: boolean;
}

const files = new Map(
  readdirSync(LIB, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path.replaceAll('\\', '/'), readFileSync(join(LIB, path), 'utf8')]),
);

const parse = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest);

function readImports(path: string, text: string): Import[] {
  return parse(path, text).statements.flatMap((node) => {
    if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return [];
    if (!node.moduleSpecifier || !ts.isStringLiteral(node.moduleSpecifier)) return [];
    const from = node.moduleSpecifier.text;
    const typeOnly = ts.isImportDeclaration(node)
      ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      : node.isTypeOnly;
    const resolved = from.startsWith('.')
      ? posix.join(posix.dirname(path), from).replace(/\.js$/, '.ts')
      : from;
    return [{ from: resolved, typeOnly }];
  });
}

/** The folder of a file of `lib`; a file that stands in `lib` itself is a layer of its own. */
function layerOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === '.' ? basename(path, '.ts') : folder;
}

function findForbidden(path: string, text: string): string[] {
  const allowed = ALLOWED[layerOf(path)];
  if (!allowed) return [`${path} stands in a folder that has no rule`];
  return readImports(path, text)
    .map(({ from }) => from)
    .filter((from) => {
      const layer = from.startsWith('node:')
        ? 'node:'
        : from.endsWith('.ts')
          ? layerOf(from)
          : from;
      const isAllowed = allowed.includes(layer) || allowed.includes(from);
      // The types are the only room that is imported by its index.
      return !isAllowed || (basename(from) === 'index.ts' && layer !== 'types');
    })
    .map((from) => `${path} imports ${from}`);
}

/** What loading a file loads: files of `lib`, and packages by name. */
function load(path: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(path)) return loaded;
  loaded.add(path);
  for (const { from, typeOnly } of readImports(path, files.get(path) ?? '')) {
    if (!typeOnly) load(from, loaded);
  }
  return loaded;
}

const hasModifier = (node: ts.Statement, kind: ts.SyntaxKind): boolean =>
  ts.canHaveModifiers(node) && !!ts.getModifiers(node)?.some((modifier) => modifier.kind === kind);

/** What a file exports that exists at run time. */
function readValueExports(path: string, text: string): string[] {
  const names = parse(path, text)
    .statements.filter(
      (node) =>
        hasModifier(node, ts.SyntaxKind.ExportKeyword) &&
        !ts.isInterfaceDeclaration(node) &&
        !ts.isTypeAliasDeclaration(node),
    )
    .map((node) =>
      ts.isFunctionDeclaration(node) && node.name ? node.name.text : ts.SyntaxKind[node.kind],
    );
  return [...new Set(names)];
}

function isNamedReexport(node: ts.Statement): boolean {
  return (
    ts.isExportDeclaration(node) &&
    node.moduleSpecifier !== undefined &&
    node.exportClause !== undefined &&
    ts.isNamedExports(node.exportClause)
  );
}

const paths = [...files.keys()];
const inFolder = (...folders: string[]): string[] =>
  paths.filter((path) => folders.includes(dirname(path)));

describe('the layers of lib', () => {
  it('import only downwards', () => {
    expect([...files].flatMap(([path, text]) => findForbidden(path, text))).toEqual([]);
  });

  it.each([
    ['core/a.ts', "import { map } from 'rxjs';"],
    ['core/a.ts', "import type { Observable } from 'rxjs';"],
    ['operators/a.ts', "import { fromOllamaChat } from '../sources/fromOllamaChat.js';"],
    ['operators/a.ts', "import { Ollama } from 'ollama/browser';"],
    ['sources/a.ts', "import { splitThinking } from '../index.js';"],
    ['sources/a.ts', "export { isArray } from 'rxjs/internal/util/isArray';"],
    ['transport/a.ts', "import { Ollama } from 'ollama';"],
    ['wire/a.ts', "import { createMessage } from '../core/message/message.js';"],
    ['operators/a.ts', "import { fromServer } from '../transport/fromServer.js';"],
    ['operators/a.ts', "import { startScriptedOllama } from '../testing/node/index.js';"],
    ['testing/a.ts', "import { createServer } from 'node:http';"],
    ['tools/a.ts', "import { sse } from '../node/sse.js';"],
    ['tools/a.ts', "import { traceTools } from '../otel/traceTools.js';"],
    ['operators/a.ts', "import { trace } from '@opentelemetry/api';"],
    ['otel/a.ts', "import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';"],
    ['sources/a.ts', "import { signal } from '@angular/core';"],
    ['angular/a.ts', "import { toSignal } from '@angular/core/rxjs-interop';"],
    ['angular/a.ts', "import { chunk } from '../testing/chunk.js';"],
    ['operators/a.ts', "import { chatResource } from '../angular/chatResource.js';"],
    ['testing/node/a.ts', "import { chunk } from '../index.js';"],
    ['tools/a.ts', "import { createConversation } from '../conversation/createConversation.js';"],
    ['elsewhere/a.ts', ''],
  ])('a file %s with %s would be found', (path, text) => {
    expect(findForbidden(path, text)).toHaveLength(1);
  });

  it('load nothing of ollama, even indirectly, for an operator', () => {
    const loaded = inFolder(...CORE, 'operators').flatMap((path) => [...load(path)]);
    expect(loaded).toContain('rxjs');
    expect(loaded).not.toContain('ollama/browser');
  });

  it('load only the two peers and the reader of events for the root entry', () => {
    const packages = [...load('index.ts')].filter((path) => !files.has(path));
    expect(packages.sort()).toEqual(['eventsource-parser', 'ollama/browser', 'rxjs']);
  });

  it('load nothing of Node for its entry, so that it runs in Deno, Bun and workers', () => {
    const loaded = [...load('node/index.ts')].filter((path) => !files.has(path));
    expect(loaded.sort()).toEqual(['ollama/browser', 'rxjs']);
  });

  it("load OpenTelemetry's API besides, for its entry, and no SDK", () => {
    const packages = [...load('otel/index.ts')].filter((path) => !files.has(path));
    expect(packages.sort()).toEqual(['@opentelemetry/api', 'ollama/browser', 'rxjs']);
  });

  it("load Angular's core besides, for its entry", () => {
    const packages = [...load('angular/index.ts')].filter((path) => !files.has(path));
    expect(packages.sort()).toEqual(['@angular/core', 'ollama/browser', 'rxjs']);
  });

  it('have entry points of named re-exports and nothing else', () => {
    const entries = paths.filter((path) => basename(path) === 'index.ts');
    expect(entries).toContain('index.ts');
    const others = entries.filter(
      (path) => !parse(path, files.get(path) ?? '').statements.every(isNamedReexport),
    );
    expect(others).toEqual([]);
  });

  it('have one function a file, of its name, for operators and sources', () => {
    const exported = inFolder('operators', 'sources').map((path) => [
      path,
      readValueExports(path, files.get(path) ?? ''),
    ]);
    expect(exported).toEqual(exported.map(([path]) => [path, [basename(String(path), '.ts')]]));
  });

  it('offer every operator and source from the root entry', () => {
    const offered = readImports('index.ts', files.get('index.ts') ?? '').map(({ from }) => from);
    expect(offered).toEqual(expect.arrayContaining(inFolder('operators', 'sources')));
  });
});
