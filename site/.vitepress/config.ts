// Runs at the root of the repository: `npm run docs`, `npm run docs:dev`.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createCssVariablesTheme } from 'shiki';
import { defineConfig } from 'vitepress';
import llms from 'vitepress-plugin-llms';
import { readAddresses } from '../build/addresses.js';
import { renderPermalink } from '../build/anchors.js';
import { ASSEMBLED, BUILT, watchPages } from '../build/assemble.js';
import { renderPlainFences } from '../build/fences.js';
import { classesForTokens } from '../build/highlight.js';
import { leanPages } from '../build/leanPages.js';
import { createLinkRule } from '../build/links.js';
import { listPages, listPictures } from '../build/pages.js';
import { MINI_SEARCH, renderForSearch } from '../build/search.js';
import { searchDialog } from '../build/searchDialog.js';
import { toShortId } from '../build/shortId.js';
import { createSidebars } from '../build/sidebar.js';
import { createPlaygroundRule } from '../playground/openLink.mjs';
import { playground } from '../playground/vitePlugin.mjs';

const { description } = JSON.parse(readFileSync('package.json', 'utf8')) as { description: string };
const { repository, homepage } = readAddresses();
const targets = new Map(
  [...listPages(), ...listPictures()].map(({ source, target }) => [source, target]),
);

const sidebar = createSidebars(targets);
const OTHERS = ['/', '/decisions/', '/reference/'];
/** The pages of values, and that of their types. */
const VALUES = `(?:types$|${Object.keys(sidebar)
  .filter((folder) => !OTHERS.includes(folder))
  .map((folder) => folder.slice(1))
  .join('|')})`;

export default defineConfig({
  title: 'rxjs-ollama',
  description,
  lang: 'en-US',
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${homepage.base}logo.svg` }],
    ['meta', { name: 'theme-color', content: '#a3195b' }],
  ],
  srcDir: resolve(ASSEMBLED),
  outDir: resolve(BUILT),
  cacheDir: resolve('.cache/vitepress'),
  base: homepage.base,
  cleanUrls: true,
  metaChunk: true,
  // Our own check finds what this one does not: anchors, pictures, and links that are not to pages.
  ignoreDeadLinks: true,
  ...(homepage.origin === undefined
    ? {}
    : { sitemap: { hostname: homepage.origin + homepage.base } }),
  themeConfig: {
    logo: { src: '/logo.svg', alt: '', width: 24, height: 24 },
    nav: [
      {
        text: 'Guide',
        link: '/docs',
        activeMatch: `^/(?!reference/|playground|${VALUES}).+`,
      },
      { text: 'Operators', link: '/operators/', activeMatch: `^/${VALUES}` },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference/' },
      { text: 'Playground', link: '/playground' },
    ],
    sidebar,
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      options: { detailedView: true, _render: renderForSearch, miniSearch: MINI_SEARCH },
    },
    externalLinkIcon: true,
    socialLinks: repository === undefined ? [] : [{ icon: 'github', link: repository }],
  },
  markdown: {
    theme: createCssVariablesTheme(),
    codeTransformers: [classesForTokens],
    anchor: { permalink: renderPermalink },
    config(md) {
      md.core.ruler.push('plain-fences', renderPlainFences);
      md.core.ruler.push('playground', createPlaygroundRule(homepage.base));
      md.core.ruler.push(
        'repository-links',
        createLinkRule({ targets, files: repository && `${repository}/blob/main` }),
      );
    },
  },
  vue: { features: { componentIdGenerator: toShortId } },
  vite: {
    publicDir: resolve('site/public'),
    plugins: [
      llms({
        // The pages themselves are there as Markdown: llms.txt leads to them.
        generateLLMsFullTxt: false,
        injectLLMHint: false,
        // Folders have sidebars in common, which are listed once.
        sidebar: [...new Set(Object.values(sidebar).flat())],
        ignoreFiles: [
          ...['reference/**', 'decisions/**', 'playground.md', 'types.md'],
          // Measurements, and what only contributors need.
          ...['contributing.md', 'performance.md', 'reliability.md', 'sizes.md'],
        ],
        ...(homepage.origin === undefined ? {} : { domain: homepage.origin }),
      }),
      searchDialog(),
      leanPages(),
      playground(),
      { name: 'watch-pages', configureServer: watchPages },
    ],
    resolve: {
      alias: [
        {
          find: /^.*\/VPSidebarGroup\.vue$/,
          replacement: resolve('site/.vitepress/theme/SidebarGroup.vue'),
        },
        {
          find: /^.*\/VPNavBarSearchButton\.vue$/,
          replacement: resolve('site/.vitepress/theme/SearchButton.vue'),
        },
        {
          find: /^.*\/VPNavBarExtra\.vue$/,
          replacement: resolve('site/.vitepress/theme/noExtra.ts'),
        },
        {
          find: /^.*\/composables\/preFetch$/,
          replacement: resolve('site/.vitepress/theme/usePrefetch.ts'),
        },
        { find: /^@site\//, replacement: `${resolve('site')}/` },
        { find: /^rxjs-ollama$/, replacement: resolve('lib/index.ts') },
        { find: /^rxjs-ollama\/(.*)$/, replacement: `${resolve('lib')}/$1/index.ts` },
      ],
    },
    build: {
      // A picture in a page would be there twice: in its HTML, and in its script.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1000,
    },
  },
});
