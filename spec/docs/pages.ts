import path from 'node:path';
import { renderTable } from '../support/generated.js';
import { findQuestion } from './choose.js';
import { listFiles, readDocument, type Document } from './documents.js';
import { TYPES_PAGE, applyLinks, createLink, relate, toPage, type Link } from './link.js';
import type { Documented, DocumentedType, Reference } from './reference.js';
import { unwrap } from './tsdoc.js';

const NOTE = '<!-- Made of the comments in lib: UPDATE_DOCS=1 npx jest spec/docs -->';

const code = (text: string): string => `\`${text}\``;

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const toSentence = (text: string): string => /^.*?\.(?= |$)/.exec(unwrap(text))?.[0] ?? '';

const endSentence = (text: string): string => (!text || /[.:]$/.test(text) ? text : `${text}.`);

/** A type without what a question mark says already, and without parentheses around all of it. */
const toPlain = (type: string): string =>
  type.replace(/ \| undefined$/, '').replace(/^\((\([^()]*\) => [^()]*)\)$/, '$1');

/** A list of what has a name, a type and a meaning: a table of them can't be read on a phone. */
const toList = (fields: readonly Listed[], link: Link): string =>
  fields
    .map(({ name, type, meaning, note }) => {
      const head = `**${code(name)}**: ${code(toPlain(type))}`;
      const parts = [note ? `${head}, ${note}` : head, capitalize(meaning)];
      return `- ${applyLinks(parts.filter(Boolean).map(endSentence).join(' '), link)}`;
    })
    .join('\n');

/** What stands in a list. */
interface Listed {
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
  /** What follows the type. */
  readonly note?: string;
}

/** A table in a comment, aligned as prettier would. */
function align(block: string): string {
  if (!block.startsWith('|')) return block;
  // The second row only separates.
  const rows = block.split('\n').filter((_, at) => at !== 1);
  return renderTable(
    rows.map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ),
  );
}

/** All pictures of a name: `name.svg`, and `name-case.svg` for its cases. */
function renderDiagrams({ name }: Documented, page: string): string[] {
  return listFiles('docs', '.svg')
    .filter((file) => /^\w+/.exec(path.basename(file))?.[0] === name)
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
    .map((file) => {
      const title = /<title[^>]*>([^<]*)</.exec(readDocument(file).text)?.[1];
      return `![${title ?? name}](${relate(page, file)})`;
    });
}

/** How to find out that an error is one of a class. */
function renderClassExample({ name, members }: Documented): string[] {
  const kind = members.find((member) => member.name === 'code')?.type ?? '';
  if (!kind.startsWith("'")) return [];
  const own = members.find((member) => !['name', 'code', 'type', 'headers'].includes(member.name));
  const field = own && name !== 'OllamaHttpError' ? own.name : 'status';
  return [
    [
      '```ts',
      `import { catchError, throwError } from 'rxjs';`,
      `import { fromOllamaChat, isOllamaError } from 'rxjs-ollama';`,
      '',
      `fromOllamaChat({ model: 'qwen3' }).pipe(`,
      '  catchError((error: unknown) => {',
      `    if (isOllamaError(error, ${kind})) console.error(error.message, error.${field});`,
      '    return throwError(() => error);',
      '  }),',
      ');',
      '```',
    ].join('\n'),
  ];
}

/** The questions on the way to a name as one sentence; the last one alone, if it is one. */
function toSituation(questions: readonly string[]): string {
  const [first = '', ...others] = questions;
  const last = others.at(-1) ?? first;
  return /^[A-Z]/.test(last) ? last : `${first} ${others.join(': ')}`;
}

function renderQuestion({ name }: Documented, page: string): string[] {
  const found = findQuestion(name);
  if (!found) return [];
  const guide = found.guide
    ? ` The [guide](${relate(page, path.join('docs', found.guide))}) has more.`
    : '';
  return [`**Reach for it when:** ${toSituation(found.questions)}.${guide}`];
}

function renderParameters({ parameters }: Documented, link: Link): string[] {
  if (!parameters.length) return [];
  return ['## Parameters', toList(parameters, link)];
}

