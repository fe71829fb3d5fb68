import path from 'node:path';
import { renderTable } from '../support/generated.js';
import { listFiles, readDocument, type Document } from './documents.js';
import type { Documented, Reference } from './reference.js';
import { unwrap } from './tsdoc.js';

/** Makes a link of a name. */
export type Link = (name: string) => string;

const NOTE = '<!-- Made of the comments in lib: UPDATE_DOCS=1 npx jest spec/docs -->';

const code = (text: string): string => `\`${text}\``;

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const toPage = ({ kind, name }: Documented): string => `docs/${kind}/${name}.md`;

const toSentence = (text: string): string => /^.*?\.(?= |$)/.exec(unwrap(text))?.[0] ?? '';

const relate = (page: string, file: string): string => path.relative(path.dirname(page), file);

const applyLinks = (text: string, link: Link): string =>
  text.replace(/\{@link\s+(\w+)\}/g, (_, name: string) => link(name));

/** A table, of which no cell breaks. */
const toTable = (link: Link, ...rows: readonly (readonly string[])[]): string =>
  renderTable(
    rows.map((cells) => cells.map((cell) => applyLinks(cell, link).replaceAll('|', '\\|'))),
  );

/** Links from a page to the pages of names, or to the files that declare them. */
export function createLink({ documented, names }: Reference, page: string): Link {
  return (name) => {
    const itself = documented.find((each) => each.name === name);
    const file = itself ? toPage(itself) : names.get(name)?.file;
    if (!file) throw new Error(`${page} links to ${name}, which is not exported.`);
    return `[${code(name)}](${relate(page, file)})`;
  };
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

function renderParameters({ parameters }: Documented, link: Link): string[] {
  if (!parameters.length) return [];
  const rows = parameters.map(({ name, type, meaning }) => [
    code(name),
    code(type),
    capitalize(meaning),
  ]);
  return ['## Parameters', toTable(link, ['Parameter', 'Type', 'Meaning'], ...rows)];
}

function renderOptions({ options }: Documented, link: Link): string[] {
  const tables = options.flatMap(({ type, meaning, fields }) => {
    const rows = fields.map((field) => [
      code(field.name),
      code(field.type),
      field.required ? 'required' : (field.defaultValue ?? 'none'),
      field.meaning,
    ]);
    const table = toTable(link, [code(type), 'Type', 'Default', 'Meaning'], ...rows);
    return meaning ? [`${capitalize(meaning)}:`, table] : [table];
  });
  return tables.length ? ['## Options', ...tables] : [];
}

function renderBehavior({ comment, options }: Documented, link: Link): string {
  const defaults = options
    .flatMap(({ fields }) => fields)
    .flatMap(({ name, defaultValue }) => (defaultValue ? `${code(name)}: ${defaultValue}` : []));
  const facts = [...comment.behavior, ['Defaults', `${defaults.join('; ') || 'none'}.`] as const];
  return toTable(link, ['', ''], ...facts.map(([fact, text]) => [fact, capitalize(text)]));
}

function renderSeeAlso({ comment }: Documented, { names }: Reference, link: Link): string[] {
  const items = comment.tags
    .filter((tag) => tag.name === 'see')
    .flatMap(({ text }) => text.split(/, (?=\{@link|`)/))
    .map((item) => {
      const [, name = '', remark] = /^(?:\{@link |`)(\w+)[}`](?:: (.*))?$/.exec(item) ?? [];
      return `- ${link(name)}: ${remark ?? toSentence(names.get(name)?.summary ?? '')}`;
    });
  return items.length ? ['## See also', items.join('\n')] : [];
}

function renderOrigin({ name, file }: Documented, page: string): string {
  const folder = path.dirname(file).replace(/^lib/, 'spec');
  const specs = listFiles(folder, '.spec.ts').filter((spec) =>
    path.basename(spec).startsWith(`${name}.`),
  );
  const links = [file, ...specs].map((each) => `[${each}](${relate(page, each)})`);
  return `In the repository: ${links.join(', ')}`;
}

/** The page of an operator or a source. */
export function renderPage(documented: Documented, reference: Reference): Document {
  const { name, comment, signature } = documented;
  const page = toPage(documented);
  const link = createLink(reference, page);
  const [diagram, ...others] = renderDiagrams(documented, page);
  if (!diagram) throw new Error(`There is no picture of ${name}.`);
  const parts = [
    NOTE,
    `# ${name}`,
    comment.summary,
    comment.analogy,
    diagram,
    ...comment.cases,
    ...others,
    '## Example',
    ...comment.examples,
    ...comment.notes,
    '## Signature',
    code(signature),
    ...renderParameters(documented, link),
    ...renderOptions(documented, link),
    '## Behavior',
    renderBehavior(documented, link),
    ...renderSeeAlso(documented, reference, link),
    renderOrigin(documented, page),
  ];
  return { file: page, text: `${applyLinks(parts.join('\n\n'), link)}\n` };
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
  const parts = [NOTE, '# Sources and operators', ...groups];
  return { file: page, text: `${applyLinks(parts.join('\n\n'), link)}\n` };
}
