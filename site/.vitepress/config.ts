// Runs at the root of the repository: `npm run docs`, `npm run docs:dev`.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineConfig } from 'vitepress';
import llms from 'vitepress-plugin-llms';
import { ASSEMBLED, BUILT, watchPages } from '../build/assemble.js';
import { createLinkRule } from '../build/links.js';
import { listPages, listPictures, listReference } from '../build/pages.js';
import { readAddresses } from '../build/addresses.js';
import { createSidebar } from '../build/sidebar.js';

const { description } = JSON.parse(readFileSync('package.json', 'utf8')) as { description: string };
const { repository, homepage } = readAddresses();
const targets = new Map(
  [...listPages(), ...listPictures(), ...listReference()].map(({ source, target }) => [
    source,
    target,
  ]),
);

export default defineConfig({
  title: 'rxjs-ollama',
  description,
  lang: 'en-US',
  srcDir: resolve(ASSEMBLED),
  outDir: resolve(BUILT),
  cacheDir: resolve('.cache/vitepress'),
  base: homepage ? new URL(homepage).pathname.replace(/\/?$/, '/') : '/',
  cleanUrls: true,
  metaChunk: true,
  // Our own check finds what this one does not: anchors, images, and links that are no pages.
  ignoreDeadLinks: true,
  themeConfig: {
    search: { provider: 'local', options: {} },
    sidebar: createSidebar(targets),
    socialLinks: repository ? [{ icon: 'github', link: repository }] : [],
  },
  markdown: {
    config(md) {
      md.core.ruler.push('repository-links', createLinkRule({ targets, repository }));
      md.core.ruler.push('plain-fences', ({ tokens }) => {
        for (const token of tokens) if (token.info === 'none') token.info = 'text';
      });
    },
  },
  vite: {
    plugins: [llms(), { name: 'watch-pages', configureServer: watchPages }],
    publicDir: resolve('site/public'),
    resolve: {
      alias: [
        { find: '@site', replacement: resolve('site') },
        { find: /^rxjs-ollama$/, replacement: resolve('lib/index.ts') },
        { find: /^rxjs-ollama\/(.*)$/, replacement: join(resolve('lib'), '$1/index.ts') },
      ],
    },
    build: { assetsInlineLimit: 0 },
  },
});
