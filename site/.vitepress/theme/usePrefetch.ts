// In place of VitePress's own, which fetches what every link in sight leads to, at once. Here a page is fetched when a
// reader points at its link, or moves the focus there.
import { onMounted } from 'vue';
import { pathToFile } from 'vitepress/dist/client/app/utils.js';
import { loadPage } from './loadPage.js';

function fetchPage({ target }: Event): void {
  const link = target instanceof Element ? target.closest('a') : null;
  if (link?.origin !== location.origin || link.pathname === location.pathname) return;
  const file = pathToFile(link.pathname);
  // The click asks again, and says what is wrong.
  if (file) loadPage(file, link.pathname).catch(() => undefined);
}

/** VitePress calls it once. */
export function usePrefetch(): void {
  onMounted(() => {
    addEventListener('pointerover', fetchPage);
    addEventListener('focusin', fetchPage);
  });
}