function renderOptions({ options }: Documented, link: Link): string[] {
  const lists = options.flatMap(({ type, meaning, fields }) => {
    const listed = fields.map((field) =>
      field.required ? { ...field, note: 'required' } : withDefault(field),
    );
    const head = meaning ? `${endSentence(capitalize(meaning))} ` : '';
    return [`${head}The fields of ${code(type)}:`, toList(listed, link)];
  });
  return lists.length ? ['## Options', ...lists] : [];
}

/** A field whose meaning ends with its default. */
function withDefault(field: Documented['members'][number]): Listed {
  const { name, type, meaning, defaultValue } = field;
  const end = defaultValue ? `Default: ${endSentence(defaultValue)}` : '';
  return { name, type, meaning: [endSentence(meaning), end].filter(Boolean).join(' ') };
}

function renderMembers({ members }: Pick<Documented, 'members'>, link: Link): string {
  const listed = members.map((member) => ({
    ...withDefault(member),
    name: `${member.name}${member.required ? '' : '?'}`,
  }));
  return toList(listed, link);
}

/** How a stream behaves, or else what a function returns and throws. */
function renderBehavior({ comment }: Documented, link: Link): string[] {
  const tags = comment.tags
    .filter(({ name }) => name === 'returns' || name === 'throws')
    .map(({ name, text }) => [capitalize(name), text.replace(/^([A-Z]\w+)/, '`$1`')] as const);
  const facts = comment.behavior.length ? comment.behavior : tags;
  if (!facts.length) return [];
  const items = facts.map(
    ([fact, text]) => `- **${fact}:** ${applyLinks(endSentence(text), link)}`,
  );
  return ['## Behavior', items.join('\n')];
}

