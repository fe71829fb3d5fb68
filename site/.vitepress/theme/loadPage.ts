// What a link of the site leads to, and what a search has found. The text of a page is in its HTML alone, see build/leanPages.js.
import { h, type Component } from 'vue';

/** What VitePress builds of a page. */
interface PageModule {
  readonly default: Component;
  readonly __pageData: object;
  /** Whether its text is missing, since it has no components. */
  readonly isHtml?: boolean;
}

/** Those that were opened: "back" shows them at once. */
const opened = new Map<string, Promise<PageModule>>();

/** The text of a page: what the server has rendered of it. */
async function readText(path: string): Promise<string | undefined> {
  const response = await fetch(path);
  // VitePress shows its page for that.
  if (!response.ok) throw new Error(`Page not found: ${path}`);
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  return page.querySelector('.vp-doc > div')?.innerHTML;
}

async function readPage(file: string, path: string): Promise<PageModule> {
  const [page, innerHTML] = await Promise.all([
    import(/* @vite-ignore */ file.replace(/\.js$/, '.lean.js')) as Promise<PageModule>,
    readText(path),
  ]);
  if (!page.isHtml) return page;
  if (innerHTML === undefined) throw new Error(`Page not found: ${path}`);
  return { ...page, default: { render: () => h('div', { innerHTML }) } };
}

/**
 * The page at a path of this site.
 *
 * @param file what VitePress calls the script of the page
 */
export async function loadPage(file: string, path: string): Promise<PageModule> {
  const page = opened.get(file) ?? readPage(file, path);
  opened.set(file, page);
  try {
    return await page;
  } catch (error) {
    opened.delete(file);
    throw error;
  }
}
