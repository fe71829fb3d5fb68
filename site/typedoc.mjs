// Run at the root of the repository. Never with `out: 'docs/api'`: TypeDoc empties its folder, and the reports
// of the public signatures are there.
import { Converter, ReflectionKind } from 'typedoc';
import { listPages } from './build/pages.js';
import { toAddress } from './build/address.js';

const pages = new Map(
  listPages()
    .filter(({ source }) => source.startsWith('docs/'))
    .map(({ target }) => [/([^/]*)\.md$/.exec(target)?.[1], toAddress(target)]),
);

/**
 * A value has a page in docs/, made of the same comment. The reference has its first paragraph, its types, and
 * a link to that page.
 *
 * @param {import('typedoc').Application} app
 */
function linkToPages(app) {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const reflection of project.getReflectionsByKind(
      ReflectionKind.CallSignature | ReflectionKind.Class | ReflectionKind.Variable,
    )) {
      const { comment, name } = reflection;
      const page = pages.get(name);
      if (!comment || page === undefined) continue;
      const end = comment.summary.findIndex(({ text }) => /\n\s*\n/.test(text));
      const first = comment.summary.slice(0, end + 1 || undefined);
      comment.summary = first.map((part) => ({
        ...part,
        text: part.text.replace(/\n\s*\n[^]*$/, ''),
      }));
      comment.summary.push({
        kind: 'text',
        text: `\n\n[With examples and diagrams: \`${name}\`](${page})`,
      });
      comment.removeTags('@see');
    }
  });
}

/** @type {import('typedoc').TypeDocOptions & import('typedoc-plugin-markdown').PluginOptions & { extends: string[] }} */
export default {
  extends: ['../typedoc.json'],
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', linkToPages],
  emit: 'docs',
  out: '../.cache/typedoc',
  readme: 'none',
  name: 'Reference',
  // A page per entry: with a page per name, the frames of the pages alone would be megabytes.
  router: 'module',
  entryFileName: 'README',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  pageTitleTemplates: {
    module: ({ name }) => (name === 'index' ? 'rxjs-ollama' : `rxjs-ollama/${name}`),
  },
  groupOrder: ['Functions', 'Variables', 'Interfaces', 'Type Aliases', 'Classes'],
  excludeExternals: true,
  tableColumnSettings: { hideModifiers: true, hideInherited: true, hideOverrides: true },
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  propertyMembersFormat: 'table',
  typeDeclarationFormat: 'table',
  typeDeclarationVisibility: 'compact',
};