function renderSeeAlso({ comment }: Documented, { names }: Reference, link: Link): string[] {
  const items = comment.tags
    .filter((tag) => tag.name === 'see')
    .flatMap(({ text }) => text.split(/, (?=\{@link|`)/))
    .map((item) => {
      const [, name = '', remark] = /^(?:\{@link |`)(\w+)[}`](?::? (.*))?$/.exec(item) ?? [];
      return `- ${link(name)}: ${remark ?? toSentence(names.get(name)?.summary ?? '')}`;
    });
  return items.length ? ['## See also', items.join('\n')] : [];
}

/** The files of `lib/core` whose values a file imports: they hold what is not RxJS. */
function findCore(file: string): string[] {
  const imports = /^import (?!type )[^;]*? from '(\.[^']*\/core\/[^']*)\.js';$/gm;
  return Array.from(readDocument(file).text.matchAll(imports), ([, from = '']) =>
    path.join(path.dirname(file), `${from}.ts`),
  );
}

function renderOrigin({ name, file }: Documented, page: string): string[] {
  const folder = path.dirname(file).replace(/^lib/, 'spec');
  const names = [name, path.basename(file, '.ts')];
  const specs = listFiles(folder, '.spec.ts')
    .filter((spec) => path.dirname(spec) === folder)
    .filter((spec) => names.includes(path.basename(spec).split('.')[0] ?? ''));
  const links = [file, ...findCore(file), ...specs].map(
    (each) => `- [${each}](${relate(page, each)})`,
  );
  return ['## In the repository', links.join('\n')];
}

/** The page of a value. */
export function renderPage(documented: Documented, reference: Reference): Document {
  const { name, entry, comment, signature, members, returns } = documented;
  const page = toPage(documented);
  const link = createLink(reference, page);
  const drawn = renderDiagrams(documented, page);
  const [diagram, ...others] = drawn.length ? drawn : comment.marbles;
  const examples = [...comment.examples, ...renderClassExample(documented)];
  const parts = [
    NOTE,
    `# ${name}`,
    comment.summary,
    comment.analogy,
    diagram,
    ...(examples.length ? ['## Example', ...examples, ...comment.notes] : comment.notes),
    ...renderQuestion(documented, page),
    ...(comment.cases.length || others.length ? ['## Cases', ...comment.cases, ...others] : []),
    ...(signature ? ['## Signature', code(signature)] : []),
    `Import it from \`${entry}\`.`,
    ...renderParameters(documented, link),
    ...renderOptions(documented, link),
    ...(members.length
      ? [returns ? '## What it returns' : '## Members', renderMembers(documented, link)]
      : []),
    ...renderBehavior(documented, link),
    ...renderSeeAlso(documented, reference, link),
    ...renderOrigin(documented, page),
  ];
  const text = parts
    .filter((part) => part)
    .map((part) => align(part ?? ''))
    .join('\n\n');
  return { file: page, text: `${applyLinks(text, link)}\n` };
}

/** The groups of the index, and what belongs there. */
const GROUPS: readonly (readonly [string, (documented: Documented) => boolean])[] = [
  ['Sources', ({ kind }) => kind === 'sources'],
  ['Operators that keep the type of chunks', keepsType],
  [
    'Operators that make something else of chunks',
    (each) => each.kind === 'operators' && !keepsType(each) && !takesRuns(each),
  ],
  ['Operators for runs of tools', takesRuns],
  ['Tools and schemas', ({ kind }) => kind === 'tools'],
  ['Conversations', ({ kind }) => kind === 'conversation'],
  ['Angular, from `rxjs-ollama/angular`', ({ entry }) => entry === 'rxjs-ollama/angular'],
  ['Errors, and waiting after them', ({ kind }) => kind === 'errors'],
  ['Back ends, from `rxjs-ollama/node`', ({ entry }) => entry === 'rxjs-ollama/node'],
  ['Runs in Redis, from `rxjs-ollama/redis`', ({ entry }) => entry === 'rxjs-ollama/redis'],
  ['Tools of MCP servers, from `rxjs-ollama/mcp`', ({ kind }) => kind === 'mcp'],
  ['Tracing, from `rxjs-ollama/otel`', ({ kind }) => kind === 'otel'],
  ['Tests, from `rxjs-ollama/testing`', ({ entry }) => entry === 'rxjs-ollama/testing'],
  [
    'Servers and stores in tests, from `rxjs-ollama/testing/node`',
    ({ entry }) => entry === 'rxjs-ollama/testing/node',
  ],
  [
    'Tests of Angular, from `rxjs-ollama/angular/testing`',
    ({ entry }) => entry === 'rxjs-ollama/angular/testing',
  ],
];

function keepsType({ kind, returns }: Documented): boolean {
  return kind === 'operators' && /^MonoType|PhasedChunk</.test(returns);
}

function takesRuns({ returns }: Documented): boolean {
  return returns.startsWith('OperatorFunction<ToolRunEvent');
}

/** The page that lists all others. */
export function renderIndex(reference: Reference): Document {
  const page = 'docs/operators/README.md';
  const link = createLink(reference, page);
  const groups = GROUPS.map(([title, belongs]) => {
    const items = reference.documented
      .filter(belongs)
      .map(({ name, comment }) => `- ${link(name)}: ${toSentence(comment.summary)}`);
    return `## ${title}\n\n${items.join('\n')}`;
  });
  const types = `Every exported value has a page. [Types](${relate(page, TYPES_PAGE)}) stand together on one.`;
  const parts = [NOTE, '# Everything that can be imported', types, ...groups];
  return { file: page, text: `${applyLinks(parts.join('\n\n'), link)}\n` };
}

function renderType({ name, comment, text, members }: DocumentedType, link: Link): string[] {
  return [
    `### ${name}`,
    comment.summary,
    ...comment.cases,
    ...(text ? [`Stands for ${code(text)}.`] : []),
    ...(members.length ? [renderMembers({ members }, link)] : []),
  ];
}

/** The page of all types. */
export function renderTypes(reference: Reference): Document {
  const link = createLink(reference, TYPES_PAGE);
  const entries = [...new Set(reference.types.map(({ entry }) => entry))];
  const parts = entries.flatMap((entry) => [
    `## ${entry}`,
    ...reference.types
      .filter((type) => type.entry === entry)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((type) => renderType(type, link)),
  ]);
  const about = 'Every exported type, under the entry that it is imported from.';
  const text = [NOTE, '# Types', about, ...parts].map(align).join('\n\n');
  return { file: TYPES_PAGE, text: `${applyLinks(text, link)}\n` };
}
