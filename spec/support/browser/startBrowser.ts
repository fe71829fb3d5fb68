import type { BrowserContext } from 'playwright-core';
import { startChromium } from '../../../scripts/chromium.js';

/** A browser that listens to its pages. */
export interface Browser {
  readonly context: BrowserContext;
  /** What pages have written to their console, and the errors that nobody caught. */
  readonly said: string[];
  readonly closePages: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startBrowser(): Promise<Browser> {
  const { context, close } = await startChromium();
  const said: string[] = [];
  context.on('console', (message) => said.push(message.text()));
  context.on('weberror', (error) => said.push(String(error.error())));
  return {
    ...{ context, said, close },
    async closePages() {
      // One page stays, or the browser would end.
      const [, ...pages] = context.pages();
      await Promise.all(pages.map((page) => page.close()));
    },
  };
}
